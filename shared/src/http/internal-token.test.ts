import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { clientFor } from '../../../tests/support/call-target.ts';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { Addresses } from '../resilience/addresses.ts';
import { USUAL } from '../resilience/breaker-config.ts';
import { ServiceClient } from '../resilience/client.ts';
import { undiciTransport } from '../resilience/transport.ts';

const TOKEN = 'a token that all services share';

let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTiny({ internalToken: TOKEN });
});
afterAll(() => tiny.close());

const knock = (headers: Record<string, string> = {}, path = '/things/a') => ask(tiny.url + path, { headers });
const showing = (token: string) => ({ 'X-Internal-Token': token, 'X-Caller': 'service:test' });

describe('a service with an INTERNAL_TOKEN', () => {
  it('serves callers with the token', async () => {
    expect((await knock(showing(TOKEN))).status).toBe(200);
    expect((await post(`${tiny.url}/things`, { id: 'mine', size: 1 }, showing(TOKEN))).status).toBe(201);
  });

  it.each([
    ['none', {}],
    ['an empty one', showing('')],
    ['another', showing('another token of the same size!')],
    ['its beginning', showing(TOKEN.slice(0, -1))],
    ['more than it', showing(`${TOKEN}x`)],
    ['it in another case', showing(TOKEN.toUpperCase())],
    ['it in another header', { Authorization: `Bearer ${TOKEN}`, 'X-Caller': 'operator:eve' }],
  ])('refuses those who show %s', async (_what, headers: Record<string, string>) => {
    const { status, headers: answered, body, text } = await knock(headers);
    expect([status, body.code]).toEqual([401, 'INTERNAL_TOKEN_REQUIRED']);
    expect(answered['content-type']).toMatch(/^application\/problem\+json/);
    expect(text).not.toContain(TOKEN);
  });

  it('refuses before it reads the request, and does nothing', async () => {
    expect((await post(`${tiny.url}/things`, { id: 'theirs', size: 1 })).status).toBe(401);
    expect((await post(`${tiny.url}/things`, '{"id":')).status).toBe(401);
    expect((await knock({}, '/nothing')).status).toBe(401);
    expect(await tiny.store.read('thing/theirs')).toBeUndefined();
  });

  it.each(['/events', '/chaos', '/openapi.json', '/docs', '/docs/start.js'])(
    'keeps %s to insiders too',
    async (path) => {
      expect((await knock({}, path)).status).toBe(401);
    },
  );

  it.each(['/health', '/livez', '/readyz', '/metrics'])('leaves %s open to probes', async (path) => {
    expect((await knock({}, path)).status).toBe(200);
  });

  it.each(['/health/x', '/HEALTH/../things/a', '/metrics%2f..%2fthings/a', '/things/a?/health'])(
    'does not take %s for one of these',
    async (path) => {
      expect((await knock({}, path)).status).toBe(401);
    },
  );
});

it('a service without one serves everybody', async () => {
  const open = await startTiny();
  expect((await ask(`${open.url}/things/a`)).status).toBe(200);
  await open.close();
});

describe('a client of another service', () => {
  const call = { method: 'GET', path: '/things/a' } as const;

  it('sends its token', async () => {
    const transport = undiciTransport();
    const client = new ServiceClient({
      from: 'test',
      settings: { ...USUAL, name: 'tiny', timeoutMs: 2_000, resetMs: 20 },
      addresses: new Addresses([tiny.url], async () => false),
      internalToken: TOKEN,
      ...{ transport, metrics: tiny.metrics, random: () => 0, onBreaker: () => {} },
    });
    expect(await client.call(call)).toMatchObject({ kind: 'done', status: 200 });
    client.close();
    await transport.close();
  });

  it('is refused without it, which says nothing about the outcome', async () => {
    const { client, close } = clientFor(tiny.url, {});
    expect(await client.call(call)).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('401 INTERNAL_TOKEN_REQUIRED'),
    });
    await close();
  });
});
