import { setTimeout as pause } from 'node:timers/promises';
import { ask, insist } from './client.ts';
import { type History, micros, type Operation, type Order } from './history.ts';
import type { System } from './system.ts';

const CUSTOMERS = 10;
const PAUSE_MS = 400;
/** The last two are always almost sold out. */
const PRODUCTS = 24;
const SCARCE = 2;
const SETTLED = /^(CONFIRMED|REJECTED|CANCELLED)$/;

interface Placed {
  id: string;
  customer: string;
  cancelled: boolean;
  /** What was last said of it. */
  status: string;
}

/** Customers who place, read and cancel orders, and keep what they were told. */
export class Customers {
  readonly placed: Placed[] = [];
  /** Every request to place an order, by its customer: each has one of its own. What may be told of its product. */
  readonly asked = new Map<string, Omit<Operation, 'what'>>();
  readonly #explained = new Set<string>();
  /** When orders were acknowledged, in ms. */
  readonly acknowledged: number[] = [];
  #turn = 0;

  constructor(
    private readonly system: System,
    private readonly history: History,
  ) {}

  async stockUp(ended: AbortSignal): Promise<void> {
    for (let product = 0; product < PRODUCTS; product++) {
      await this.#supply(`product-${product}`, product < PRODUCTS - SCARCE ? 100_000 : 20, 'first', 0, ended);
    }
  }

  /** Orders of a first try that was given up with a 503 may have taken stock, too, and gave it back. */
  explain(orders: readonly Order[]): void {
    const known = new Set(this.placed.map(({ id }) => id));
    for (const { id, customer } of orders) {
      const told = this.asked.get(customer.id);
      if (known.has(id) || this.#explained.has(id) || !told) continue;
      this.#explained.add(id);
      for (const what of ['maybe-take', 'maybe-give'] as const) this.history.add({ ...told, by: id, what });
    }
  }

  /** Until `ended`; requests under way are repeated until they are answered or `abandoned`. */
  async run(ended: AbortSignal, abandoned: AbortSignal): Promise<void> {
    const customers = Array.from({ length: CUSTOMERS }, async (_, client) => {
      while (!ended.aborted) {
        await this.#order(client + 1, abandoned);
        await pause(PAUSE_MS * (0.5 + Math.random()));
      }
    });
    await Promise.all([
      ...customers,
      this.#reader(CUSTOMERS + 1, ended),
      this.#supplier(CUSTOMERS + 2, ended, abandoned),
    ]);
  }

  async #order(client: number, abandoned: AbortSignal): Promise<void> {
    const customer = `customer-${this.#turn++}`;
    const product = `product-${this.#turn % PRODUCTS}`;
    const quantity = 1 + (this.#turn % 3);
    const items = [{ productId: product, quantity, price: 9.99 }];
    const body = { customerId: customer, items, paymentMethod: 'tok_visa' };
    const from = micros();
    const told = { of: 'product', id: product, client, quantity, by: customer, from } as const;
    this.asked.set(customer, told);
    const urls = this.system.orders.map((url) => `${url}/orders`);
    const heard = await insist(urls, 'POST', body, `${customer}-place`, abandoned);
    const id: string | undefined = heard?.body.id ?? heard?.body.orderId;
    if (!heard || !id) {
      for (const what of ['maybe-take', 'maybe-give'] as const) this.history.add({ ...told, what });
      return;
    }
    if (heard.status < 300) {
      const { version, status } = heard.body;
      this.acknowledged.push(performance.now());
      this.history.add({ of: 'order', id, client, what: 'place', from, to: micros(), version, status });
    }
    const one: Placed = { id, customer, cancelled: false, status: heard.body.status };
    this.placed.push(one);
    const settled = await this.#until(one, client, SETTLED, abandoned);
    const short = settled?.rejection?.code === 'OUT_OF_STOCK' || heard.body.code === 'OUT_OF_STOCK';
    if (settled?.status === 'CONFIRMED') this.history.add({ ...told, what: 'take', to: micros() });
    else if (settled?.status === 'REJECTED' && short) this.history.add({ ...told, what: 'refused', to: micros() });
    else for (const what of ['maybe-take', 'maybe-give'] as const) this.history.add({ ...told, what });
    await this.#readProduct(client, product);
    if (settled?.status === 'CONFIRMED' && this.#turn % 3 === 0)
      await this.#cancel(one, client, product, quantity, abandoned);
  }

  async #cancel(one: Placed, client: number, product: string, quantity: number, abandoned: AbortSignal): Promise<void> {
    const from = micros();
    const urls = this.system.orders.map((url) => `${url}/orders/${one.id}/cancel`);
    const heard = await insist(urls, 'POST', { reason: 'changed my mind' }, `${one.customer}-cancel`, abandoned);
    const told = { of: 'product', id: product, client, quantity, by: one.customer, from } as const;
    if (heard && heard.status < 300) {
      const { version, status } = heard.body;
      one.cancelled = true;
      this.acknowledged.push(performance.now());
      this.history.add({ of: 'order', id: one.id, client, what: 'cancel', from, to: micros(), version, status });
    }
    const settled = await this.#until(one, client, /^CANCELLED$/, abandoned);
    this.history.add(settled ? { ...told, what: 'give', to: micros() } : { ...told, what: 'maybe-return' });
    await this.#readProduct(client, product);
  }

  async #until(one: Placed, client: number, wanted: RegExp, abandoned: AbortSignal) {
    while (!abandoned.aborted) {
      const order = await this.#readOrder(client, one);
      if (order && wanted.test(order.status)) return order;
      await pause(PAUSE_MS);
    }
    return undefined;
  }

