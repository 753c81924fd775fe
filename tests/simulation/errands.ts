import { setTimeout as pause } from 'node:timers/promises';
import type { Chance } from '../crash/chance.ts';
import type { Client } from '../crash/client.ts';
import type { Shown } from '../crash/deeds.ts';
import type { Errand } from '../crash/in-parts.ts';
import type { Heard, Told } from '../crash/told.ts';
import { GATEWAYS } from './addresses.ts';
import { as, type Headers } from './people.ts';

/** How often a request is sent while faults are active; an unknown result is requested again after the faults. */
export const MOST_TRIES = 4;
const MOST_LOOKS = 8;
const LOOK_EVERY_MS = 1_000;

/** What people do with an order once it is placed, and what they see of it. */
export class Errands {
  constructor(
    private readonly client: Client,
    private readonly told: Told,
  ) {}

  ask(headers: Headers, errand: Errand, chance: Chance): Promise<Heard | undefined> {
    return this.client.insist({ ...errand, at: GATEWAYS, headers }, chance, MOST_TRIES);
  }

  command(headers: Headers, id: string, what: keyof typeof PATHS, body: unknown, chance: Chance, more = '') {
    const [key, path] = [`${id}-${what}${more}`, `/orders/${id}/${PATHS[what]}`];
    return this.ask(headers, { what, key, method: 'POST', path, body }, chance);
  }

  /** The carrier reports where a parcel is. */
  travel(
    headers: Headers,
    shipmentId: string,
    status: string,
    key: string,
    chance: Chance,
  ): Promise<Heard | undefined> {
    const path = `/shipments/${shipmentId}/status`;
    return this.ask(headers, { what: 'travel', key, method: 'PUT', path, body: { status } }, chance);
  }

  deliver(headers: Headers, id: string, chance: Chance): Promise<Heard | undefined> {
    const [key, path] = [`${id}-deliver`, `/orders/${id}/status`];
    return this.ask(headers, { what: 'deliver', key, method: 'PUT', path, body: { status: 'DELIVERED' } }, chance);
  }

  async until(
    name: string,
    id: string,
    enough: (status: string, parcel?: string) => boolean,
  ): Promise<Shown | undefined> {
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const order = await this.look(name, id, looks);
      if (order && enough(order.status, order.shipment?.status)) return order;
      await pause(LOOK_EVERY_MS * (1 + looks / 2));
    }
    return undefined;
  }

  async look(name: string, id: string, turn = 0, headers = as(name)): Promise<Shown | undefined> {
    const from = performance.now();
    const gateway = GATEWAYS[turn % GATEWAYS.length] as string;
    const heard = await this.client.send(gateway, 'GET', `/orders/${id}`, { headers });
    if (heard?.status !== 200) return undefined;
    const order = JSON.parse(heard.body) as Shown;
    this.told.see(id, { status: order.status, version: order.version, from, to: performance.now() });
    return order;
  }
}

const PATHS = { confirm: 'confirm', fulfil: 'fulfill', cancel: 'cancel', return: 'return' };
