import type { Message } from './event-stream.ts';
import type { RequestOptions } from './options.ts';
import { Requests } from './requests.ts';
import { resource, segment } from './resource.ts';
import type { Event, FeedEvent, ServiceName } from './schema.ts';

/** The API by its resources. What has no method here is had with `request`. */
export class Client extends Requests {
  readonly orders = resource(
    this,
    {
      /** Until it is confirmed, or refused with an `OmsError`. One that is still PENDING is followed with `events`. */
      place: 'POST /orders body',
      get: 'GET /orders/{id} query',
      list: 'GET /orders cursor',
      /** What has happened to the order so far. */
      history: 'GET /orders/{id}/events after',
      update: 'PUT /orders/{id} body',
      confirm: 'POST /orders/{id}/confirm',
      process: 'POST /orders/{id}/process',
      /** Ships a parcel of the items that are named, or of all that are left. */
      fulfill: 'POST /orders/{id}/fulfill body',
      cancel: 'POST /orders/{id}/cancel body',
      return: 'POST /orders/{id}/return body',
      refund: 'POST /orders/{id}/refund body',
      setStatus: 'PUT /orders/{id}/status body',
      track: 'GET /orders/{id}/track',
      refunds: 'GET /orders/{id}/refunds',
      returns: 'GET /orders/{id}/returns',
      availability: 'GET /availability query',
    },
    {
      /** What has happened to the order after a version, and then whatever does, until nothing more can. */
      events: (id: string, { after = 0 } = {}, options?: RequestOptions): AsyncGenerator<Event, void, undefined> =>
        contentsOf(this.follow(`/orders/${segment('id', id)}/events`, String(after), options)),
    },
  );

  readonly products = resource(this, {
    get: 'GET /products/{productId}',
    list: 'GET /products cursor',
    search: 'GET /products/search/{query} query',
    create: 'POST /products body',
    change: 'PUT /products/{productId} body',
    delete: 'DELETE /products/{productId}',
  });

  readonly inventory = resource(this, {
    get: 'GET /inventory/{productId}',
    list: 'GET /inventory cursor',
    add: 'PUT /inventory/{productId} body',
    hold: 'POST /inventory/{productId}/reserve body',
    unhold: 'POST /inventory/{productId}/release body',
    reservation: 'GET /inventory/reservations/{orderId}',
    reservations: 'GET /inventory/reservations cursor',
  });

  readonly payments = resource(this, {
    get: 'GET /payments/{id}',
    list: 'GET /payments cursor',
    transactions: 'GET /payments/{id}/transactions',
  });

  readonly shipments = resource(
    this,
    {
      get: 'GET /shipments/{id}',
      list: 'GET /shipments cursor',
      setStatus: 'PUT /shipments/{id}/status body',
    },
    {
      /** The label of a parcel, a PDF. */
      label: ({ labelUrl }: { labelUrl: string }, options?: RequestOptions): Promise<Blob> =>
        this.request('GET', labelUrl, { ...options, accept: 'application/pdf' }),
    },
  );

  readonly notifications = resource(this, {
    get: 'GET /notifications/{id}',
    list: 'GET /notifications cursor',
    retry: 'POST /notifications/{id}/retry',
  });

  /** What they are sent is read with `verifyWebhook`. */
  readonly webhooks = resource(this, {
    /** Its secret is shown here, and never again. */
    create: 'POST /webhooks body',
    get: 'GET /webhooks/{id}',
    list: 'GET /webhooks cursor',
    change: 'PUT /webhooks/{id} body',
    delete: 'DELETE /webhooks/{id}',
    rotateSecret: 'POST /webhooks/{id}/rotate-secret',
    deliveries: 'GET /webhooks/{id}/deliveries cursor',
    redeliver: 'POST /webhooks/{id}/deliveries/{deliveryId}/redeliver',
    replay: 'POST /webhooks/{id}/replay body',
  });

  /**
   * All events of a service, in an order that skips none, and then those to come. It begins after the event with the position
   * `after`, with `end` now, else with the first event. An event may come again, with the same id.
   */
  async *events(
    service: ServiceName,
    { after = '0' }: { after?: string } = {},
    options?: RequestOptions,
  ): AsyncGenerator<FeedEvent, void, undefined> {
    const path = `/services/${service}/events`;
    // So that an interruption before the first event skips none.
    const from = after === 'end' ? await this.#endOf(path, options) : after;
    yield* contentsOf<FeedEvent>(this.follow(path, from, options));
  }

  async #endOf(path: string, options?: RequestOptions): Promise<string> {
    const query = { after: 'end', limit: 1 };
    return (await this.request<{ next: string }>('GET', path, { ...options, query })).next;
  }
}

async function* contentsOf<T>(messages: AsyncIterable<Message>): AsyncGenerator<T, void, undefined> {
  for await (const { event, data } of messages) if (event !== 'anew') yield JSON.parse(data);
}
