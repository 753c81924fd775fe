import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

/** 29.99 in a cheaper currency would be nearly free: only the catalog decides the currency of its prices. */
describeDurable('a customer who names a cheaper currency for catalog prices', () => {
  let system: Attacked;
  beforeAll(async () => {
    system = await startAttacked();
    const rice = { id: 'rice', name: 'Rice', price: 1_980, currency: 'JPY' };
    expect((await system.operator.post('/products', rice)).status).toBe(201);
    expect((await system.operator.put('/inventory/rice', { quantity: 10 })).status).toBeLessThan(300);
  });
  afterAll(() => system.stop());

  const place = (currency: string | undefined, productIds: string[], price?: number) => {
    const items = productIds.map((productId) => ({ productId, quantity: 1, price }));
    return system.ada.post('/orders', { items, currency, shippingAddress: address });
  };
  const charged = async () => (await system.operator.get('/payments?limit=200')).body.items.length;

  it('is refused if the currency is not that of the catalog, and nothing is charged', async () => {
    const before = await charged();
    for (const [currency, price, code] of [
      ['VND', undefined, 'CURRENCY_MISMATCH'],
      ['JPY', 29, 'CURRENCY_MISMATCH'],
      ['HUF', 29.99, 'CURRENCY_MISMATCH'],
      ['VND', 29.99, 'VALIDATION_FAILED'],
    ] as const) {
      expect([currency, (await place(currency, ['PROD001'], price)).body.code]).toEqual([currency, code]);
    }
    expect(await charged()).toBe(before);
  });

  it('is refused two products whose currencies differ', async () => {
    const refused = await place(undefined, ['PROD001', 'rice']);
    expect([refused.status, refused.body.code]).toEqual([409, 'CURRENCY_MISMATCH']);
    const order = await system.ada.get(`/orders/${refused.body.orderId}`);
    expect(order.body).toMatchObject({ status: 'REJECTED', failure: { code: 'CURRENCY_MISMATCH' } });
  });

  it.each(['QQQ', 'usd', 'XXX', 'XAU', 'USD ', ''])('is refused an invalid currency with 400: %j', async (currency) =>
    expect(await place(currency, ['PROD001'])).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } }),
  );

  it('pays the catalog price in the catalog currency', async () => {
    const placed = await place(undefined, ['rice']);
    expect(placed).toMatchObject({ status: 201, body: { total: 1_980, currency: 'JPY' } });
    const { items } = (await system.operator.get(`/payments?orderId=${placed.body.id}`)).body;
    expect(items).toMatchObject([{ amount: 1_980, currency: 'JPY' }]);
  });
});
