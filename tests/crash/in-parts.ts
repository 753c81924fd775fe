import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from './chance.ts';
import { type Deed, deedOfClerk, deedOfCustomer, fulfilling, type Shown } from './deeds.ts';
import type { Heard, Wish } from './told.ts';

const DEEDS = [1, 4] as const;
const LEGS = [2, 6] as const;

/** What the carrier may report next of a parcel. */
const NEXT: Record<string, readonly string[]> = {
  LABEL_GENERATED: ['IN_TRANSIT'],
  IN_TRANSIT: ['DELIVERED', 'DELIVERED', 'DELIVERED', 'EXCEPTION', 'RETURNED'],
  EXCEPTION: ['IN_TRANSIT'],
};

export type Role = 'clerk' | 'customer';
export type Errand = Omit<Wish, 'at' | 'headers'>;

/** How requests about one order are sent, and what is seen of it. */
export interface Counter {
  ask(role: Role, errand: Errand, chance: Chance): Promise<Heard | undefined>;
  look(role: Role, turn: number): Promise<Shown | undefined>;
}

/** The life of one order in parts: clerks, its customer and a carrier are at work at once, and none knows of the others. */
export class InParts {
  constructor(
    private readonly counter: Counter,
    private readonly order: Pick<Shown, 'id'> & { name: string },
    private readonly setting: { seed: number; pauseMs: readonly [number, number] },
  ) {}

  /** From an order that is not PENDING any more. */
  async live(order: Shown): Promise<void> {
    const { id } = this.order;
    const chance = this.#chanceOf('in-parts');
    const confirming = {
      what: 'confirm',
      key: `${id}-confirm`,
      method: 'POST',
      path: `/orders/${id}/confirm`,
    } as const;
    if ((await this.counter.ask('clerk', { ...confirming, body: {} }, chance))?.status !== 200) return;
    if (chance.in(0.8)) await this.#do('clerk', fulfilling(order, chance), 'first', chance);
    const others = chance.in(0.5) ? [this.#work('clerk', deedOfClerk, 'other-clerk')] : [];
    await Promise.all([
      this.#work('clerk', deedOfClerk, 'clerk'),
      this.#work('customer', deedOfCustomer, 'customer'),
      this.#carry(),
      ...others,
    ]);
    if (chance.in(0.6)) await this.#after();
    if (!chance.in(0.2)) return;
    const delivering = { what: 'deliver', key: `${id}-deliver`, method: 'PUT', path: `/orders/${id}/status` } as const;
    await this.counter.ask('clerk', { ...delivering, body: { status: 'DELIVERED' } }, chance);
  }

  /** When all parcels are on their way or have arrived, most of what is left is sent back. */
  async #after(): Promise<void> {
    await this.#carry('carrier-later');
    const clerk = this.#work('clerk', deedOfClerk, 'clerk-later');
    await Promise.all([clerk, this.#work('customer', deedOfCustomer, 'customer-later')]);
  }

  /** Looks at the order, and does something with it, some times. */
  async #work(role: Role, deedOf: (order: Shown, chance: Chance) => Deed, name: string): Promise<void> {
    const chance = this.#chanceOf(name);
    for (let turn = chance.between(...DEEDS); turn > 0; turn--) {
      await this.#pause(chance);
      const order = await this.counter.look(role, turn);
      if (order) await this.#do(role, deedOf(order, chance), `${name}-${turn}`, chance);
    }
  }

  /** Some send the same request twice at once. */
  async #do(role: Role, { what, command, body }: Deed, name: string, chance: Chance): Promise<void> {
    const { id } = this.order;
    const errand = { what, key: `${id}-${name}`, method: 'POST', path: `/orders/${id}/${command}`, body };
    const twins = chance.in(0.15) ? 2 : 1;
    await Promise.all(Array.from({ length: twins }, () => this.counter.ask(role, errand, chance)));
  }

  async #carry(name = 'carrier'): Promise<void> {
    const chance = this.#chanceOf(name);
    for (let leg = chance.between(...LEGS); leg > 0; leg--) {
      await this.#pause(chance);
      const order = await this.counter.look('clerk', leg);
      const parcels = (order?.shipments ?? []).filter(({ status }) => NEXT[status]);
      const reported = ({ id, status }: { id: string; status: string }) =>
        this.#report(id, NEXT[status] as readonly string[], `${name}-${leg}`, chance);
      await Promise.all(parcels.map(reported));
    }
  }

  async #report(shipmentId: string, next: readonly string[], leg: string, chance: Chance): Promise<void> {
    const status = next[chance.between(0, next.length - 1)] as string;
    const [key, path] = [`${shipmentId}-${leg}-${status}`, `/shipments/${shipmentId}/status`];
    await this.counter.ask('clerk', { what: 'travel', key, method: 'PUT', path, body: { status } }, chance);
  }

  #pause(chance: Chance): Promise<unknown> {
    return pause(chance.between(...this.setting.pauseMs));
  }

  #chanceOf(what: string): Chance {
    return new Chance(this.setting.seed, `${this.order.name}-${what}`);
  }
}
