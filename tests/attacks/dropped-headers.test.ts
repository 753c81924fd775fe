import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { ask } from '../support/tiny-service.ts';
import { type Attacked, startAttacked } from './system.ts';

const items = [{ productId: 'prod1', quantity: 1 }];

/** Node keeps 1,000 headers of a request and silently drops the rest. */
describeDurable('a customer who sends so many headers that Node would drop the caller', () => {
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
    ['list all orders', 'GET', () => '/orders'],
    ['read the order of another customer', 'GET', () => `/orders/${bobs}`],
    ['cancel the order of another customer', 'POST', () => `/orders/${bobs}/cancel`],
    ['delete the order of another customer', 'DELETE', () => `/orders/${bobs}`],
  ] as const;
  it.each(attempts)('cannot %s: more than 100 headers are refused with 431', async (_, method, path) => {
    // Near 1,000, where the client's headers alone would fill Node's limit.
    for (const count of [100, 990, 995, 1000, 1500]) {
      const { status, text } = await asAda(method, path(), count);
      expect([count, status]).toEqual([count, 431]);
      expect(text).not.toContain('bob');
    }
    expect((await system.bob.get(`/orders/${bobs}`)).body.status).toBe('CONFIRMED');
  });

  it('is refused by the services, too, and so is a call without a caller', async () => {
    const inside = { 'X-Internal-Token': 'what-the-services-show-each-other' };
    for (const path of ['/orders', `/orders/${bobs}`]) {
      const { status, body } = await ask(system.order.url + path, { headers: inside });
      expect([status, body.code]).toEqual([401, 'CALLER_REQUIRED']);
      const many = await ask(system.order.url + path, { headers: { ...crowd(1000), ...inside } });
      expect(many.status).toBe(431);
    }
  });

  it('stays the caller of the token with fewer than 100 headers', async () => {
    const { status, body } = await asAda('GET', '/orders', 95);
    expect([status, body.items]).toEqual([200, []]);
  });
});
