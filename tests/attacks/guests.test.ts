import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

const items = [{ productId: 'prod1', quantity: 1 }];

let system: Attacked;

describeDurable('a customer who wants the orders of a guest', () => {
  beforeAll(async () => {
    system = await startAttacked();
  });
  afterAll(() => system.stop());

  it('does not get them by his name: it is no id', async () => {
    const guest = await system.operator.post('/orders', { items, customer: 'ada' });
    expect([guest.status, guest.body.customer.name]).toEqual([201, 'ada']);
    expect((await system.ada.get(`/orders/${guest.body.id}`)).status).toBe(404);
    expect((await system.ada.get('/orders')).body.items).toEqual([]);
  });

  it('gets no token with his id', async () => {
    const { body } = await system.operator.post('/orders', { items, customer: 'John Doe' });
    const userId = body.customer.id;
    expect((await system.gateway.post('/auth/token', { userId })).status).toBe(400);
  });

  it.each([{}, { customer: 'John Doe' }])('is no guest himself, whatever he leaves out: %j', async (given) => {
    const { status, body } = await system.bob.post('/orders', { items, ...given });
    expect([status, body.customer.id]).toEqual([201, 'bob']);
  });

  it('cannot order in his name', async () => {
    const { body } = await system.operator.post('/orders', { items, customer: 'John Doe' });
    const { status } = await system.bob.post('/orders', { items, customerId: body.customer.id });
    expect(status).toBe(400);
  });
});
