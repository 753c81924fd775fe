import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Name, type System, startSystem } from '../e2e/system.ts';
import { describeDurable } from '../support/database.ts';
import { ask } from '../support/tiny-service.ts';

const NAMES: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order', 'gateway'];

/** A developer's machine requires no token, and any web page in the browser can reach its ports. */
describeDurable('a foreign web page that sends a request to cancel an order', () => {
  let system: System;
  let id: string;
  beforeAll(async () => {
    const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/attack_${randomUUID().slice(0, 8)}`;
    system = await startSystem({ DATABASE_URL, CORS_ORIGINS: 'https://shop.example', CHAOS_API: 'true' }, NAMES);
    const items = [{ productId: 'prod1', quantity: 1 }];
    id = (await system.gateway.post('/orders', { customerId: 'ada', items })).body.id;
  });
  afterAll(() => system.stop());

  /** A browser sends no CORS preflight for a POST without a body. */
  const cancel = (name: 'gateway' | 'order', headers: Record<string, string>) =>
    ask(`${system[name].url}/orders/${id}/cancel`, { method: 'POST', headers });
  const status = async () => (await system.order.get(`/orders/${id}`)).body.status;

  it.each(['gateway', 'order'] as const)('is refused by its origin: %s', async (name) => {
    const { status: answered, body } = await cancel(name, { Origin: 'https://evil.example' });
    expect([answered, body.code, await status()]).toEqual([403, 'FOREIGN_ORIGIN', 'CONFIRMED']);
  });

  it.each(['gateway', 'order'] as const)('is refused by its host name after DNS rebinding: %s', async (name) => {
    const { port } = new URL(system[name].url);
    const rebound = { Host: `evil.example:${port}`, Origin: `http://evil.example:${port}` };
    const { status: answered, body } = await cancel(name, rebound);
    expect([answered, body.code, await status()]).toEqual([403, 'UNEXPECTED_HOST', 'CONFIRMED']);
  });

  it.each(['gateway', 'order'] as const)(
    'turns no chaos on, which any request can, by what is only read: %s',
    async (name) => {
      const { port } = new URL(system[name].url);
      const reads = [{ 'Sec-Fetch-Site': 'cross-site' }, { Host: `evil.example:${port}` }];
      for (const headers of reads) {
        expect((await ask(`${system[name].url}/orders?chaosMode=true`, { headers })).status).toBe(403);
      }
      expect((await system.order.get('/chaos')).body.enabled).toBe(false);
      expect((await system[name].get('/orders?chaosMode=true')).status).toBe(200);
      expect((await system.order.get('/chaos')).body.enabled).toBe(true);
      await system[name].get('/orders?chaosMode=false');
    },
  );

  it('is not one from CORS_ORIGINS or the console: those are allowed', async () => {
    for (const origin of ['https://shop.example', system.gateway.url]) {
      const { status: answered } = await ask(`${system.gateway.url}/orders/${id}/process`, {
        method: 'POST',
        headers: { Origin: origin, 'Sec-Fetch-Site': 'cross-site' },
      });
      expect([200, 409]).toContain(answered);
    }
    expect(await status()).toBe('PROCESSING');
  });
});
