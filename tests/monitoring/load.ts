import { setTimeout as pause } from 'node:timers/promises';
import type { Starter } from '../support/starter.ts';

const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

/** Load with everything that can happen to orders, at every service. */
export class Load {
  #over = false;
  #turn = 0;

  constructor(private readonly starter: Starter) {}

  async run(): Promise<void> {
    await this.#unbalance();
    while (!this.#over) {
      this.#turn += 1;
      await Promise.all([this.#confirmed(), this.#refused(), this.#cancelled(), this.#delivered(), this.#looked()]);
      await this.#chaos();
      await pause(50);
    }
  }

  stop(): void {
    this.#over = true;
  }

  /** Money and stock without an order, so that the audit finds discrepancies. */
  async #unbalance(): Promise<void> {
    await this.#ask('payment', 'POST', '/payments/authorize', { orderId: 'orphan', amount: 10 });
    const items = [{ productId: 'prod2', quantity: 1 }];
    await this.#ask('inventory', 'POST', '/inventory/reserve', { orderId: 'orphan', items });
    await this.#ask('inventory', 'PUT', '/inventory/prod1', { quantity: 100_000 });
    await this.#ask('order', 'GET', '/audit');
  }

  #confirmed = () => this.#place();

  async #refused(): Promise<void> {
    await this.#place({ paymentMethod: 'tok_declined' });
    await this.#place({ items: [{ productId: 'PROD005', quantity: 100 }] });
    await this.#place({ items: [] });
  }

  async #cancelled(): Promise<void> {
    const order = await this.#place();
    if (order?.id) await this.#ask('order', 'DELETE', `/orders/${order.id}`);
  }

  async #delivered(): Promise<void> {
    const order = await this.#place();
    if (order?.status !== 'CONFIRMED') return;
    const { shipment } = (await this.#ask('order', 'POST', `/orders/${order.id}/fulfill`, {})) ?? {};
    if (!shipment) return;
    for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']) {
      await this.#ask('shipping', 'PUT', `/shipments/${shipment.id}/status`, { status });
    }
    await this.#ask('order', 'POST', `/orders/${order.id}/return`, {});
  }

  /** More requests than the rate limit of the gateway allows. */
  async #looked(): Promise<void> {
    for (let i = 0; i < 10; i++) await this.#ask('gateway', 'GET', '/products');
    await this.#ask('product', 'GET', '/products/prod1');
    await this.#ask('notification', 'GET', '/notifications');
    await this.#ask('gateway', 'GET', '/orders');
  }

  /** Chaos at one service after another, short enough that some requests succeed. */
  async #chaos(): Promise<void> {
    const [failing, calm] = this.#turn % 2 === 0 ? ['payment', 'inventory'] : ['inventory', 'payment'];
    await this.#ask(calm as string, 'PUT', '/chaos', { enabled: false });
    await this.#ask(failing as string, 'PUT', '/chaos', { failureRate: this.#turn % 4 === 0 ? 1 : 0.4, ttlSeconds: 3 });
    if (this.#turn % 4 === 0) await this.#ask('order', 'POST', '/circuit-breaker/reset', {});
  }

  #place(change: object = {}) {
    const order = { customerId: 'load', items: [{ productId: 'prod1', quantity: 1 }], shippingAddress: ADDRESS };
    return this.#ask('order', 'POST', '/orders', { ...order, ...change });
  }

  // biome-ignore lint/suspicious/noExplicitAny: whoever asks knows what comes
  async #ask(service: string, method: string, path: string, body?: object): Promise<any> {
    const init = body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(this.starter.urlOf(service) + path, { method, ...init }).catch(() => undefined);
    return answer?.json().catch(() => undefined);
  }
}
