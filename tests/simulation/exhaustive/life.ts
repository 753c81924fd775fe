import { setTimeout as pause } from 'node:timers/promises';
import type { SagaName } from '@oms/order/dist/domain/events.js';
import type { Order } from '@oms/order/dist/domain/order.js';
import { Chance } from '../../crash/chance.ts';
import type { Client } from '../../crash/client.ts';
import type { What } from '../../crash/told.ts';
import { ORDER_REPLICAS, SHIPPING } from '../addresses.ts';
import type { Kept } from '../services.ts';

export const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const MOST_TRIES = 20;
const LOOK_EVERY_MS = 200;
/** Longer than any two faults delay an order: with an open circuit breaker, each retry may take half a minute. */
const PATIENCE_MS = 20 * 60_000;

/** The life of one order, from the customer's view, up to the end of its last saga. */
export class Life {
  /** What a sudden cancellation is: what it may lead to depends on that. */
  protected readonly cancellation: What = 'cancel';
  readonly #cancelled: Promise<unknown>[] = [];

  constructor(
    private readonly client: Client,
    private readonly kept: Kept,
  ) {}

  async lead(upTo: SagaName): Promise<void> {
    await this.ask('place', '/orders', this.cart(upTo));
    if (upTo !== 'place-order') await this.goOn(upTo);
    await Promise.all(this.#cancelled);
  }

  protected cart(_upTo: SagaName): object {
    return { customerId: 'ada', items: [{ productId: 'PROD001', quantity: 2, price: 9.99 }] };
  }

  protected async goOn(upTo: SagaName): Promise<void> {
    const { id } = await this.settled();
    await this.ask('fulfil', `/orders/${id}/fulfill`, { shippingAddress: ADDRESS });
    const { shipment, status } = await this.settled();
    if (upTo === 'cancel-order') await this.ask('cancel', `/orders/${id}/cancel`, {});
    if (status === 'SHIPPED' && upTo === 'refund-order') {
      await this.ask('refund', `/orders/${id}/refund`, { amount: 1, reason: 'arrived late' });
    }
    if (upTo !== 'return-order' || status !== 'SHIPPED' || !shipment) return;
    await this.deliver(shipment.id);
    await this.until((order) => order.status === 'DELIVERED');
    await this.ask('return', `/orders/${id}/return`, {});
  }

  protected async deliver(shipmentId: string): Promise<void> {
    for (const status of ['IN_TRANSIT', 'DELIVERED']) {
      await this.ask('travel', `/shipments/${shipmentId}/status`, { status }, status);
    }
  }

  /** Perhaps another request cancels the order. */
  cancel(orderId: string): void {
    const name = `suddenly-${this.#cancelled.length}`;
    this.#cancelled.push(this.ask(this.cancellation, `/orders/${orderId}/cancel`, {}, name));
  }

  protected async ask(what: What, path: string, body: unknown, name: string = what): Promise<void> {
    const method = what === 'travel' ? 'PUT' : 'POST';
    const at = what === 'travel' ? SHIPPING : ORDER_REPLICAS;
    await this.client.insist({ what, key: name, method, at, path, body }, new Chance(1, name), MOST_TRIES);
  }

  protected settled = () => this.until(({ saga }) => saga === undefined);

  protected async until(enough: (order: Order) => boolean): Promise<Order> {
    for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += LOOK_EVERY_MS) {
      const { items } = await this.kept.orders.list({ limit: 1, newestFirst: true });
      const order = items[0]?.data.order;
      if (order && enough(order)) return order;
      await pause(LOOK_EVERY_MS);
    }
    throw new Error('the order never came so far');
  }
}
