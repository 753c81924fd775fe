import { setTimeout as pause } from 'node:timers/promises';
import type { Order } from '@oms/order/dist/domain/order.js';
import { Chance } from '../crash/chance.ts';
import type { Client } from '../crash/client.ts';
import { GATEWAYS } from './addresses.ts';
import { READS_PER_MINUTE } from './gateway.ts';
import { GREEDY } from './gateway-promises.ts';
import { addressOf, as, badTokens, type Headers, privateTo } from './people.ts';
import type { Kept } from './services.ts';

const ATTACKS = [4, 8] as const;
const PAUSE_MS = [300, 4_000] as const;

interface Attack {
  method: string;
  path: string;
  body?: unknown;
  headers?: Headers;
}

/** Attackers. They know every id and every key, but have only their own token. */
export class Attackers {
  constructor(
    private readonly client: Client,
    private readonly kept: Kept,
    private readonly setting: { seed: number; hasCatalog: boolean },
  ) {}

  async live(): Promise<void> {
    const chance = new Chance(this.setting.seed, 'attackers');
    if (!chance.in(0.4)) return;
    for (let left = chance.between(...ATTACKS); left > 0; left--) {
      await pause(chance.between(...PAUSE_MS));
      const { items } = await this.kept.order.list({ limit: 10, newestFirst: true });
      if (items.length === 0) continue;
      const victim = items[chance.between(0, items.length - 1)]?.data.order as Order;
      await this.#attack(victim, chance);
    }
  }

  async #attack(victim: Order, chance: Chance): Promise<void> {
    const { method, path, body, headers } = oneOf(attacksOn(victim, this.setting.hasCatalog), chance);
    const spelling = chance.in(0.2) ? oneOf(SPELLINGS, chance)(path) : path;
    const lies = chance.in(0.4) ? oneOf(liesAbout(victim), chance) : {};
    const token = chance.in(0.3) ? oneOf([{}, ...badTokens(victim.customer.id)], chance) : as('mallory');
    await this.client.send(oneOf(GATEWAYS, chance), method, spelling, {
      body,
      headers: { ...headers, ...lies, ...token },
    });
  }

  /** One attack at one gateway, while other traffic continues. */
  async flood(): Promise<void> {
    if (!new Chance(this.setting.seed, 'flood').in(0.02)) return;
    const [at = ''] = GATEWAYS;
    const reads = Array.from({ length: READS_PER_MINUTE + 5 }, () =>
      this.client.send(at, 'GET', '/orders?limit=1', { headers: as(GREEDY) }),
    );
    await Promise.all(reads);
    await this.client.send(at, 'GET', '/orders?limit=1', { headers: as('bystander') });
  }
}

const oneOf = <T>(all: readonly T[], chance: Chance): T => all[chance.between(0, all.length - 1)] as T;

const reading = (path: string, headers: Headers = {}): Attack => ({ method: 'GET', path, headers });
const STREAM = { Accept: 'text/event-stream' };

function attacksOn({ id, customer, shipment }: Order, hasCatalog: boolean): Attack[] {
  const tracking = shipment?.trackingNumber ?? 'TRK1';
  const key = (what: string) => ({ 'Idempotency-Key': what });
  const order = `/orders/${id}`;
  const to = (method: string, path: string, body: unknown = {}, headers: Headers = {}) => ({
    method,
    path,
    body,
    headers,
  });
  const reason = { reason: `${privateTo('mallory')} wants it` };
  const item = { productId: 'PROD001', quantity: 1, ...(hasCatalog ? {} : { price: 9.99 }) };
  const aPiece = { items: [{ lineId: '1', quantity: 1 }] };
  const own = { items: [item], shippingAddress: addressOf('mallory') };
  return [
    ...[order, `${order}?version=1`, `${order}/events`, `${order}/track`, `${order}/refunds`, `${order}/returns`].map(
      (path) => reading(path),
    ),
    reading(`${order}/events`, STREAM),
    ...['/orders', `/orders?customerId=${customer.id}`, '/orders?status=CONFIRMED'].map((path) => reading(path)),
    to('POST', `${order}/cancel`, reason),
    to('DELETE', order, reason),
    to('POST', `${order}/return`, reason),
    to('POST', `${order}/cancel`, { ...reason, ...aPiece }),
    to('POST', `${order}/return`, { ...reason, ...aPiece, restock: false }),
    to('PUT', order, { shippingAddress: addressOf('mallory') }),
    // What only an operator may do.
    ...['confirm', 'process', 'fulfill'].map((command) => to('POST', `${order}/${command}`)),
    to('POST', `${order}/fulfill`, aPiece),
    to('POST', `${order}/refund`, { amount: 0.01, ...reason }),
    to('POST', '/orders', { ...own, charges: [{ kind: 'DISCOUNT', amount: 0.01 }] }, key('mallory-discount')),
    ...['DELIVERED', 'CANCELLED'].map((status) => to('PUT', `${order}/status`, { status })),
    to('POST', `/payments/${id}/refund`),
    to('POST', '/inventory/release', { orderId: id }),
    to('PUT', `/shipments/${shipment?.id}/status`, { status: 'RETURNED' }),
    ...['/events', '/services/order/events', '/services/payment/events?after=0'].map((path) => reading(path)),
    ...['/audit', '/sagas', `/payments/${id}`, `/payments?orderId=${id}`, '/payments'].map((path) => reading(path)),
    ...['/shipments', `/shipments/${shipment?.id}`, `/notifications?orderId=${id}`].map((path) => reading(path)),
    reading('/live', STREAM),
    // A link that was given to another customer.
    ...['/shipments/track', '/shipments/labels', '/shipping/track'].map((path) => reading(`${path}/${tracking}`)),
    // The key of another customer: it could return his answer, or repeat his order.
    to('POST', `${order}/cancel`, {}, key(`${id}-cancel`)),
    to('POST', '/orders', own, key(`${customer.id}-place`)),
    to('POST', '/orders', { ...own, customerId: customer.id }, key(`${customer.id}-place`)),
    to('POST', '/orders', { ...own, customerId: customer.id }),
  ];
}

/** Spellings of a path that two parts of a system might read differently. */
const SPELLINGS: readonly ((path: string) => string)[] = [
  (path) => `/api${path}`,
  (path) => `/services/order${path}`,
  (path) => `/api/services/order${path}`,
  (path) => `/${path}`,
  (path) => `/products/..${path}`,
  (path) => `/products/%2e%2e${path}`,
  (path) => path.replace('/orders', '/Orders'),
  (path) => path.replace('/orders', '/%6frders'),
  (path) => path.replace(/(\?|$)/, '/$1'),
  (path) => `http://order-1${path}`,
];

/** Headers that only the gateway may set. */
const liesAbout = ({ customer }: Order): Headers[] => [
  { 'X-Caller': `customer:${customer.id}` },
  { 'X-Caller': 'operator:root', 'X-Internal-Token': 'guessed' },
  { 'X-Caller': 'service:order', Connection: 'x-internal-token' },
  { 'X-Caller-Email': `${privateTo(customer.id)}@shop.example` },
  { 'X-Customer-Id': customer.id, 'X-User-Id': customer.id, 'X-User-Roles': 'admin' },
  { Connection: 'x-caller, x-internal-token, authorization' },
];
