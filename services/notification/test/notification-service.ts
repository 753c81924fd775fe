import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import type { Notification as Seen } from '@oms/shared/contracts/notification';
import { callOf } from '@oms/shared/resilience/call';
import type { Outcome } from '@oms/shared/resilience/outcome';
import type { ServiceParts } from '@oms/shared/service/parts';
import { createParts, serve } from '@oms/shared/service/service';
import { client } from '../../../tests/support/answers.ts';
import { until } from '../../../tests/support/until.ts';
import { createApp } from '../src/app.ts';
import type { Channel, Channels, Message } from '../src/channels.ts';
import { readConfig } from '../src/config.ts';
import { createContacts } from '../src/contacts.ts';
import type { NotificationDoc } from '../src/domain/notification.ts';
import { takeIn } from '../src/intake.ts';
import { logChannel } from '../src/log-channel.ts';
import { createNotificationMetrics, type NotificationMetrics } from '../src/notification-metrics.ts';
import { startSender } from '../src/sender.ts';
import { startDeliverer } from '../src/webhooks/deliverer.ts';
import { hearForWebhooks } from '../src/webhooks/hearing.ts';
import { createPost } from '../src/webhooks/post.ts';
import { anyReceivers, type Receivers } from '../src/webhooks/receivers.ts';
import { createWebhookMetrics } from '../src/webhooks/webhook-metrics.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);
const START = Date.parse('2026-01-01T00:00:00Z');

interface Starting {
  databaseUrl?: string;
  send?: boolean;
  receivers?: Receivers;
}

/** A notification service that listens, with a clock of its own. The test gives it events in place of other services. */
export class NotificationService {
  readonly #closing: (() => Promise<void>)[] = [];
  /** The order service's answer. */
  orders = async (_path: string): Promise<Outcome<unknown>> => ({
    ...{ kind: 'refused', status: 404, code: 'ORDER_NOT_FOUND', reason: 'there is no such order', problem: {} },
  });
  readonly take: (events: readonly CloudEvent[]) => Promise<void>;
  readonly hear: (events: readonly CloudEvent[]) => Promise<void>;

  private constructor(
    readonly parts: ServiceParts<NotificationDoc>,
    readonly url: string,
    readonly clock: { now: number },
    readonly channels: Channels,
    private readonly metrics: NotificationMetrics,
    private readonly receivers: Receivers,
  ) {
    this.take = takeIn(parts);
    this.hear = hearForWebhooks(parts);
  }

