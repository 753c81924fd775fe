import { setTimeout as pause } from 'node:timers/promises';
import { ADDRESS, PRODUCTS, placing, SCARCE } from './carts.ts';
import { Chance } from './chance.ts';
import type { Client } from './client.ts';
import type { Cluster } from './cluster.ts';
import type { Shown } from './deeds.ts';
import { type Counter, InParts } from './in-parts.ts';
import type { Heard, Told, What, Wish } from './told.ts';

const CUSTOMERS = 12;
/** How often a request is sent while faults are active; an unknown result is requested again after the faults. */
const MOST_TRIES = 8;
const MOST_LOOKS = 40;
const LOOK_EVERY_MS = 150;
/** Between two deeds of one person with parts of an order. */
const PAUSE_MS = [50, 1_500] as const;

/** Customers who order, change, receive and return orders, and a supplier. */
export class Load {
  placed = 0;
  readonly #stopped = new AbortController();

  constructor(
    private readonly cluster: Cluster,
    private readonly client: Client,
    private readonly told: Told,
    private readonly seed: number,
    private readonly mostOrders: number,
  ) {}

  /** Adds much stock of all products except one. */
  async stockUp(): Promise<void> {
    for (const product of PRODUCTS)
      await this.#supply(product, 100_000, new Chance(this.seed, product), `first-${product}`);
  }

