import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.ts';
import type { Got } from './http.ts';
import { address, balanced, reaches } from './orders.ts';
import { type System, startSystem } from './system.ts';

/** The life of an order in parts: parcels, cancelled and returned lines, refunds; exact to the cent. */

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

/** 3 × 10.00 and 2 × 5.99, shipping 4.99, a discount of 1.00, a tax of 2.55 for the second line: 48.52. */
const CART = {
  customerId: 'CUST1',
  items: [
    { productId: 'PROD001', quantity: 3, price: 10 },
    { productId: 'PROD002', quantity: 2, price: 5.99 },
  ],
  charges: [
    { kind: 'SHIPPING', amount: 4.99 },
    { kind: 'DISCOUNT', label: 'spring', amount: 1 },
    { kind: 'TAX', amount: 2.55, lineId: '2' },
  ],
  shippingAddress: address,
};
const TOTAL = 48.52;

let id: string;
const place = async (change: object = {}) => {
  const placed = await system.order.post('/orders', { ...CART, ...change });
  expect(placed.status).toBe(201);
  id = placed.body.id;
  return placed.body;
};
const post = (command: string, body: object = {}, key?: string): Promise<Got> =>
  system.order.post(`/orders/${id}/${command}`, body, key === undefined ? {} : { key });
const line = (lineId: string, quantity: number) => ({ items: [{ lineId, quantity }] });
const payment = async () => (await system.payment.get(`/payments?orderId=${id}`)).body.items[0];
const reservation = async () => (await system.inventory.get(`/inventory/reservations/${id}`)).body;
const order = async () => (await system.order.get(`/orders/${id}`)).body;
const deliver = async (parcel: number) => {
  const { shipments } = await order();
  const { id: shipmentId } = shipments.find((one: { parcel: number }) => one.parcel === parcel);
  for (const status of ['IN_TRANSIT', 'DELIVERED']) {
    expect((await system.shipping.put(`/shipments/${shipmentId}/status`, { status })).status).toBe(200);
  }
  // Shipping tells the order a little later.
  const arrived = (one: { id: string; status: string }) => one.id === shipmentId && one.status === 'DELIVERED';
  await until(async () => (await order()).shipments.some(arrived));
};
const complaints = async () =>
  (await balanced(system)).discrepancies.filter((found: { id: string }) => found.id === id);

