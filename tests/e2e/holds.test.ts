import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './http.ts';
import { address, balanced } from './orders.ts';
import { type System, startSystem } from './system.ts';

/** A cart holds stock before it is ordered. */

let system: System;
let carts = 0;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const hold = (quantity: number, ttlSeconds: number, cart = `cart-${++carts}`) =>
  system.inventory.post('/inventory/reserve', {
    orderId: cart,
    items: [{ productId: 'PROD005', quantity }],
    ttlSeconds,
  });
const order = (quantity: number, more: object = {}) =>
  system.order.post('/orders', {
    customerId: 'CUST1',
    items: [{ productId: 'PROD005', quantity, price: 149 }],
    shippingAddress: address,
    ...more,
  });
const level = async () => (await system.inventory.get('/inventory/PROD005')).body;
const reservation = async (id: string) => (await system.inventory.get(`/inventory/reservations/${id}`)).body;

describe('stock that a cart holds', () => {
  it('is kept from others, and becomes the stock of the order that takes the hold over', async () => {
    const { body } = await hold(5, 600);
    expect(Date.parse(body.holdUntil)).toBeGreaterThan(Date.now());
    expect((await order(1)).body.code).toBe('OUT_OF_STOCK');

    const placed = await order(5, { holdId: body.orderId });
    expect(placed).toMatchObject({ status: 201, body: { status: 'CONFIRMED' } });
    expect(await reservation(placed.body.id)).toMatchObject({ status: 'RESERVED', items: [{ quantity: 5 }] });
    expect((await reservation(body.orderId)).status).toBe('RELEASED');
    expect(await level()).toMatchObject({ reserved: 5, available: 0 });
    expect((await order(1, { holdId: body.orderId })).body.code).toBe('OUT_OF_STOCK');
    expect((await system.order.post(`/orders/${placed.body.id}/cancel`)).status).toBe(200);
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });

  it('comes back by itself when its time is over: an order that comes too late takes only what is left', async () => {
    const cart = (await hold(5, 1)).body.orderId;
    await eventually(
      () => system.inventory.get(`/inventory/reservations/${cart}`),
      ({ body }) => body.status === 'RELEASED',
    );
    expect(await level()).toMatchObject({ reserved: 0, available: 5 });
    const other = await order(4);
    expect(other.status).toBe(201);
    expect((await order(5, { holdId: cart })).body).toMatchObject({ code: 'OUT_OF_STOCK', items: [{ available: 1 }] });
    expect((await system.order.post(`/orders/${other.body.id}/cancel`)).status).toBe(200);
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });

  it('is nobody’s after a declined payment, and can be held again', async () => {
    const cart = (await hold(2, 600)).body.orderId;
    expect((await order(2, { holdId: cart, paymentMethod: 'tok_declined' })).status).toBe(402);
    await eventually(level, ({ reserved }) => reserved === 0);
    expect((await hold(2, 600, cart)).status).toBe(201);
    expect((await order(2, { holdId: cart })).status).toBe(201);
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });
});
