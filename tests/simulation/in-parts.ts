import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '../crash/chance.ts';
import { type Deed, deedOfClerk, deedOfCustomer, fulfilling, type Shown } from '../crash/deeds.ts';
import type { Errands } from './errands.ts';
import { as, clerkOf, type Headers } from './people.ts';

const DEEDS = [1, 4] as const;
const LEGS = [2, 6] as const;
const PAUSE_MS = [200, 4_000] as const;

/** What the carrier may report next of a parcel. */
const NEXT: Record<string, readonly string[]> = {
  LABEL_GENERATED: ['IN_TRANSIT'],
  IN_TRANSIT: ['DELIVERED', 'DELIVERED', 'DELIVERED', 'EXCEPTION', 'RETURNED'],
  EXCEPTION: ['IN_TRANSIT'],
};

/** The life of one order in parts: two clerks, its customer and a carrier are at work at once, none knows of the others. */
export class InParts {
  constructor(
    private readonly errands: Errands,
    private readonly seed: number,
  ) {}

  async live(name: string, id: string): Promise<void> {
    const clerk = clerkOf(name);
    const chance = new Chance(this.seed, `${name}-in-parts`);
    const order = await this.errands.until(name, id, (status) => status !== 'PENDING');
    if (!order) return;
    if ((await this.errands.command(clerk, id, 'confirm', {}, chance))?.status !== 200) return;
    if (chance.in(0.8)) await this.#do(clerk, id, fulfilling(order, chance), 'first', chance);
    const others = chance.in(0.5) ? [this.#work(name, id, clerk, deedOfClerk, 'other-clerk')] : [];
    await Promise.all([
      this.#work(name, id, clerk, deedOfClerk, 'clerk'),
      this.#work(name, id, as(name), deedOfCustomer, 'customer'),
      this.#carry(name, id, clerk),
      ...others,
    ]);
    if (chance.in(0.2)) await this.errands.deliver(clerk, id, chance);
  }

  /** Looks at the order, and does something with it, some times. */
  async #work(
    name: string,
    id: string,
    headers: Headers,
    deedOf: (order: Shown, chance: Chance) => Deed,
    role: string,
  ): Promise<void> {
    const chance = new Chance(this.seed, `${name}-${role}`);
    for (let turn = chance.between(...DEEDS); turn > 0; turn--) {
      await pause(chance.between(...PAUSE_MS));
      const order = await this.errands.look(name, id, turn, headers);
      if (order) await this.#do(headers, id, deedOf(order, chance), `${role}-${turn}`, chance);
    }
  }

  /** Some send the same request twice at once. */
  async #do(headers: Headers, id: string, { what, command, body }: Deed, name: string, chance: Chance): Promise<void> {
    const errand = { what, key: `${id}-${name}`, path: `/orders/${id}/${command}`, body };
    const twins = chance.in(0.15) ? 2 : 1;
    await Promise.all(Array.from({ length: twins }, () => this.errands.ask(headers, errand, chance)));
  }

  async #carry(name: string, id: string, headers: Headers): Promise<void> {
    const chance = new Chance(this.seed, `${name}-carrier`);
    for (let leg = chance.between(...LEGS); leg > 0; leg--) {
      await pause(chance.between(...PAUSE_MS));
      const order = await this.errands.look(name, id, leg, headers);
      const parcels = [...(order?.shipments ?? [])].filter(({ status }) => NEXT[status]);
      await Promise.all(
        parcels.map(({ id: shipmentId, status }) => {
          const next = NEXT[status] as readonly string[];
          const to = next[chance.between(0, next.length - 1)] as string;
          return this.errands.travel(headers, shipmentId, to, `${shipmentId}-${leg}-${to}`, chance);
        }),
      );
    }
  }
}
