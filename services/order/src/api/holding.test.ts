import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { served } from '../../test/order-service.ts';
import { HOLD_MS, MINUTE, OrderWorld } from '../../test/order-world.ts';
import { refused } from '../../test/scripted-participants.ts';
import { rebuildOrders } from '../book/rebuild.ts';

const MOST = 1_000;

let world: OrderWorld;
let app: ReturnType<typeof served>;
beforeEach(() => {
  world = new OrderWorld();
  app = served(world, world.process());
});
afterEach(async () => {
  await app.close();
  await world.end();
});

const place = async (quantity: number, how: { customer?: string; caller?: string; autoConfirm?: boolean } = {}) => {
  const { customer = 'ada', caller = `customer:${customer}`, autoConfirm = false } = how;
  const body = { customerId: customer, items: [{ productId: 'PROD1', quantity, price: 1 }], autoConfirm };
  return app.post('/orders', body, { headers: { 'X-Caller': caller } });
};
const TOO_MANY = (held: number) =>
  expect.objectContaining({ code: 'TOO_MANY_UNCONFIRMED', held, most: MOST, orderId: expect.any(String) });

describe('what a customer holds without having confirmed it', () => {
  it('is limited, however many orders come at once', async () => {
    const placed = await Promise.all(Array.from({ length: 12 }, () => place(300)));
    expect(placed.map(({ status }) => status).sort()).toEqual([...Array(3).fill(201), ...Array(9).fill(409)]);
    expect((await place(101)).body).toEqual(TOO_MANY(900));
    expect((await place(100)).status).toBe(201);
  });

  it('is counted for each customer alone, and not for what operators order', async () => {
    await place(MOST);
    expect((await place(1)).body).toEqual(TOO_MANY(MOST));
    expect((await place(MOST, { customer: 'bob' })).status).toBe(201);
    expect((await place(MOST, { caller: 'operator:olga' })).status).toBe(201);
    expect((await place(1, { caller: 'checkout:shop' })).body).toEqual(TOO_MANY(MOST));
  });

  it('no longer counts once its order is confirmed, cancelled, refused or expired', async () => {
    const endings = [
      (id: string) => app.post(`/orders/${id}/confirm`, {}),
      (id: string) => app.post(`/orders/${id}/cancel`, {}),
      () => world.pass(HOLD_MS + MINUTE),
    ];
    for (const end of endings) {
      const { body } = await place(MOST);
      expect(body.status).toBe('AWAITING_CONFIRMATION');
      expect((await place(1)).body).toEqual(TOO_MANY(MOST));
      await end(body.id);
    }
    world.participants.script = { 'authorize-payment': refused };
    expect((await place(MOST)).body.code).toBe('NOT_TODAY');
    world.participants.script = {};
    expect((await place(MOST)).status).toBe(201);
  });

  it('counts while its order is only about to be held', async () => {
    world.participants.script = { 'reserve-stock': () => ({ kind: 'unknown', reason: 'x', mayHaveHappened: true }) };
    expect((await place(MOST)).status).toBe(202);
    expect((await place(1)).body).toEqual(TOO_MANY(MOST));
  });

  it('stays small: orders that have ended are removed', async () => {
    for (let i = 0; i < 120; i++) await app.post(`/orders/${(await place(1)).body.id}/confirm`, {});
    const { data } = (await world.store.read('\uffffheld/ada')) as { data: unknown };
    expect(Object.keys((data as { units: object }).units).length).toBeLessThanOrEqual(51);
  });

  it('is not an order: no list and no rebuild finds it', async () => {
    await place(1);
    expect((await app.get('/orders')).body.items).toHaveLength(1);
    expect(await rebuildOrders(world.store, Date.now, false)).toMatchObject({ orders: 1, differing: [] });
  });
});

describe('an order that is not held', () => {
  it('costs two writes, and so does one that is held', async () => {
    for (const autoConfirm of [true, false]) {
      world.store.writes = [];
      expect((await place(1, { autoConfirm })).status).toBe(201);
      expect(world.store.writes).toHaveLength(2);
    }
  });

  it('does not count for the limit', async () => {
    expect((await place(MOST + 1, { autoConfirm: true })).status).toBe(201);
    expect(await world.store.read('\uffffheld/ada')).toBeUndefined();
  });
});
