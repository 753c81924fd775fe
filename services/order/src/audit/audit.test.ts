import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@oms/shared/contracts/endpoint';
import type { Reservation, StockLevel } from '@oms/shared/contracts/inventory';
import type { Payment } from '@oms/shared/contracts/payment';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { type Arguments, callOf } from '@oms/shared/resilience/call';
import type { ServiceClient } from '@oms/shared/resilience/client';
import { ADDRESS, OrderWorld, TRACE } from '../../test/order-world.ts';
import { lost } from '../../test/scripted-participants.ts';
import { auditBooks } from './audit.ts';

let world: OrderWorld;
let id: string;
/** The records of the participants, which come in pages of one item. */
let books: Record<'reservations' | 'payments' | 'shipments' | 'inventory', { [key: string]: unknown }[]>;
/** What happens just before a path is called. */
let meanwhile: Record<string, () => unknown>;
/** Other answers, by path. */
let instead: Record<string, unknown>;
let called: string[];
beforeEach(async () => {
  world = new OrderWorld();
  id = await world.bring('CONFIRMED');
  books = { reservations: [reserved(id)], payments: [paid(id)], shipments: [], inventory: [stock(2)] };
  [meanwhile, instead] = [{}, {}];
  called = [];
});
afterEach(() => world.end());

const reserved = (orderId: string): Partial<Reservation> => ({
  ...{ orderId, status: 'RESERVED', items: [{ productId: 'PROD1', quantity: 2 }] },
});
const paid = (orderId: string): Partial<Payment> => ({
  ...{ orderId, status: 'AUTHORIZED', amount: 20, currency: 'USD', captured: 0, refunded: 0 },
});
const shipped = (orderId: string): Partial<Shipment> => ({ orderId, status: 'IN_TRANSIT' });
const stock = (units: number, movements = 1): Partial<StockLevel> => ({
  ...{ productId: 'PROD1', initial: 10, added: 0, restocked: 0, shipped: 0, held: 0, movements },
  ...{ onHand: 10, reserved: units, available: 10 - units },
});

async function ask(endpoint: Endpoint, given: Arguments<unknown, unknown>) {
  const { path } = callOf(endpoint, given);
  await meanwhile[path]?.();
  called.push(path);
  if (instead[path]) return instead[path];
  const { pathname, searchParams } = new URL(path, 'http://others');
  const [name, one] = pathname.split('/').slice(pathname.startsWith('/inventory/') ? 2 : 1);
  const wanted = one ?? searchParams.get('orderId');
  const items = books[name as keyof typeof books].filter(({ orderId }) => wanted === null || orderId === wanted);
  if (one !== undefined) {
    const [data] = items;
    return data ? { kind: 'done', status: 200, data } : { kind: 'refused', status: 404, reason: 'there is none' };
  }
  const at = Number(searchParams.get('cursor') ?? 0);
  const nextCursor = at + 1 < items.length ? String(at + 1) : null;
  return { kind: 'done', status: 200, data: { items: items.slice(at, at + 1), nextCursor } };
}
const others = { ask } as unknown as ServiceClient;
const audit = () => auditBooks({ book: world.book, clients: { inventory: others, payment: others, shipping: others } });
const kinds = async () => (await audit()).discrepancies.map((one) => [one.kind, one.id]);

const changed = () =>
  world.book.decide({ traceId: TRACE }, id, () => ({
    events: [{ type: 'order.address-changed', data: { shippingAddress: { ...ADDRESS, street: '1 New St' } } }],
  }));
const paymentAgain = () => `/payments?orderId=${id}`;

describe('books that balance', () => {
  it('are reported so, with every order checked', async () => {
    const second = await world.bring('CONFIRMED');
    books.reservations.push(reserved(second));
    books.payments.push(paid(second));
    books.inventory = [stock(4)];
    expect(await audit()).toEqual({ balanced: true, checkedOrders: 2, inFlight: 0, discrepancies: [] });
  });

  it('of more orders than a page holds are compared page by page', async () => {
    const list = world.store.list.bind(world.store);
    world.store.list = (query) => list({ ...query, limit: 1 });
    const second = await world.bring('CONFIRMED');
    expect(await kinds()).toEqual([
      ['RESERVATION_MISMATCH', second],
      ['PAYMENT_MISMATCH', second],
    ]);
  });
});

describe('a discrepancy that is still there at the second look', () => {
  it('is reported: of an order, of a record without an order, and of the stock', async () => {
    books.payments = [];
    books.shipments = [shipped('ghost')];
    books.inventory = [stock(1)];
    expect(await kinds()).toEqual([
      ['PAYMENT_MISMATCH', id],
      ['ORPHAN_SHIPMENT', 'ghost'],
      ['RESERVED_MISMATCH', 'PROD1'],
    ]);
    expect((await audit()).balanced).toBe(false);
  });

  it('is not reported when the missing record is there by then', async () => {
    books.payments = [];
    meanwhile[paymentAgain()] = () => (books.payments = [paid(id)]);
    expect(await kinds()).toEqual([]);
  });
});

describe('an order that changes while it is compared is not reported', () => {
  beforeEach(() => {
    books.payments = [];
  });

  it('when it changes between the two looks at it', async () => {
    meanwhile[paymentAgain()] = changed;
    expect(await audit()).toEqual({ balanced: true, checkedOrders: 1, inFlight: 0, discrepancies: [] });
  });

  it('when a saga has begun to work on it', async () => {
    const list = world.store.list.bind(world.store);
    world.store.list = async (query) => {
      const page = await list(query);
      world.participants.script = { 'release-stock': lost };
      await world.process({ frozen: true }).ask('cancel-order', id);
      return page;
    };
    expect(await kinds()).toEqual([]);
  });

  it('when a saga works on it all the time: it only counts as in flight', async () => {
    world.participants.script = { 'release-stock': lost };
    await world.process({ frozen: true }).ask('cancel-order', id);
    expect(await audit()).toMatchObject({ balanced: true, checkedOrders: 1, inFlight: 1 });
    expect(called).not.toContain(paymentAgain());
  });
});

describe('a product whose stock changes while its reservations are added up is not reported', () => {
  it.each([
    ['moves', () => [stock(2, 2)]],
    ['is taken away', () => []],
  ])('when it %s meanwhile', async (_what, then) => {
    books.inventory = [stock(1)];
    meanwhile['/inventory/reservations?status=RESERVED&limit=200'] = () => (books.inventory = then());
    expect(await kinds()).toEqual([]);
  });
});

describe('records that cannot be read', () => {
  it.each([
    { kind: 'unknown', reason: 'no connection' },
    { kind: 'refused', status: 403, reason: 'no connection' },
  ])('make the audit unavailable when the answer is %j', async (outcome) => {
    books.payments = [];
    instead['/shipments?limit=200'] = outcome;
    const detail = 'The books cannot be compared now: no connection.';
    await expect(audit()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: detail });
  });
});
