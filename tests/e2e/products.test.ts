import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, type Got } from './http.ts';
import { balanced, cart, typesOf } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const NAMES: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order'];
/** Prices are not cached, so a change of the catalog counts at once. */
const AT_ONCE = { PRICE_FRESH_MS: '0' };

let system: System;
const starting = async (env: Record<string, string> = AT_ONCE) => {
  system = await startSystem(env, NAMES);
};
const stopping = () => system.stop();

const unpriced = (...productIds: string[]) =>
  cart('', 1, { items: productIds.map((productId) => ({ productId, quantity: 1 })) });
const place = (body: object, key?: string) => system.order.post('/orders', body, key === undefined ? {} : { key });
const orders = async () => (await system.order.get('/orders')).body.items.length;
/** The order of a refused request: rejected at once, without a call to a participant. */
const rejected = async ({ body, headers }: Got) => {
  expect(headers.get('location')).toBe(`/orders/${body.orderId}`);
  const order = await system.order.get(`/orders/${body.orderId}`);
  expect(order.body).toMatchObject({
    status: 'REJECTED',
    failure: { code: body.code, reason: body.detail },
    version: 2,
  });
  expect(order.body.saga).toBeUndefined();
  expect(typesOf(await system.order.get(`/orders/${body.orderId}/events`))).toEqual([
    'order.placed',
    'order.status-changed',
  ]);
  return order.body;
};
const reserved = async (productId: string) => (await system.inventory.get(`/inventory/${productId}`)).body.reserved;
const breaker = async () => {
  const { body } = await system.order.get('/circuit-breaker/status');
  return body.breakers.find(({ name }: { name: string }) => name === 'product');
};

describe('an order with a catalog', () => {
  beforeAll(() => starting());
  afterAll(stopping);

  it('takes names and prices from it', async () => {
    const placed = await place(unpriced('prod1', 'PROD001'));
    expect(placed).toMatchObject({ status: 201, body: { status: 'CONFIRMED', total: 40.98 } });
    expect(placed.body.items).toMatchObject([
      { productId: 'prod1', name: 'Product 1', price: 10.99 },
      { productId: 'PROD001', name: 'Café press', price: 29.99 },
    ]);
    const { body } = await system.payment.get(`/payments?orderId=${placed.body.id}`);
    expect(body.items).toMatchObject([{ amount: 40.98 }]);
  });

  it('with another price is rejected, and the answer has the current price', async () => {
    const before = await orders();
    await system.product.put('/products/PROD001', { price: 31.5 });
    const refused = await place(cart('PROD001', 1), 'too-cheap');
    expect(refused).toMatchObject({ status: 409, body: { code: 'PRICE_CHANGED' } });
    expect(refused.body.items).toEqual([{ productId: 'PROD001', price: 29.99, currentPrice: 31.5 }]);
    expect(await rejected(refused)).toMatchObject({ items: [{ price: 29.99, lineTotal: 29.99 }], total: 29.99 });
    await system.product.put('/products/PROD001', { price: 29.99 });
    const again = await place(cart('PROD001', 1), 'too-cheap');
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([refused.text, 'true']);
    expect(await orders()).toBe(before + 1);
  });

  it('of unknown products is rejected, and shows no price for them', async () => {
    const before = await orders();
    const refused = await place(unpriced('prod1', 'hat', 'cap'));
    expect(refused).toMatchObject({ status: 409, body: { code: 'PRODUCT_NOT_FOUND', products: ['hat', 'cap'] } });
    const { items, total } = await rejected(refused);
    expect(items).toEqual([
      { lineId: '1', productId: 'prod1', name: 'Product 1', quantity: 1, price: 10.99, lineTotal: 10.99 },
      { lineId: '2', productId: 'hat', quantity: 1 },
      { lineId: '3', productId: 'cap', quantity: 1 },
    ]);
    expect([total, await orders()]).toEqual([10.99, before + 1]);
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });

  it('is idempotent: a retry has the same answer after the price changed and the product was deleted', async () => {
    const first = await place(unpriced('prod2'), 'K');
    expect(first.body.total).toBe(5.99);
    await system.product.put('/products/prod2', { price: 7 });
    const [second, other] = [await place(unpriced('prod2'), 'K'), await place(unpriced('prod2'))];
    await system.product.delete('/products/prod2');
    const third = await place(unpriced('prod2'), 'K');
    for (const again of [second, third])
      expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
    expect(other.body.total).toBe(7);
    expect(await reserved('prod2')).toBe(2);
  });

  it('of a product that is deleted later does not change, and can still be shipped', async () => {
    const { id } = (await place(unpriced('PROD003'))).body;
    await system.product.delete('/products/PROD003');
    expect(await place(unpriced('PROD003'))).toMatchObject({ status: 409, body: { code: 'PRODUCT_NOT_FOUND' } });
    expect((await system.order.get(`/orders/${id}`)).body.items).toMatchObject([
      { name: 'Notebook, dotted', price: 12.5 },
    ]);
    expect((await system.order.post(`/orders/${id}/fulfill`)).body.status).toBe('SHIPPED');
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });

  it('is rejected if the stock is missing, whatever the catalog says', async () => {
    await system.product.post('/products', { id: 'idea', name: 'An idea', price: 1 });
    await eventually(
      () => system.inventory.get('/inventory/idea'),
      ({ status }) => status === 200,
    );
    const refused = await place(unpriced('idea'));
    expect(refused).toMatchObject({ status: 409, body: { code: 'OUT_OF_STOCK', items: [{ available: 0 }] } });
    expect((await system.order.get(`/orders/${refused.body.orderId}`)).body.status).toBe('REJECTED');
  });

  it('makes the product service a dependency in the health', async () => {
    expect((await system.order.get('/health')).body.dependencies.product).toBe('CLOSED');
    expect(await breaker()).toMatchObject({ state: 'CLOSED', config: { timeoutMs: 3_000, resetMs: 10_000 } });
  });
});