  /** Until the time is over or enough orders were placed; customers who still wait then stop. */
  async run(durationMs: number): Promise<void> {
    const timer = setTimeout(() => this.#stopped.abort(), durationMs);
    const customers = Array.from({ length: CUSTOMERS }, (_, i) => this.#customer(i));
    await Promise.all([...customers, this.#supplier()]);
    clearTimeout(timer);
  }

  async #customer(number: number): Promise<void> {
    for (let turn = 0; !this.#over; turn++) {
      const name = `c${number}-${turn}`;
      const chance = new Chance(this.seed, name);
      this.placed++;
      if (this.placed >= this.mostOrders) this.#stopped.abort();
      await this.#order(name, chance);
      await pause(chance.between(0, 300));
    }
  }

  async #supplier(): Promise<void> {
    const chance = new Chance(this.seed, 'supplier');
    for (let turn = 0; !this.#over; turn++) {
      await this.#supply(SCARCE, chance.between(1, 6), chance, `more-${turn}`);
      await pause(1_500, undefined, { signal: this.#stopped.signal }).catch(() => {});
    }
  }

  #supply(product: string, quantity: number, chance: Chance, key: string): Promise<Heard | undefined> {
    const at = this.cluster.replicas('inventory');
    const path = `/inventory/${product}`;
    return this.client.insist(
      { what: 'supply', key, method: 'PUT', at, path, body: { quantity } },
      chance,
      MOST_TRIES,
      this.#stopped.signal,
    );
  }

  /** The life of one order, from the customer's view. */
  async #order(name: string, chance: Chance): Promise<void> {
    const inParts = chance.in(0.4);
    const at = this.cluster.replicas('order');
    const wish = { ...placing(name, chance, inParts), at };
    const twin = chance.in(0.1) ? this.client.once(this.told.begin(wish), chance) : undefined;
    const answer = (await this.client.insist(wish, chance, MOST_TRIES, this.#stopped.signal)) ?? (await twin);
    const id = answer && idIn(answer);
    await twin;
    if (!id) return;
    if (inParts) return this.#inParts(name, id);
    const fate = chance.pick([
      [5, 'receive'],
      [2, 'cancel'],
      [1, 'forget'],
      [1, 'hurry'],
    ] as const);
    if (chance.in(0.3)) await this.#lookingAfter(id, Promise.resolve(answer));
    if (fate === 'forget') return;
    if (fate !== 'hurry') await this.#until(id, (status) => status !== 'PENDING');
    const sorted = await this.#command(id, 'confirm', `/orders/${id}/confirm`, {}, chance);
    if (fate === 'cancel' || (fate === 'hurry' && chance.in(0.5))) {
      await this.#command(id, 'cancel', `/orders/${id}/cancel`, { reason: 'changed my mind' }, chance);
      return void (await this.#look(id));
    }
    if (sorted?.status !== 200) return;
    const sending = this.#command(id, 'fulfil', `/orders/${id}/fulfill`, { shippingAddress: ADDRESS }, chance);
    if (chance.in(0.1)) await this.#command(id, 'cancel', `/orders/${id}/cancel`, {}, chance);
    if ((await sending) && chance.in(0.7)) await this.#receive(id, chance);
  }

  async #inParts(name: string, id: string): Promise<void> {
    const order = await this.#until(id, (status) => status !== 'PENDING');
    const counter: Counter = {
      ask: (_role, errand, chance) => {
        const at = this.cluster.replicas(errand.what === 'travel' ? 'shipping' : 'order');
        const answering = this.client.insist({ ...errand, at }, chance, MOST_TRIES, this.#stopped.signal);
        return errand.what === 'travel' ? answering : this.#lookingAfter(id, answering);
      },
      look: async () => (this.#over ? undefined : this.#look(id)),
    };
    const setting = { seed: this.seed, pauseMs: PAUSE_MS };
    if (order) await new InParts(counter, { id, name }, setting).live(order);
  }

  /** The carrier reports to shipping, which tells the order service; or an operator reports the delivery directly. */
  async #receive(id: string, chance: Chance): Promise<void> {
    const order = await this.#until(id, (status) => status !== 'PROCESSING' && status !== 'CONFIRMED');
    const shipmentId = order?.shipment?.id;
    if (!shipmentId || order.status !== 'SHIPPED') return;
    const byOperator = chance.in(0.3);
    if (byOperator && (await this.#deliver(id, chance))?.status !== 200) return;
    for (const status of byOperator ? [] : ['IN_TRANSIT', 'DELIVERED']) {
      const at = this.cluster.replicas('shipping');
      const path = `/shipments/${shipmentId}/status`;
      const key = `${id}-${status}`;
      const travel: Wish = { what: 'travel', key, method: 'PUT', at, path, body: { status } };
      if ((await this.client.insist(travel, chance, MOST_TRIES, this.#stopped.signal))?.status !== 200) return;
    }
    const delivered = await this.#until(id, (status) => status !== 'SHIPPED');
    if (delivered?.status === 'DELIVERED' && chance.in(0.4)) {
      await this.#command(id, 'return', `/orders/${id}/return`, { reason: 'too small' }, chance);
      await this.#look(id);
    }
  }

  #deliver(id: string, chance: Chance): Promise<Heard | undefined> {
    const at = this.cluster.replicas('order');
    const wish = {
      key: `${id}-deliver`,
      method: 'PUT',
      at,
      path: `/orders/${id}/status`,
      body: { status: 'DELIVERED' },
    };
    const delivering = this.client.insist({ what: 'deliver', ...wish }, chance, MOST_TRIES, this.#stopped.signal);
    return this.#lookingAfter(id, delivering);
  }

  #command(id: string, what: What, path: string, body: unknown, chance: Chance): Promise<Heard | undefined> {
    const at = this.cluster.replicas('order');
    const wish: Wish = { what, key: `${id}-${what}`, method: 'POST', at, path, body };
    return this.#lookingAfter(id, this.client.insist(wish, chance, MOST_TRIES, this.#stopped.signal));
  }

  /** What an answer has said, every replica shows from then on. */
  async #lookingAfter(id: string, answering: Promise<Heard | undefined>): Promise<Heard | undefined> {
    const answer = await answering;
    if (answer) await Promise.all(this.cluster.replicas('order').map((at) => this.#look(id, at)));
    return answer;
  }

  async #until(id: string, enough: (status: string) => boolean): Promise<Shown | undefined> {
    for (let looks = 0; looks < MOST_LOOKS && !this.#over; looks++) {
      const order = await this.#look(id);
      if (order && enough(order.status)) return order;
      await pause(LOOK_EVERY_MS);
    }
    return undefined;
  }

  async #look(id: string, at = this.#anyReplica()): Promise<Shown | undefined> {
    const from = performance.now();
    const heard = await this.client.send(at, 'GET', `/orders/${id}`);
    if (heard?.status !== 200) return undefined;
    const order = JSON.parse(heard.body) as Shown;
    this.told.see(id, { status: order.status, version: order.version, from, to: performance.now() });
    return order;
  }

  #anyReplica(): string {
    const all = this.cluster.replicas('order');
    return all[Math.floor(performance.now()) % all.length] as string;
  }

  get #over(): boolean {
    return this.#stopped.signal.aborted;
  }
}

/** The id of the order in an answer or a problem. */
function idIn({ status, body }: Heard): string | undefined {
  const { id, orderId } = JSON.parse(body) as { id?: string; orderId?: string };
  return status < 300 ? id : orderId;
}
