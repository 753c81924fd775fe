import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';

const outcome = ({ status, body }: Awaited<ReturnType<typeof ask>>) => [status, body.code];

describe('a service without authentication', () => {
  let tiny: Tiny;
  let port: number;
  beforeAll(async () => {
    tiny = await startTiny({ allowedHosts: ['Shop.example'] });
    port = tiny.listening.port;
  });
  afterAll(() => tiny.close());
  const remove = (headers: Record<string, string>, method = 'DELETE') =>
    ask(`${tiny.url}/things/a`, { method, headers });

  it.each(['localhost', 'LOCALHOST', 'tiny.localhost', '127.0.0.1', '[::1]', '192.0.2.7', 'tiny', 'shop.example'])(
    'writes for whoever calls it %s',
    async (name) => {
      for (const host of [name, `${name}:${port}`]) expect((await remove({ Host: host })).status).toBe(200);
    },
  );

  it('writes for callers that use its names in Kubernetes', async () => {
    for (const host of ['tiny.oms.svc:3000', 'tiny.oms.svc.cluster.local']) {
      expect((await remove({ Host: host })).status).toBe(200);
    }
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'tiny.evil.example',
    'tiny.svc.evil.example',
    'other.oms.svc.cluster.local',
    'shop.example.evil.example',
    'evil',
  ])('writes nothing for a page that reaches it by the name %s (DNS rebinding)', async (name) => {
    for (const method of ['DELETE', 'POST', 'PUT']) {
      expect(outcome(await remove({ Host: name }, method))).toEqual([403, 'UNEXPECTED_HOST']);
    }
  });

  it.each(['https://evil.example', 'null', 'http://localhost', 'http://localhost:1', 'http://127.0.0.1.evil.example'])(
    'writes nothing for a page of another origin: %s',
    async (origin) => {
      expect(outcome(await remove({ Host: `localhost:${port}`, Origin: origin }))).toEqual([403, 'FOREIGN_ORIGIN']);
    },
  );

  it('writes for its own pages', async () => {
    const headers = { Host: `localhost:${port}`, Origin: `http://localhost:${port}` };
    expect((await remove(headers)).status).toBe(200);
  });

  it('lets everybody read: pages of another origin cannot see the answer', async () => {
    const { status, headers } = await remove({ Host: 'localhost', Origin: 'https://evil.example' }, 'GET');
    expect([status, headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });
});

it('a service with an INTERNAL_TOKEN needs no such check: no page has the token', async () => {
  const closed = await startTiny({ internalToken: 'a token that all services share' });
  const headers = { 'X-Internal-Token': 'a token that all services share', 'X-Caller': 'service:order', Host: 'x' };
  expect((await ask(`${closed.url}/things/a`, { method: 'DELETE', headers })).status).toBe(200);
  await closed.close();
});
