import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './http.ts';
import { balanced, cart, confirmed, reaches, settled, typesOf } from './orders.ts';
import { type System, startSystem } from './system.ts';

interface Shown {
  name: string;
  config: { volumeThreshold: number };
}

const breakerOf = async ({ order }: System, name: string) => {
  const { body } = await order.get('/circuit-breaker/status');
  return body.breakers.find((breaker: { name: string }) => breaker.name === name).state;
};

describe('while the payment service is down', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
    await system.kill('payment');
  });
  afterAll(() => system.stop());

  it('an order is refused with 503, its stock is released, and a retry succeeds after recovery', async () => {
    const sent = { key: 'patient' };
    const placed = await system.order.post('/orders', cart(), sent);
    expect(placed.body).toMatchObject({ status: 503, code: 'PAYMENT_UNAVAILABLE' });
    expect(placed.body.detail).toMatch(/Nothing was charged/);
    expect(Number(placed.headers.get('retry-after'))).toBeGreaterThan(0);
    const { orderId } = placed.body;
    expect((await system.order.get(`/orders/${orderId}`)).body.status).toBe('REJECTED');
    expect((await system.inventory.get('/inventory/PROD001')).body).toMatchObject({ reserved: 0, available: 100 });
    const types = typesOf(await system.order.get(`/orders/${orderId}/events`));
    expect(types).toEqual(expect.arrayContaining(['saga.step-retried', 'saga.undoing', 'saga.step-undone']));

    for (let i = 0; i < 5; i++) await system.order.post('/orders', cart());
    expect(await breakerOf(system, 'payment')).toBe('OPEN');
    expect((await system.order.get('/health')).body).toMatchObject({
      status: 'DEGRADED',
      dependencies: { payment: 'OPEN' },
    });
    const metrics = (await system.order.get('/metrics')).text;
    expect(metrics).toMatch(/circuit_breaker_state\{target="payment",service="order"\} 1/);
    expect(metrics).toMatch(/retry_count\{target="payment",service="order"\} [1-9]/);

    await system.revive('payment');
    await system.order.post('/circuit-breaker/reset', { name: 'payment' });
    const again = await system.order.post('/orders', cart(), sent);
    expect(again).toMatchObject({ status: 201, body: { status: 'CONFIRMED' } });
    expect(again.body.id).not.toBe(orderId);
    expect((await system.order.get(`/orders/${orderId}`)).body.status).toBe('REJECTED');
    expect(await breakerOf(system, 'payment')).toBe('CLOSED');
  });
});

describe('while the payment service fails every request', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  it('the stock is released at once, and the payment is undone after recovery', async () => {
    await system.payment.put('/chaos', { failureRate: 1 });
    const placed = await system.order.post('/orders', cart());
    expect(placed.body).toMatchObject({ status: 503, code: 'PAYMENT_UNAVAILABLE' });
    const { orderId } = placed.body;
    expect((await system.order.get(`/orders/${orderId}`)).body.status).toBe('REJECTED');
    expect((await system.inventory.get('/inventory/PROD001')).body.reserved).toBe(0);
    expect((await system.order.get(`/sagas`)).body.items).toEqual([
      expect.objectContaining({ orderId, saga: 'place-order', phase: 'undoing', state: 'running' }),
    ]);

    await system.payment.put('/chaos', { enabled: false });
    await system.order.post('/circuit-breaker/reset');
    await system.order.post(`/sagas/${orderId}/retry`);
    await settled(system);
    expect((await system.payment.post('/payments/authorize', { orderId, amount: 29.99 })).body.code).toBe(
      'PAYMENT_CLOSED',
    );
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });
});

describe('while the payment provider does not answer', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({
      PROVIDER_LATENCY_MS: '60000',
      PROVIDER_TIMEOUT_MS: '20',
      BREAKER_PAYMENT_VOLUME: '2',
    });
  });
  afterAll(() => system.stop());

  it('the circuit breaker of payment opens, and orders are refused', async () => {
    expect((await system.order.post('/orders', cart())).body.code).toBe('PAYMENT_UNAVAILABLE');
    expect(await breakerOf(system, 'payment')).toBe('OPEN');
  });

  it('each circuit breaker shows its configuration', async () => {
    const { body } = await system.order.get('/circuit-breaker/status');
    const volumes = body.breakers.map(({ name, config }: Shown) => [name, config.volumeThreshold]);
    expect(volumes).toEqual([
      ['inventory', 5],
      ['payment', 2],
      ['shipping', 5],
    ]);
  });
});

