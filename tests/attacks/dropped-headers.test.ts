import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { ask } from '../support/tiny-service.ts';
import { type Attacked, startAttacked } from './system.ts';

const items = [{ productId: 'prod1', quantity: 1 }];

/** Node keeps a thousand headers of a request and drops the rest without a word: what comes last is as if it never came. */
describeDurable('a customer who sends so many headers that the one who says who he is falls off the end', () => {
  let system: Attacked;
  let bobs: string;
  beforeAll(async () => {
    system = await startAttacked();
    const placed = await system.bob.post('/orders', { items, shippingAddress: address });
    expect(placed.status).toBe(201);
    bobs = placed.body.id;
  });
  afterAll(() => system.stop());

  const crowd = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, 'x']));
  const asAda = (method: string, path: string, count: number) =>
    ask(system.gateway.url + path, { method, headers: { ...system.ada.headers, ...crowd(count) } });

  const attempts = [
    ['lists the orders of all', 'GET', () => '/orders'],
    ['reads the order of another', 'GET', () => `/orders/${bobs}`],
    ['cancels the order of another', 'POST', () => `/orders/${bobs}/cancel`],
    ['deletes the order of another', 'DELETE', () => `/orders/${bobs}`],
  ] as const;
  it.each(attempts)('%s no more: beyond 100 headers it is refused unread', async (_, method, path) => {
    // Around the number where Node's limit would leave room for the client's headers alone.
    for (const count of [100, 990, 995, 1000, 1500]) {
      const { status, text } = await asAda(method, path(), count);
      expect([count, status]).toEqual([count, 431]);
      expect(text).not.toContain('bob');
    }
    expect((await system.bob.get(`/orders/${bobs}`)).body.status).toBe('CONFIRMED');
  });

  it('finds the services refuse it too, which take a call without a caller for nobody', async () => {
    const inside = { 'X-Internal-Token': 'what-the-services-show-each-other' };
    for (const path of ['/orders', `/orders/${bobs}`]) {
      const { status, body } = await ask(system.order.url + path, { headers: inside });
      expect([status, body.code]).toEqual([401, 'CALLER_REQUIRED']);
      const many = await ask(system.order.url + path, { headers: { ...crowd(1000), ...inside } });
      expect(many.status).toBe(431);
    }
  });

  it('is who his token says with as many headers as he may send', async () => {
    const { status, body } = await asAda('GET', '/orders', 95);
    expect([status, body.items]).toEqual([200, []]);
  });
});
