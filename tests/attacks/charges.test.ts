import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { signedIn } from '../e2e/signed-in.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

/** Whoever may say what is charged may pay what he likes: only operators and checkouts may, and checkouts no more than that. */

describeDurable('a discount that a customer gives himself', () => {
  let system: Attacked;
  let shop: Awaited<ReturnType<typeof signedIn>>;
  beforeAll(async () => {
    system = await startAttacked();
    shop = await signedIn(system, 'shop', 'checkout');
  });
  afterAll(() => system.stop());

  const order = (more: object = {}) => ({
    items: [{ productId: 'prod1', quantity: 1 }],
    charges: [{ kind: 'DISCOUNT', label: 'mine', amount: 1 }],
    shippingAddress: address,
    ...more,
  });

  it('is refused, also for one who says in the request that he is a checkout', async () => {
    const headers = { 'X-Caller': 'checkout:ada' };
    for (const sent of [{}, { headers }]) {
      const { status, body } = await system.ada.post('/orders', order(), sent);
      expect([status, body.code]).toEqual([403, 'CHARGES_FORBIDDEN']);
    }
  });

  it('is given by the checkout, which then can neither read, ship, refund nor give back that order', async () => {
    const { status, body } = await shop.post('/orders', order({ customerId: 'ada' }));
    expect([status, body.customer.id, body.charges]).toMatchObject([201, 'ada', [{ amount: 1 }]]);
    expect((await system.ada.get(`/orders/${body.id}`)).body.total).toBe(body.subtotal - 1);
    expect((await shop.get(`/orders/${body.id}`)).status).toBe(404);
    for (const command of ['cancel', 'return', 'confirm']) {
      expect((await shop.post(`/orders/${body.id}/${command}`)).status).toBe(404);
    }
    for (const path of [`/orders/${body.id}/fulfill`, `/orders/${body.id}/refund`, '/payments/refund', '/chaos']) {
      expect((await shop.post(path, {})).status).toBe(403);
    }
    for (const path of ['/audit', '/payments', '/sagas', '/notifications']) {
      expect((await shop.get(path)).status).toBe(403);
    }
  });

  it('is not given by returning goods that do not go back to stock, or for another amount', async () => {
    const { body } = await system.ada.post('/orders', order({ charges: undefined }));
    for (const more of [{ restock: false }, { restock: true }, { refund: 0 }, { refund: 1_000 }]) {
      const refused = await system.ada.post(`/orders/${body.id}/return`, more);
      expect([refused.status, refused.body.code]).toEqual([403, 'FORBIDDEN']);
    }
    expect((await system.ada.post(`/orders/${body.id}/return`, {})).body.code).toBe('INVALID_TRANSITION');
  });

  it('stays with the request: the same key of the customer is another request', async () => {
    const first = await shop.post('/orders', order({ customerId: 'bob' }), { key: 'the same' });
    const second = await system.bob.post('/orders', order({ charges: undefined }), { key: 'the same' });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body.id).not.toBe(first.body.id);
    expect(second.body.charges).toEqual([]);
  });
});
