import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { settled } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { line, Shop } from './shop.ts';

/**
 * What was sold, sent or refunded more than once between a check and its use: vendure-ecommerce/vendure#4930,
 * medusajs/medusa#16825, and "ACIDRain: Concurrency-Related Attacks on Database-Backed Web Applications" (2017).
 */

const AT_ONCE = Array.from({ length: 8 }, (_, i) => i);

describe('in memory', () => whatIsLeft());
describeDurable('on PostgreSQL', () =>
  whatIsLeft({ DATABASE_URL: `${process.env.DATABASE_URL_TEST}/field_${randomUUID().slice(0, 8)}` }),
);

function whatIsLeft(env: Record<string, string> = {}) {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open(env);
  });
  afterAll(() => shop.close());

  const stocked = async (productId: string, quantity: number) => {
    await shop.system.inventory.put(`/inventory/${productId}`, { quantity });
    return (count: number) => [{ productId, quantity: count, price: 10 }];
  };

  it('the last piece is sold once, however many see it in stock and place at the same moment', async () => {
    const items = await stocked('LAST', 1);
    const checks = await Promise.all(
      AT_ONCE.map(() => shop.system.inventory.get('/inventory/LAST/availability?quantity=1')),
    );
    expect(new Set(checks.map(({ body }) => body.available))).toEqual(new Set([true]));
    const placed = await Promise.all(AT_ONCE.map(() => shop.place({ items: items(1) })));
    expect(placed.map(({ status }) => status).sort()).toEqual([201, ...AT_ONCE.slice(1).map(() => 409)]);
    const { items: paid } = (await shop.system.payment.get('/payments?limit=200')).body;
    expect(paid.filter(({ status }: { status: string }) => status === 'AUTHORIZED')).toHaveLength(1);
    expect((await shop.system.inventory.get('/inventory/LAST')).body).toMatchObject({ available: 0, reserved: 1 });
    await shop.balances();
  });

  it('the last piece is not sold twice by two lines of one order', async () => {
    const items = await stocked('TWICE', 1);
    expect((await shop.place({ items: [...items(1), ...items(1)] })).body).toMatchObject({
      ...{ status: 409, code: 'OUT_OF_STOCK' },
    });
  });

  it('what is open is shipped once, however many parcels of it are requested at the same moment', async () => {
    const items = await stocked('PARCELS', 10);
    await shop.place({ items: items(3) });
    await Promise.all(AT_ONCE.map(() => shop.post('fulfill', line('1', 2))));
    await settled(shop.system);
    expect(await shop.order()).toMatchObject({ captured: 20, items: [{ fulfilled: 2 }], shipments: [{ parcel: 1 }] });
    expect(await shop.movements('CAPTURE')).toEqual([20]);
    await shop.balances();
  });

  it('what was captured is given back once, however many refunds and returns meet', async () => {
    const items = await stocked('REFUNDS', 10);
    await shop.arrives({ items: items(3) });
    const wishes = AT_ONCE.map((i) =>
      i % 2 === 0 ? shop.post('refund', { amount: 20, reason: 'late' }) : shop.post('return', line('1', 2)),
    );
    await Promise.all(wishes);
    await settled(shop.system);
    while ((await shop.post('refund', { amount: 5, reason: 'the rest' })).status === 200);
    const { captured, refunded } = await shop.payment();
    expect([captured, refunded]).toEqual([30, 30]);
    expect(await shop.order()).toMatchObject({ captured: 30, refunded: 30 });
    await shop.balances();
  });
}
