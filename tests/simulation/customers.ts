import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '../crash/chance.ts';
import type { Client } from '../crash/client.ts';
import { type Counter, InParts } from '../crash/in-parts.ts';
import type { Told, Wish } from '../crash/told.ts';
import { GATEWAYS } from './addresses.ts';
import { Errands, MOST_TRIES } from './errands.ts';
import { addressOf, as, clerkOf, privateTo } from './people.ts';
import { idIn, placing, placingInParts } from './placing.ts';

/** Between two deeds of one person with parts of an order. */
const PAUSE_MS = [200, 4_000] as const;

/** Customers who order, change, receive and return orders, each at his own pace. */
export class Customers {
  readonly #errands: Errands;

  constructor(
    private readonly client: Client,
    private readonly told: Told,
    /** With a catalog, customers name no prices. */
    private readonly setting: { seed: number; hasCatalog: boolean },
  ) {
    this.#errands = new Errands(client, told);
  }

  /** The whole life of one order, from the customer's view. */
  async live(number: number): Promise<void> {
    const name = `c${number}`;
    const chance = new Chance(this.setting.seed, name);
    await pause(chance.between(0, 4_000));
    if (chance.in(0.4)) {
      const id = await this.#place(placingInParts(name, chance, this.setting.hasCatalog), chance);
      return id === undefined ? undefined : this.#liveInParts(name, id);
    }
    const wish = placing(name, chance, this.setting.hasCatalog);
    const id = chance.in(0.2) ? await this.#placeKeyless(name, wish) : await this.#place(wish, chance);
    if (!id) return;
    const watching = chance.in(0.15) ? this.#watch(name, id) : undefined;
    await this.#goOn(name, id, chance);
    await watching;
  }

  async #liveInParts(name: string, id: string): Promise<void> {
    const order = await this.#errands.until(name, id, (status) => status !== 'PENDING');
    const headers = { clerk: clerkOf(name), customer: as(name) };
    const counter: Counter = {
      ask: (role, errand, chance) => this.#errands.ask(headers[role], errand, chance),
      look: (role, turn) => this.#errands.look(name, id, turn, headers[role]),
    };
    const setting = { seed: this.setting.seed, pauseMs: PAUSE_MS };
    if (order) await new InParts(counter, { id, name }, setting).live(order);
  }

  async #place(wish: Wish, chance: Chance): Promise<string | undefined> {
    const twin = chance.in(0.15) ? this.client.once(this.told.begin(wish), chance) : undefined;
    const answer = (await this.client.insist(wish, chance, MOST_TRIES)) ?? (await twin);
    await twin;
    return answer && idIn(answer);
  }

  /** A customer without an answer looks for the order in the list of his orders. */
  async #placeKeyless(name: string, { at, method, path, body }: Wish): Promise<string | undefined> {
    const [here = ''] = at;
    const heard = await this.client.send(here, method, path, { body, headers: as(name) });
    if (heard && heard.status < 300) return idIn(heard);
    const list = await this.client.send(here, 'GET', '/orders', { headers: as(name) });
    return list?.status === 200 ? (JSON.parse(list.body) as { items: { id: string }[] }).items[0]?.id : undefined;
  }

  /** The stream of the order's events, until the customer gives up. */
  #watch(name: string, id: string): Promise<unknown> {
    const headers = { ...as(name), Accept: 'text/event-stream' };
    return this.client.send(GATEWAYS[0] as string, 'GET', `/orders/${id}/events`, { headers });
  }

  async #goOn(name: string, id: string, chance: Chance): Promise<void> {
    const clerk = clerkOf(name);
    const fate = chance.pick([
      [6, 'receive'],
      [3, 'cancel'],
      [1, 'forget'],
      [2, 'hurry'],
    ] as const);
    if (fate === 'forget') return;
    if (fate !== 'hurry') await this.#errands.until(name, id, (status) => status !== 'PENDING');
    if (fate === 'cancel' || (fate === 'hurry' && chance.in(0.7))) return this.#cancel(name, id, chance);
    if ((await this.#errands.command(clerk, id, 'confirm', {}, chance))?.status !== 200) return;
    const sending = this.#errands.command(clerk, id, 'fulfil', { shippingAddress: addressOf(name) }, chance);
    if (chance.in(0.25)) {
      await pause(chance.between(0, 300));
      await this.#cancel(name, id, chance);
    }
    if (await sending) await this.#receive(name, id, chance);
  }

  /** Some send the request again with another key. */
  async #cancel(name: string, id: string, chance: Chance): Promise<void> {
    const reason = `${privateTo(name)} changed my mind`;
    const asked = [this.#errands.command(as(name), id, 'cancel', { reason }, chance)];
    if (chance.in(0.3)) asked.push(this.#errands.command(as(name), id, 'cancel', {}, chance, '-again'));
    await Promise.all(asked);
    await this.#errands.look(name, id);
  }

  /** The carrier reports to shipping, which tells the order service; or an operator reports the delivery directly. */
  async #receive(name: string, id: string, chance: Chance): Promise<void> {
    const headers = clerkOf(name);
    const order = await this.#errands.until(name, id, (status) => status !== 'PROCESSING' && status !== 'CONFIRMED');
    const shipmentId = order?.shipment?.id;
    if (!shipmentId || order.status !== 'SHIPPED') return;
    const way = chance.pick([
      [6, ['IN_TRANSIT', 'DELIVERED']],
      [2, ['IN_TRANSIT', 'EXCEPTION', 'IN_TRANSIT', 'DELIVERED']],
      [1, ['IN_TRANSIT', 'EXCEPTION']],
      [2, ['IN_TRANSIT', 'RETURNED']],
      [4, []],
    ] as const);
    for (const [i, status] of way.entries()) {
      const key = `${id}-${i}-${status}`;
      if ((await this.#errands.travel(headers, shipmentId, status, key, chance))?.status !== 200) return;
    }
    const cameBack = way.some((status) => status === 'RETURNED');
    if (way.length === 0 && (await this.#errands.deliver(headers, id, chance))?.status !== 200) return;
    const known = await this.#errands.until(
      name,
      id,
      (status, parcel) => status !== 'SHIPPED' || (cameBack && parcel === 'RETURNED'),
    );
    if (!known || (known.status !== 'DELIVERED' && !cameBack) || chance.in(0.4)) return;
    await this.#errands.command(as(name), id, 'return', { reason: 'too small' }, chance);
    await this.#errands.look(name, id);
  }
}