  /** `databaseUrl`: one more replica on that database. Webhooks may lead to any address unless the test says otherwise. */
  static async start(
    channels: Partial<Channels> = {},
    { databaseUrl = '', send = true, receivers = anyReceivers() }: Starting = {},
  ): Promise<NotificationService> {
    const config = readConfig({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', DATABASE_URL: databaseUrl });
    const clock = { now: START };
    const parts = await createParts<NotificationDoc>('notification', config, MIGRATIONS);
    parts.world = { ...parts.world, now: () => clock.now };
    const running = await serve(createApp({ ...parts, receivers }), parts, config);
    const url = `http://127.0.0.1:${running.port}`;
    const metrics = createNotificationMetrics(parts.metrics, parts.store);
    const all = { log: logChannel(parts.log), ...channels };
    const service = new NotificationService(parts, url, clock, all, metrics, receivers);
    service.#closing.push(
      () => running.stop(),
      () => receivers.transport.close(),
    );
    if (send) service.sender();
    return service;
  }

  sender(more: { attemptMs?: number; pollMs?: number } = {}) {
    const sender = startSender({
      ...this.parts,
      channels: this.channels,
      contacts: createContacts(this.parts.store, {
        ask: (endpoint, given) => this.orders(callOf(endpoint, given).path) as never,
      }),
      trackingUrl: (trackingNumber) => `https://shop.example/follow/${trackingNumber}`,
      mostRecipients: 5,
      metrics: this.metrics,
      pollMs: 5,
      ...more,
    });
    this.#closing.push(sender.stop);
    return sender;
  }

  /** Begins to deliver to webhooks. */
  deliverer(attemptMs?: number) {
    const { world, metrics, store } = this.parts;
    const post = createPost(this.receivers, world, attemptMs);
    const deliverer = startDeliverer({
      ...this.parts,
      post,
      metrics: createWebhookMetrics(metrics, store),
      beatMs: 20,
    });
    this.#closing.push(() => deliverer.stop());
    return deliverer;
  }

  async stop(): Promise<void> {
    for (const close of this.#closing.reverse()) await close();
    for (const channel of Object.values(this.channels)) await channel?.close();
  }

  get = (path: string) => client(this.url).get(path);
  post = (path: string, body?: object) => client(this.url).post(path, body);
  put = (path: string, body: object) => client(this.url).put(path, body);
  delete = (path: string) => client(this.url).delete(path);
  retry = (id: string) => client(this.url).post(`/notifications/${id}/retry`);

  async all(query = ''): Promise<Seen[]> {
    return (await this.get(`/notifications?limit=200&${query}`)).body.items;
  }
  /** The only notification. */
  async one(): Promise<Seen> {
    const [only, ...others] = await this.all();
    if (!only || others.length > 0) throw new Error(`${others.length + 1} notifications instead of one`);
    return only;
  }
  /** Waits until all have this status. */
  async allAre(status: Seen['status']): Promise<void> {
    await until(async () => {
      const all = await this.all();
      return all.length > 0 && all.every((one) => one.status === status);
    });
  }
  attempted = (times: number) =>
    until(async () => {
      const { attempts, reason } = await this.one();
      return attempts === times && reason !== undefined;
    });
  /** Lets time pass until the one notification is no longer pending. */
  async givenUp(): Promise<Seen> {
    await until(async () => {
      const { status, nextAttemptAt } = await this.one();
      if (status === 'PENDING') this.clock.now = Math.max(this.clock.now, Date.parse(nextAttemptAt ?? ''));
      return status === 'DEAD';
    });
    return this.one();
  }
}

let events = 0;

/** An event as another service announces it; each is a new one. */
export function announced(type: string, data: Record<string, unknown>, at = START): CloudEvent {
  const source = `/${type.startsWith('shipment') ? 'shipping' : type.split('.')[0]}`;
  const sequence = String(++events);
  return {
    specversion: '1.0',
    id: `${source}/${data.orderId}:${sequence}`,
    source,
    type,
    subject: String(data.orderId),
    time: new Date(at).toISOString(),
    datacontenttype: 'application/json',
    sequence,
    traceparent: `00-${TRACE}-${'b'.repeat(16)}-01`,
    data,
  };
}

export const TRACE = 'a'.repeat(32);
const ADA = { id: 'C1', name: 'Ada Lovelace', email: 'ada@example.org' };

export const placed = (orderId = 'O1', customer: object = ADA, at = START) => {
  const items = [{ productId: 'PROD001', name: 'Kettle', quantity: 2, price: 29.99 }];
  return announced('order.placed', { orderId, customer, items, total: 59.98, currency: 'EUR' }, at);
};
export const moved = (newStatus: string, more: object = {}, orderId = 'O1') =>
  announced('order.status-changed', { orderId, oldStatus: 'PENDING', newStatus, ...more });
export const captured = (orderId = 'O1') =>
  announced('payment.captured', {
    ...{ orderId, paymentId: 'PAY1', transactionId: `${orderId}:capture` },
    ...{ amount: 59.98, currency: 'EUR' },
  });

/** A channel that records its messages, and behaves as the test says. */
export function recorder(name: Channel['name'] = 'smtp') {
  const got: Message[] = [];
  const channel = {
    name,
    got,
    behave: async (_message: Message, _signal: AbortSignal): Promise<void> => {},
    async send(message: Message, signal: AbortSignal): Promise<void> {
      got.push(message);
      await channel.behave(message, signal);
    },
    async close() {},
  };
  return channel;
}
