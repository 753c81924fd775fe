import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import { settled } from '../e2e/orders.ts';
import { line, Shop } from './shop.ts';

/** Captures as they went wrong in well-known systems: medusajs/medusa#13301. */

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
});
afterAll(() => shop.close());

const items = [{ productId: 'PROD001', quantity: 4, price: 10 }];

const isUnknown = ({ type, data }: { type: string; data: { step?: string } }) =>
  type === 'saga.step-unknown' && data.step === 'capture-payment';

describe('a capture that was made twice', () => {
  it('takes nothing the second time, after a lost answer', async () => {
    await shop.place({ items });
    await shop.system.payment.put('/chaos', { dropRate: 1 });
    const headers = { Prefer: 'respond-async' };
    await shop.system.order.post(`/orders/${shop.id}/fulfill`, line('1', 1), { headers });
    await eventually(
      () => shop.system.order.get(`/orders/${shop.id}/events`),
      ({ body }) => body.events.some(isUnknown),
    );
    await shop.system.payment.put('/chaos', { enabled: false });
    await shop.system.order.post('/circuit-breaker/reset', { name: 'payment' });
    await shop.system.order.post(`/sagas/${shop.id}/retry`);
    await settled(shop.system);
    expect(await shop.order()).toMatchObject({ status: 'PARTIALLY_SHIPPED', captured: 10 });
    expect(await shop.movements('CAPTURE')).toEqual([10]);
    await shop.balances();
  });

  it('takes nothing the second time, at the same moment', async () => {
    await shop.place({ items });
    const capture = { orderId: shop.id, amount: 10, ref: 'parcel-1' };
    const all = await Promise.all([1, 2, 3, 4].map(() => shop.system.payment.post('/payments/capture', capture)));
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await shop.movements('CAPTURE')).toEqual([10]);
  });

  it('of another parcel takes no more than was authorized', async () => {
    await shop.place({ items });
    const capture = (amount: number, ref: string) =>
      shop.system.payment.post('/payments/capture', { orderId: shop.id, amount, ref });
    await capture(30, 'parcel-1');
    expect((await capture(10.01, 'parcel-2')).body).toMatchObject({ status: 409, code: 'AMOUNT_TOO_HIGH', most: 10 });
    expect((await capture(29, 'parcel-1')).body).toMatchObject({ status: 409, code: 'PAYMENT_MISMATCH' });
    expect(await shop.payment()).toMatchObject({ captured: 30, open: 10 });
  });
});
