import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { line, Shop } from './shop.ts';

/** Refunds as they went wrong in well-known systems. */

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const items = [
  { productId: 'PROD001', quantity: 2, price: 10 },
  { productId: 'PROD002', quantity: 1, price: 5 },
];
const SHIPPING = { kind: 'SHIPPING', amount: 4.99 };

describe('a refund that left the shipping costs out', () => {
  // medusajs/medusa#13066, vendure-ecommerce/vendure#989
  it('has them when everything is returned, one by one', async () => {
    await shop.arrives({ items, charges: [SHIPPING] });
    expect((await shop.does('return', line('1', 2))).refunded).toBe(20);
    expect(await shop.does('return', line('2', 1))).toMatchObject({ status: 'RETURNED', refunded: 29.99 });
    expect(await shop.payment()).toMatchObject({ status: 'REFUNDED', captured: 29.99, refunded: 29.99 });
    await shop.balances();
  });

  it('can be made of them alone, while the goods stay', async () => {
    await shop.arrives({ items, charges: [SHIPPING] });
    const refunded = await shop.does('refund', { amount: SHIPPING.amount, reason: 'it came too late' });
    expect(refunded).toMatchObject({ status: 'DELIVERED', refunded: SHIPPING.amount });
    await shop.balances();
  });
});

describe('a refund that was refused because nothing was owed', () => {
  // medusajs/medusa#9261, medusajs/medusa#10491
  it('is made of what was captured, though all of it is due', async () => {
    await shop.place({ items });
    await shop.does('fulfill');
    expect(await shop.does('refund', { amount: 25, reason: 'it broke' })).toMatchObject({
      ...{ status: 'SHIPPED', captured: 25, refunded: 25 },
    });
    expect((await shop.post('refund', { amount: 0.01, reason: 'more' })).body).toMatchObject({
      ...{ status: 409, code: 'AMOUNT_TOO_HIGH', most: 0 },
    });
    await shop.balances();
  });

  it('is not made once more when the goods come back', async () => {
    await shop.arrives({ items });
    await shop.does('refund', { amount: 25, reason: 'it broke' });
    expect(await shop.does('return')).toMatchObject({ status: 'RETURNED', refunded: 25 });
    expect(await shop.movements('REFUND')).toEqual([25]);
    await shop.balances();
  });
});

describe('a refund that did not know of the discount', () => {
  // vendure-ecommerce/vendure#2393
  it('gives back what was paid, never the price before', async () => {
    const charges = [
      { kind: 'DISCOUNT', label: 'spring', amount: 5 },
      { kind: 'DISCOUNT', amount: 1, lineId: '1' },
    ];
    await shop.arrives({ items, charges });
    expect((await shop.post('return', { ...line('1', 2), refund: 20 })).body).toMatchObject({
      ...{ code: 'AMOUNT_TOO_HIGH', most: 15.04 },
    });
    expect((await shop.does('return', line('1', 2))).refunded).toBe(15.04);
    expect((await shop.does('return')).refunded).toBe(19);
    expect(await shop.payment()).toMatchObject({ status: 'REFUNDED', captured: 19, refunded: 19 });
    await shop.balances();
  });
});

describe('refunds that came out a cent wrong', () => {
  it.each([
    ['USD', 3.33, 0.1],
    ['JPY', 333, 10],
    ['KWD', 3.333, 0.01],
  ])('add up to the total in %s, piece by piece', async (currency, price, discount) => {
    const odd = [
      { productId: 'PROD001', quantity: 7, price },
      { productId: 'PROD002', quantity: 3, price },
    ];
    await shop.arrives({ items: odd, currency, charges: [{ kind: 'DISCOUNT', amount: discount }] });
    const { total } = await shop.order();
    for (let i = 0; i < 7; i++) await shop.does('return', line('1', 1));
    for (let i = 0; i < 3; i++) await shop.does('return', line('2', 1));
    expect(await shop.order()).toMatchObject({ status: 'RETURNED', captured: total, refunded: total });
    expect(await shop.payment()).toMatchObject({ status: 'REFUNDED', captured: total, refunded: total });
    await shop.balances();
  });
});

describe('a refund of what was never paid', () => {
  // vendure-ecommerce/vendure#4013
  it('is not made for items that are cancelled before they ship', async () => {
    await shop.place({ items });
    expect(await shop.does('cancel', line('1', 1))).toMatchObject({ status: 'CONFIRMED', refunded: 0 });
    expect(await shop.does('fulfill')).toMatchObject({ status: 'SHIPPED', captured: 15, refunded: 0 });
    expect(await shop.movements('REFUND')).toEqual([]);
    expect(await shop.movements('CAPTURE')).toEqual([15]);
    await shop.balances();
  });
});
