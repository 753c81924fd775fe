import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { balanced, cart, reaches } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const NAMES: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order'];

let system: System;
const starting = async (env: Record<string, string> = {}) => {
  system = await startSystem({ PRICE_FRESH_MS: '0', ...env }, NAMES);
};
const place = (body: object) => system.order.post('/orders', body);
const paymentOf = async (orderId: string) => (await system.payment.get(`/payments?orderId=${orderId}`)).body.items[0];

async function sell(id: string, price: number, currency: string): Promise<void> {
  expect((await system.product.post('/products', { id, name: `The ${id}`, price, currency })).status).toBe(201);
  expect((await system.inventory.put(`/inventory/${id}`, { quantity: 100 })).status).toBeLessThan(300);
}

/** Takes the payment through all its states: authorized, captured, refunded. */
async function thereAndBack(id: string, amount: number, currency: string): Promise<void> {
  expect(await paymentOf(id)).toMatchObject({ status: 'AUTHORIZED', amount, captured: 0, currency });
  const { body } = await system.order.post(`/orders/${id}/fulfill`);
  expect(body).toMatchObject({ status: 'SHIPPED', total: amount, currency });
  expect(await paymentOf(id)).toMatchObject({ status: 'CAPTURED', captured: amount });
  for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'])
    await system.shipping.put(`/shipments/${body.shipment.id}/status`, { status });
  await reaches(system, id, 'DELIVERED');
  expect((await system.order.post(`/orders/${id}/return`)).body.status).toBe('RETURNED');
  expect(await paymentOf(id)).toMatchObject({ status: 'REFUNDED', refunded: amount });
  expect(await balanced(system)).toMatchObject({ balanced: true });
}

describe('the currency of a catalog price', () => {
  const unpriced = (currency: string | undefined, ...productIds: string[]) =>
    cart('', 1, { currency, items: productIds.map((productId) => ({ productId, quantity: 2 })) });

  beforeAll(async () => {
    await starting();
    await sell('rice', 1_980, 'JPY');
    await sell('dates', 1.234, 'KWD');
  });
  afterAll(() => system.stop());

  it.each([
    ['rice', 'JPY', 1_980, 3_960],
    ['dates', 'KWD', 1.234, 2.468],
    ['PROD001', 'USD', 29.99, 59.98],
  ])(
    'is that of the order: %s is sold and refunded in %s, to the last decimal',
    async (product, currency, price, total) => {
      const placed = await place(unpriced(undefined, product));
      expect(placed).toMatchObject({ status: 201, body: { items: [{ price, lineTotal: total }], total, currency } });
      expect((await place(unpriced(currency, product))).status).toBe(201);
      await thereAndBack(placed.body.id, total, currency);
      const { events } = (await system.order.get(`/orders/${placed.body.id}/events`)).body;
      expect(events[0]).toMatchObject({ dataVersion: 2, data: { items: [{ price }], total, currency } });
      const text = (await system.order.get(`/orders/${placed.body.id}/events`, { headers: { Accept: 'text/plain' } }))
        .text;
      expect(text).toContain(`: ${total} ${currency}\n`);
    },
  );
});

describe('an order above a million', () => {
  beforeAll(() => starting({ PRODUCT_SERVICE_URL: 'none' }));
  afterAll(() => system.stop());

  it('is placed, paid, shipped and returned like any other', async () => {
    const items = [{ productId: 'PROD001', quantity: 7, price: 999_999.99 }];
    const placed = await place(cart('', 1, { items }));
    expect(placed).toMatchObject({ status: 201, body: { status: 'CONFIRMED', total: 6_999_999.93 } });
    await thereAndBack(placed.body.id, 6_999_999.93, 'USD');
  });

  it('needs more than one unit, because a price has a limit', async () => {
    const items = [{ productId: 'PROD001', quantity: 1, price: 1_000_000.01 }];
    expect((await place(cart('', 1, { items, currency: 'USD' }))).body.code).toBe('VALIDATION_FAILED');
  });
});