describe('while the inventory service is down', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ ORDER_DEADLINE_MS: '20000' });
    await system.kill('inventory');
  });
  afterAll(() => system.stop());

  it('orders are accepted, and confirmed after recovery', async () => {
    const sent = { key: 'kept' };
    const placed = await system.order.post('/orders', cart(), sent);
    expect(placed).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    const cancelled = await system.order.post('/orders', cart());
    const hopeful = await system.order.get('/availability?productId=PROD001&quantity=1');
    expect(hopeful.body).toEqual({
      available: true,
      optimistic: true,
      items: [{ productId: 'PROD001', quantity: 1, available: true }],
    });

    const cancelling = await system.order.delete(`/orders/${cancelled.body.id}`);
    expect(cancelling).toMatchObject({ status: 202, body: { status: 'CANCELLING' } });

    await system.revive('inventory');
    await system.order.post('/circuit-breaker/reset');
    await reaches(system, placed.body.id, 'CONFIRMED');
    await reaches(system, cancelled.body.id, 'CANCELLED');
    expect((await system.inventory.get('/inventory/PROD001')).body.reserved).toBe(1);
    const again = await system.order.post('/orders', cart(), sent);
    expect(again.text).toBe(placed.text);
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });
});

describe('when inventory is down beyond the deadline of an order', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ ORDER_DEADLINE_MS: '1000' });
    await system.kill('inventory');
  });
  afterAll(() => system.stop());

  it('the order is rejected', async () => {
    const { body } = await system.order.post('/orders', cart(), { headers: { Prefer: 'respond-async' } });
    const rejected = await reaches(system, body.id, 'REJECTED');
    expect(rejected.body.failure.code).toBe('INVENTORY_UNAVAILABLE');
  });
});

describe('while the shipping service is down', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem();
  });
  afterAll(() => system.stop());

  it('a fulfilment pauses, and goes on after recovery', async () => {
    const id = await confirmed(system);
    await system.kill('shipping');
    const fulfilling = await system.order.post(`/orders/${id}/fulfill`);
    expect(fulfilling).toMatchObject({ status: 202, body: { status: 'CONFIRMED', saga: { name: 'fulfil-order' } } });
    expect((await system.order.post(`/orders/${id}/process`)).body.code).toBe('INVALID_TRANSITION');
    const waiting = await eventually(
      () => system.order.get(`/orders/${id}`),
      ({ body }) => body.saga?.attempts > 0,
    );
    expect(waiting.body.saga).toMatchObject({
      ...{ name: 'fulfil-order', step: 'book-shipment', phase: 'forward' },
      ...{ since: expect.any(String), nextTryAt: expect.any(String) },
      reason: expect.not.stringMatching(/127\.0\.0\.1|localhost/),
    });
    expect(waiting.headers.get('etag')).toBe(`"${waiting.body.version}"`);
    await system.revive('shipping');
    await system.order.post('/circuit-breaker/reset');
    await reaches(system, id, 'SHIPPED');
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });

  it('the customer can cancel a paused fulfilment', async () => {
    const id = await confirmed(system);
    await system.kill('shipping');
    await system.order.post(`/orders/${id}/fulfill`);
    const cancelling = await system.order.delete(`/orders/${id}`, { headers: { Prefer: 'wait=1' } });
    expect(cancelling.status).toBe(202);
    await system.revive('shipping');
    await system.order.post('/circuit-breaker/reset');
    await reaches(system, id, 'CANCELLED');
    expect((await system.shipping.get(`/shipments?orderId=${id}`)).body.items).toEqual([]);
    const { discrepancies } = await balanced(system);
    expect(discrepancies.filter((found: { id: string }) => found.id === id)).toEqual([]);
  });
});