describe('an order with charges', () => {
  it('shows its lines, its charges, and what they come to', async () => {
    const placed = await place();
    expect(placed).toMatchObject({ subtotal: 41.98, total: TOTAL, captured: 0, refunded: 0, shipments: [] });
    expect(placed.items.map(({ lineId }: { lineId: string }) => lineId)).toEqual(['1', '2']);
    expect(placed.charges).toEqual(CART.charges);
    expect((await payment()).amount).toBe(TOTAL);
  });

  it.each([
    ['a line that it does not have', { charges: [{ kind: 'TAX', amount: 1, lineId: '3' }] }],
    ['a line below zero', { charges: [{ kind: 'DISCOUNT', amount: 12, lineId: '2' }] }],
    ['a total below zero', { charges: [{ kind: 'DISCOUNT', amount: 41.99 }] }],
    ['an amount with too many places', { charges: [{ kind: 'FEE', amount: 0.001 }], currency: 'USD' }],
  ])('is refused with %s', async (_what, change) => {
    const refused = await system.order.post('/orders', { ...CART, ...change });
    expect(refused.body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
  });
});

describe('an order of which only a gift is sent', () => {
  const items = [
    { productId: 'PROD001', quantity: 1, price: 0 },
    { productId: 'PROD002', quantity: 1, price: 5.99 },
  ];

  it.each([
    ['first', { fulfill: '1', cancel: '2' }],
    ['last', { cancel: '2', fulfill: '1' }],
  ])('keeps no money authorized: it is sent %s', async (_when, commands) => {
    await place({ items, charges: undefined });
    for (const [command, lineId] of Object.entries(commands)) {
      expect((await post(command, line(lineId, 1))).status).toBe(200);
    }
    expect(await payment()).toMatchObject({ status: 'VOIDED', captured: 0 });
    expect(await order()).toMatchObject({ status: 'SHIPPED', captured: 0, payment: { status: 'VOIDED' } });
    expect(await complaints()).toEqual([]);
  });
});

describe('an order that is shipped in several parcels', () => {
  it('captures the share of each, the shipping costs with the first, and in the end exactly the total', async () => {
    await place();
    const first = await post('fulfill', line('1', 1));
    expect(first.body).toMatchObject({ status: 'PARTIALLY_SHIPPED', captured: 14.76 });
    expect(first.body.items[0]).toMatchObject({ fulfilled: 1, cancelled: 0, returned: 0 });
    expect(await reservation()).toMatchObject({ status: 'RESERVED', open: [{ quantity: 2 }, { quantity: 2 }] });
    expect(await complaints()).toEqual([]);

    const second = await post('fulfill', { items: [{ productId: 'PROD002', quantity: 2 }], carrier: 'EXPRESS' });
    expect(second.body).toMatchObject({ status: 'PARTIALLY_SHIPPED' });
    const third = await post('fulfill');
    expect(third.body).toMatchObject({ status: 'SHIPPED', captured: TOTAL });
    expect(third.body.shipments.map(({ parcel }: { parcel: number }) => parcel)).toEqual([1, 2, 3]);
    expect(third.body.shipment.id).toBe(third.body.shipments[2].id);
    expect(await payment()).toMatchObject({ captured: TOTAL, open: 0 });
    expect(await reservation()).toMatchObject({ status: 'COMMITTED', open: [] });
    expect(await complaints()).toEqual([]);
  });

  it('is delivered once all its parcels are, and nothing is open', async () => {
    await place();
    await post('fulfill', line('1', 3));
    await deliver(1);
    expect((await order()).status).toBe('PARTIALLY_SHIPPED');
    await post('fulfill');
    await deliver(2);
    expect((await reaches(system, id, 'DELIVERED')).body.shipments).toMatchObject([
      { parcel: 1, status: 'DELIVERED' },
      { parcel: 2, status: 'DELIVERED' },
    ]);
  });

  it('ships a parcel once, however often it is requested with its key', async () => {
    await place();
    const parcels = await Promise.all([1, 2, 3].map(() => post('fulfill', line('1', 1), `${id}-parcel`)));
    expect(new Set(parcels.map(({ body }) => body.shipments?.length ?? body.code))).toEqual(new Set([1]));
    expect((await order()).items[0].fulfilled).toBe(1);
  });

  it.each([
    ['more than is left', line('1', 4), { status: 409, code: 'QUANTITY_TOO_HIGH', most: 3 }],
    ['a line that it does not have', line('9', 1), { status: 400, code: 'VALIDATION_FAILED' }],
    ['nothing', { items: [] }, { status: 400, code: 'VALIDATION_FAILED' }],
  ])('refuses a parcel with %s', async (_what, body, problem) => {
    await place();
    expect((await post('fulfill', body)).body).toMatchObject(problem);
  });
});

describe('a parcel that cannot be paid', () => {
  it('is undone, and the next one has another number', async () => {
    await place();
    await system.payment.put('/chaos', { failureRate: 1 });
    const pending = post('fulfill', line('1', 1));
    await system.payment.put('/chaos', { enabled: false });
    expect((await pending).body.status).toBe('PARTIALLY_SHIPPED');
    expect(await complaints()).toEqual([]);
  });
});

describe('an order that is cancelled in part', () => {
  it('gives the stock back, and captures the rest', async () => {
    await place();
    const cancelled = await post('cancel', { ...line('1', 2), reason: 'too many' });
    expect(cancelled.body).toMatchObject({ status: 'CONFIRMED', refunded: 0 });
    expect(await reservation()).toMatchObject({ status: 'RESERVED', open: [{ quantity: 1 }, { quantity: 2 }] });
    const shipped = await post('fulfill');
    expect(shipped.body.status).toBe('SHIPPED');
    expect((await payment()).captured).toBe(shipped.body.captured);
    expect(await complaints()).toEqual([]);
  });

  it('is shipped when what was open is cancelled after the first parcel', async () => {
    await place();
    await post('fulfill', line('1', 1));
    expect((await post('cancel')).body).toMatchObject({ status: 'SHIPPED' });
    expect((await post('cancel')).body).toMatchObject({ status: 409, code: 'INVALID_TRANSITION' });
    expect(await complaints()).toEqual([]);
  });

  it('is cancelled as a whole when nothing was shipped and all of it is named', async () => {
    await place();
    const all = { items: CART.items.map(({ productId, quantity }) => ({ productId, quantity })) };
    expect((await post('cancel', all)).body.status).toBe('CANCELLED');
    expect((await payment()).status).toBe('VOIDED');
    expect(await complaints()).toEqual([]);
  });
});

describe('an order that is returned in part', () => {
  const delivered = async (change: object = {}) => {
    await place(change);
    await post('fulfill');
    await system.order.put(`/orders/${id}/status`, { status: 'DELIVERED' });
    await reaches(system, id, 'DELIVERED');
  };

  it('refunds the share of each item, and everything with the last: charges included', async () => {
    await delivered();
    const one = await post('return', line('1', 1));
    expect(one.body).toMatchObject({ status: 'PARTIALLY_RETURNED', refunded: 9.77 });
    expect(await complaints()).toEqual([]);
    const rest = await post('return', { reason: 'all of it' });
    expect(rest.body).toMatchObject({ status: 'RETURNED', refunded: TOTAL });
    expect(await payment()).toMatchObject({ status: 'REFUNDED', captured: TOTAL, refunded: TOTAL });
    expect((await reservation()).status).toBe('RESTOCKED');
    expect(await complaints()).toEqual([]);
    const { items } = (await system.order.get(`/orders/${id}/returns`)).body;
    expect(items).toMatchObject([
      { number: 1, amount: 9.77, by: 'operator:anonymous', restocked: true },
      { number: 2, amount: 38.75, reason: 'all of it' },
    ]);
    expect((await system.order.get(`/orders/${id}/refunds`)).body).toMatchObject({ refunded: TOTAL });
  });

  it('refunds less if that is wanted, never more, and keeps damaged goods out of stock', async () => {
    await delivered();
    const available = async () => (await system.inventory.get('/inventory/PROD001')).body.available;
    const before = await available();
    expect((await post('return', { ...line('1', 1), refund: 9.78 })).body).toMatchObject({
      ...{ status: 409, code: 'AMOUNT_TOO_HIGH', most: 9.77 },
    });
    const returned = await post('return', { ...line('1', 1), refund: 5, restock: false });
    expect(returned.body).toMatchObject({ status: 'PARTIALLY_RETURNED', refunded: 5 });
    expect(await available()).toBe(before);
    expect(await complaints()).toEqual([]);
  });

  it('takes back only what has arrived', async () => {
    await place();
    await post('fulfill', line('1', 1));
    expect((await post('return', line('1', 1))).body).toMatchObject({
      status: 409,
      code: 'QUANTITY_TOO_HIGH',
      most: 0,
    });
    await deliver(1);
    expect((await post('return', line('1', 1))).body.status).toBe('PARTIALLY_RETURNED');
    expect((await post('fulfill')).body.status).toBe('PARTIALLY_RETURNED');
    expect(await complaints()).toEqual([]);
  });

  it('and whose provider captures once only, captures everything with the first parcel and gives back what is cancelled', async () => {
    await place({ paymentMethod: 'tok_single_capture' });
    expect((await post('fulfill', line('1', 1))).body).toMatchObject({ captured: TOTAL });
    expect((await post('fulfill', line('1', 1))).body).toMatchObject({ captured: TOTAL });
    const cancelled = await post('cancel');
    expect(cancelled.body.status).toBe('SHIPPED');
    expect((await payment()).refunded).toBe(cancelled.body.refunded);
    expect(cancelled.body.refunded).toBeGreaterThan(0);
    expect(await complaints()).toEqual([]);
  });
});

describe('a refund without goods', () => {
  it('gives back at most what was captured, and the status stays', async () => {
    await place();
    expect((await post('refund', { amount: 1, reason: 'late' })).body.code).toBe('INVALID_TRANSITION');
    await post('fulfill');
    const refunded = await post('refund', { amount: 8.52, reason: 'late' });
    expect(refunded.body).toMatchObject({ status: 'SHIPPED', refunded: 8.52 });
    expect((await post('refund', { amount: 40.01, reason: 'more' })).body).toMatchObject({
      ...{ code: 'AMOUNT_TOO_HIGH', most: 40 },
    });
    const { items } = (await system.order.get(`/orders/${id}/refunds`)).body;
    expect(items).toMatchObject([{ kind: 'refund', number: 1, amount: 8.52, reason: 'late', items: [] }]);
    expect(await complaints()).toEqual([]);
  });
});
