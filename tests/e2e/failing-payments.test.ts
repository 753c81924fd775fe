import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { balanced, cart, settled, typesOf } from './orders.ts';
import { type System, startSystem } from './system.ts';

const breakerOf = async ({ order }: System) => {
  const { body } = await order.get('/circuit-breaker/status');
  return body.breakers.find(({ name }: { name: string }) => name === 'payment');
};

describe('a customer whose payments fail, one after the other', () => {
  const FAILING = 20;
  let system: System;
  let refused: string[];
  beforeAll(async () => {
    system = await startSystem();
    const attack = Array.from({ length: FAILING }, () =>
      system.order.post('/orders', cart('PROD001', 1, { customerId: 'mallory', paymentMethod: 'tok_outage' })),
    );
    const placed = await Promise.all(attack);
    expect(placed.map(({ status, body }) => [status, body.code])).toEqual(
      Array(FAILING).fill([503, 'PAYMENT_UNAVAILABLE']),
    );
    refused = placed.map(({ body }) => body.orderId);
  });
  afterAll(() => system.stop());

  it('opens no breaker: those failures are none of the payment service', async () => {
    expect(await breakerOf(system)).toMatchObject({ state: 'CLOSED', stats: { failures: 0 } });
  });

  it('takes nothing from others: their payments are made, even one whose answer is lost', async () => {
    for (const paymentMethod of ['tok_visa', 'tok_lost_answer', 'credit_card']) {
      const placed = await system.order.post('/orders', cart('PROD002', 1, { paymentMethod }));
      expect(placed).toMatchObject({ status: 201, body: { status: 'CONFIRMED' } });
    }
  });

  it('is told kindly that it did not work, each time after one repetition, and everything is undone', async () => {
    await settled(system);
    for (const id of refused) {
      const types = typesOf(await system.order.get(`/orders/${id}/events`));
      expect(types.filter((type) => type === 'saga.step-retried')).toHaveLength(1);
      const order = await system.order.get(`/orders/${id}`);
      expect(order.body).toMatchObject({ status: 'REJECTED', failure: { code: 'PAYMENT_UNAVAILABLE' } });
      const payments = await system.payment.get(`/payments?orderId=${id}`);
      expect(payments.body.items).toMatchObject([{ status: 'VOIDED', captured: 0 }]);
    }
    expect((await system.inventory.get('/inventory/PROD001')).body).toMatchObject({ reserved: 0, available: 100 });
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });
});

describe('a provider that answers nobody', () => {
  let system: System;
  beforeAll(async () => {
    system = await startSystem({ PROVIDER_LATENCY_MS: '60000', PROVIDER_TIMEOUT_MS: '20' });
  });
  afterAll(() => system.stop());

  it('opens the breaker, so that orders are refused at once', async () => {
    const placed = await Promise.all([1, 2].map(() => system.order.post('/orders', cart())));
    expect(placed.map(({ body }) => body.code)).toEqual(Array(2).fill('PAYMENT_UNAVAILABLE'));
    expect((await breakerOf(system)).state).toBe('OPEN');
  });
});
