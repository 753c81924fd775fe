import { setTimeout as pause } from 'node:timers/promises';
import type { Transport } from '@oms/shared/resilience/transport';
import { Chance } from '../crash/chance.ts';
import { Client } from '../crash/client.ts';
import type { Heard, Told, What, Wish } from '../crash/told.ts';
import { INJECTED } from './network.ts';
import type { Process } from './process.ts';
import { ORDER_REPLICAS, SHIPPING } from './services.ts';

/** How often one request is sent while faults strike; what is unknown then is asked again when all is well. */
const MOST_TRIES = 4;
const MOST_LOOKS = 8;
const LOOK_EVERY_MS = 1_000;
const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
/** Few, so that orders meet at the same rows; of one there is hardly any. */
const PRODUCTS = ['PROD001', 'PROD002', 'PROD005'];

/** What a customer is answered by the network, and not by a service, tells nothing. */
function believable(transport: Transport): Transport {
  return {
    ...transport,
    async send(request) {
      const answer = await transport.send(request);
      if (answer.headers[INJECTED]) throw new Error(`answered ${answer.status} on the way`);
      return answer;
    },
  };
}

/** Customers who order, change their minds, receive and send back, each at his own pace. */
export class Customers {
  readonly client: Client;

  constructor(
    private readonly process: Process,
    transport: Transport,
    private readonly told: Told,
    /** Where there is a catalog, customers do not say what things cost. */
    private readonly setting: { seed: number; hasCatalog: boolean },
  ) {
    this.client = new Client(told, believable(transport));
  }

  /** The whole life of one order, from its customer's side. */
  async live(number: number): Promise<void> {
    const name = `c${number}`;
    const chance = new Chance(this.setting.seed, name);
    await pause(chance.between(0, 4_000));
    const wish = placing(name, chance, this.setting.hasCatalog);
    const twin = chance.in(0.15) ? this.client.once(this.told.begin(wish), chance) : undefined;
    const answer = (await this.client.insist(wish, chance, MOST_TRIES)) ?? (await twin);
    await twin;
    const id = answer && idIn(answer);
    if (!id) return;
    const fate = chance.pick([
      [6, 'receive'],
      [3, 'cancel'],
      [1, 'forget'],
      [2, 'hurry'],
    ] as const);
    if (fate === 'forget') return;
    if (fate !== 'hurry') await this.#until(id, (status) => status !== 'PENDING');
    if (fate === 'cancel' || (fate === 'hurry' && chance.in(0.7))) return this.#cancel(id, chance);
    if ((await this.#command(id, 'confirm', `/orders/${id}/confirm`, {}, chance))?.status !== 200) return;
    const sending = this.#command(id, 'fulfil', `/orders/${id}/fulfill`, { shippingAddress: ADDRESS }, chance);
    if (chance.in(0.25)) {
      await pause(chance.between(0, 300));
      await this.#cancel(id, chance);
    }
    if (await sending) await this.#receive(id, chance);
  }

  /** Some ask twice, under another key. */
  async #cancel(id: string, chance: Chance): Promise<void> {
    const asked = [this.#command(id, 'cancel', `/orders/${id}/cancel`, { reason: 'changed my mind' }, chance)];
    if (chance.in(0.3)) asked.push(this.#command(id, 'cancel', `/orders/${id}/cancel`, {}, chance, '-again'));
    await Promise.all(asked);
    await this.#look(id);
  }

  /** The carrier reports to shipping, which tells the order; or an operator says at once that it arrived. */
  async #receive(id: string, chance: Chance): Promise<void> {
    const order = await this.#until(id, (status) => status !== 'PROCESSING' && status !== 'CONFIRMED');
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
      const path = `/shipments/${shipmentId}/status`;
      const wish = { key: `${id}-${i}-${status}`, method: 'PUT', at: SHIPPING, path, body: { status } };
      if ((await this.client.insist({ what: 'travel', ...wish }, chance, MOST_TRIES))?.status !== 200) return;
    }
    const cameBack = way.some((status) => status === 'RETURNED');
    if (way.length === 0 && (await this.#deliver(id, chance))?.status !== 200) return;
    const known = await this.#until(
      id,
      (status, parcel) => status !== 'SHIPPED' || (cameBack && parcel === 'RETURNED'),
    );
    if (!known || (known.status !== 'DELIVERED' && !cameBack) || chance.in(0.4)) return;
    await this.#command(id, 'return', `/orders/${id}/return`, { reason: 'too small' }, chance);
    await this.#look(id);
  }

  #deliver(id: string, chance: Chance) {
    const wish = { key: `${id}-deliver`, method: 'PUT', at: ORDER_REPLICAS, path: `/orders/${id}/status` };
    return this.client.insist({ what: 'deliver', ...wish, body: { status: 'DELIVERED' } }, chance, MOST_TRIES);
  }

  #command(id: string, what: What, path: string, body: unknown, chance: Chance, more = '') {
    const wish: Wish = { what, key: `${id}-${what}${more}`, method: 'POST', at: ORDER_REPLICAS, path, body };
    return this.client.insist(wish, chance, MOST_TRIES);
  }

  async #until(id: string, enough: (status: string, parcel?: string) => boolean): Promise<Seen | undefined> {
    for (let looks = 0; looks < MOST_LOOKS; looks++) {
      const order = await this.#look(id, looks);
      if (order && enough(order.status, order.shipment?.status)) return order;
      await pause(LOOK_EVERY_MS * (1 + looks / 2));
    }
    return undefined;
  }

  async #look(id: string, turn = 0): Promise<Seen | undefined> {
    const from = this.process.clock.now;
    const replica = ORDER_REPLICAS[turn % ORDER_REPLICAS.length] as string;
    const heard = await this.client.send(replica, 'GET', `/orders/${id}`);
    if (heard?.status !== 200) return undefined;
    const order = JSON.parse(heard.body) as Seen;
    this.told.see(id, { status: order.status, version: order.version, from, to: this.process.clock.now });
    return order;
  }
}

function placing(name: string, chance: Chance, hasCatalog: boolean): Wish {
  const products = PRODUCTS.filter(() => chance.in(0.5));
  const items = (products.length > 0 ? products : ['PROD001']).map((productId) => {
    return { productId, quantity: chance.between(1, 3), ...(hasCatalog ? {} : { price: 9.99 }) };
  });
  // The provider loses answers by the faults' will, and not by a token's: one that does so for ever is never served.
  const paymentMethod = chance.pick([
    [12, 'tok_visa'],
    [2, 'tok_declined'],
  ] as const);
  const body = { customerId: name, items, paymentMethod, autoConfirm: !chance.in(0.15) };
  const headers = chance.pick<Record<string, string>>([
    [6, {}],
    [2, { Prefer: 'respond-async' }],
    [1, { Prefer: 'wait=1' }],
  ]);
  return { what: 'place', key: `${name}-place`, method: 'POST', at: ORDER_REPLICAS, path: '/orders', body, headers };
}

interface Seen {
  status: string;
  version: number;
  shipment?: { id: string; status: string };
}

/** The order that an answer is about, be it one or a problem. */
function idIn({ status, body }: Heard): string | undefined {
  const { id, orderId } = JSON.parse(body) as { id?: string; orderId?: string };
  return status < 300 ? id : orderId;
}
