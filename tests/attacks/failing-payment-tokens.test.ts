import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { balanced, settled, typesOf } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

const ATTEMPTS = 100;
const orderOf = (productId: string, paymentMethod: string) => ({ items: [{ productId, quantity: 1 }], paymentMethod });

describeDurable('a customer who keeps paying with tokens that fail', () => {
  let system: Attacked;
  let refused: string[];
  beforeAll(async () => {
    system = await startAttacked();
    refused = [];
    for (let i = 0; i < ATTEMPTS; i += 20) {
      const batch = Array.from({ length: 20 }, () => system.ada.post('/orders', orderOf('prod1', 'tok_outage')));
      for (const { status, body } of await Promise.all(batch)) {
        expect([status, body.code]).toEqual([503, 'PAYMENT_UNAVAILABLE']);
        refused.push(body.orderId);
      }
    }
  });
  afterAll(() => system.stop());

  it('does not open the circuit breaker of the payment service', async () => {
    const { body } = await system.operator.get('/circuit-breaker/status');
    const payment = body.breakers.find(({ name }: { name: string }) => name === 'payment');
    expect(payment).toMatchObject({ state: 'CLOSED', stats: { failures: 0 } });
  });

  it.each(['tok_visa', 'tok_lost_answer'])('does not stop the payments of others, such as %s', async (method) => {
    const placed = await system.bob.post('/orders', orderOf('prod2', method));
    expect(placed).toMatchObject({ status: 201, body: { status: 'CONFIRMED', payment: { status: 'AUTHORIZED' } } });
  });

  it('gets one retry per payment, and learns that nothing was charged', async () => {
    const order = await system.ada.get(`/orders/${refused[0]}`);
    expect(order.body).toMatchObject({ status: 'REJECTED', failure: { code: 'PAYMENT_UNAVAILABLE' } });
    expect(order.body.failure.reason).toMatch(/Nothing was charged/);
    for (const id of refused) {
      const types = typesOf(await system.operator.get(`/orders/${id}/events`));
      expect(types.filter((type) => type === 'saga.step-retried')).toHaveLength(1);
    }
  });

  it('leaves no stock reserved and no payment authorized', async () => {
    await settled({ order: system.operator });
    const { body } = await system.operator.get('/inventory/prod1');
    expect(body).toMatchObject({ reserved: 0, available: 100 });
    const payments = await system.operator.get(`/payments?orderId=${refused.at(-1)}`);
    expect(payments.body.items).toMatchObject([{ status: 'VOIDED', captured: 0 }]);
    expect(await balanced({ order: system.operator })).toMatchObject({ balanced: true });
  });
});