describe('while the product service is down', () => {
  beforeEach(() => starting());
  afterEach(stopping);

  it('known products can be ordered, orders of others are rejected with 503, and no stock is held', async () => {
    const first = await place(unpriced('prod1'), 'before');
    await system.kill('product');

    const known = await place(unpriced('prod1'));
    expect(known).toMatchObject({ status: 201, body: { total: 10.99 } });
    expect((await place(unpriced('prod1'), 'before')).text).toBe(first.text);

    const refused = await place(unpriced('prod1', 'prod2'), 'patient');
    expect(refused).toMatchObject({ status: 503, body: { code: 'PRODUCTS_UNAVAILABLE', products: ['prod2'] } });
    expect(refused.body.detail).toMatch(/Nothing was ordered/);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const { orderId } = refused.body;
    await rejected(refused);
    expect([await orders(), await reserved('prod2')]).toEqual([3, 0]);
    expect((await place(cart('prod1', 1))).body.code).toBe('PRODUCTS_UNAVAILABLE');
    expect((await system.order.get('/health')).body).toMatchObject({
      status: 'DEGRADED',
      dependencies: { product: 'OPEN' },
    });

    await system.revive('product');
    await system.order.post('/circuit-breaker/reset', { name: 'product' });
    const again = await place(unpriced('prod1', 'prod2'), 'patient');
    expect(again).toMatchObject({ status: 201, body: { total: 16.98 } });
    expect(again.headers.get('idempotent-replayed')).toBeNull();
    expect(again.body.id).not.toBe(orderId);
    expect((await system.order.get(`/orders/${orderId}`)).body.status).toBe('REJECTED');
    expect((await place(unpriced('prod1', 'prod2'), 'patient')).text).toBe(again.text);
  });
});

describe('without a catalog', () => {
  beforeAll(() => starting({ PRODUCT_SERVICE_URL: 'none' }));
  afterAll(stopping);

  it('the price in the request is used, and is required', async () => {
    expect(await place(cart('prod1', 1))).toMatchObject({ status: 201, body: { total: 29.99 } });
    expect(await place(unpriced('prod1'), 'K')).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await place(cart('prod1', 1), 'K')).toMatchObject({ status: 201 });
  });

  it('the health says that there is none', async () => {
    const { status, dependencies } = (await system.order.get('/health')).body;
    expect({ status, product: dependencies.product }).toEqual({ status: 'UP', product: 'NONE' });
  });
});
