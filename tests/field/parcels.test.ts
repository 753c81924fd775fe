import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { line, Shop } from './shop.ts';

/** Orders that were stuck in well-known systems. */

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const items = [
  { productId: 'PROD001', quantity: 3, price: 10 },
  { productId: 'PROD002', quantity: 3, price: 5 },
];

describe('an order that could not be shipped after items were taken out and refunded', () => {
  // vendure-ecommerce/vendure#846
  it.each(['tok_visa', 'tok_single_capture'])('is shipped, paid with %s', async (paymentMethod) => {
    await shop.place({ items, paymentMethod });
    await shop.does('cancel', line('1', 1));
    expect((await shop.does('fulfill', line('1', 1))).status).toBe('PARTIALLY_SHIPPED');
    await shop.does('cancel', line('2', 3));
    const { status, captured, refunded } = await shop.does('fulfill');
    expect([status, captured - refunded]).toEqual(['SHIPPED', 20]);
    await shop.balances();
  });
});

describe('an order with a parcel that failed', () => {
  it('is as it was before, and the next parcel goes', async () => {
    await shop.place({ items });
    // What shipping has cancelled before, it never books.
    await shop.system.shipping.post('/shipments/cancel', { orderId: shop.id, parcel: 1 });
    expect((await shop.post('fulfill', line('1', 2))).status).toBe(409);
    const failed = await shop.order();
    expect(failed).toMatchObject({ status: 'CONFIRMED', captured: 0, needsAttention: false });
    expect(failed).not.toHaveProperty('saga');
    const { status, shipments } = await shop.does('fulfill', line('1', 2));
    expect([status, shipments]).toMatchObject(['PARTIALLY_SHIPPED', [{ parcel: 2, items: [{ quantity: 2 }] }]]);
    expect((await shop.does('fulfill')).status).toBe('SHIPPED');
    await shop.balances();
  });
});

describe('a line of which only once something could be cancelled', () => {
  // vendure-ecommerce/vendure#2608
  it('is cancelled piece by piece, until nothing is left', async () => {
    await shop.place({ items });
    await shop.does('cancel', { items: [...line('1', 2).items, ...line('2', 1).items] });
    expect((await shop.does('cancel', line('1', 1))).items[0]).toMatchObject({ cancelled: 3 });
    expect((await shop.post('cancel', line('1', 1))).body).toMatchObject({ code: 'QUANTITY_TOO_HIGH', most: 0 });
    expect(await shop.does('fulfill')).toMatchObject({ status: 'SHIPPED', captured: 10 });
    await shop.balances();
  });
});