  async #readOrder(client: number, one: Placed) {
    const url = this.system.orders[Math.floor(Math.random() * this.system.orders.length)];
    const from = micros();
    const heard = await ask(`${url}/orders/${one.id}`);
    const told = { of: 'order', id: one.id, client, from, to: micros() } as const;
    if (heard?.status === 404) this.history.add({ ...told, what: 'missing' });
    if (heard?.status !== 200) return undefined;
    const { version, status } = heard.body;
    this.history.add({ ...told, what: 'read', version, status });
    one.status = status;
    return heard.body;
  }

  async #readProduct(client: number, id: string): Promise<void> {
    const from = micros();
    const heard = await ask(`${this.system.inventory}/inventory/${id}`);
    if (heard?.status !== 200) return;
    const { movements, available: quantity } = heard.body;
    this.history.add({ of: 'product', id, client, what: 'read', from, to: micros(), movements, quantity });
  }

  /** Looks at orders and products of others. */
  async #reader(client: number, ended: AbortSignal): Promise<void> {
    while (!ended.aborted) {
      const recent = this.placed.slice(-20);
      const one = recent[Math.floor(Math.random() * recent.length)];
      if (one) await this.#readOrder(client, { ...one });
      await this.#readProduct(client, `product-${Math.floor(Math.random() * PRODUCTS)}`);
      await pause(PAUSE_MS / 4);
    }
  }

  async #supplier(client: number, ended: AbortSignal, abandoned: AbortSignal): Promise<void> {
    for (let turn = 0; !ended.aborted; turn++) {
      await pause(3_000);
      await this.#supply(`product-${PRODUCTS - 1 - (turn % SCARCE)}`, 3, `more-${turn}`, client, abandoned);
    }
  }

  async #supply(id: string, quantity: number, key: string, client: number, abandoned: AbortSignal): Promise<void> {
    const from = micros();
    const url = `${this.system.inventory}/inventory/${id}`;
    const heard = await insist([url], 'PUT', { quantity }, `${id}-${key}`, abandoned);
    if (!heard || heard.status >= 300) throw new Error(`no stock of ${id}: ${JSON.stringify(heard)}`);
    this.history.add({ of: 'product', id, client, what: 'add', from, to: micros(), quantity });
  }
}
