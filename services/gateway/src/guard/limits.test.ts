import { afterEach, describe, expect, it } from '@jest/globals';
import { post } from '../../../../tests/support/tiny-service.ts';
import { bearer, type Guarded, SECRET, startGuarded } from '../../test/guarded-app.ts';

let gateway: Guarded;
afterEach(() => gateway.close());

const open = async (env: Record<string, string>) => {
  gateway = await startGuarded({ RATE_LIMIT_READS: '3', RATE_LIMIT_WRITES: '2', RATE_LIMIT_TOKENS: '2', ...env });
};
const withTokens = { AUTH_MODE: 'jwt', AUTH_TOKENS: 'true', JWT_SECRET: SECRET, TRUST_PROXY: '1' };
const from = (address: string) => ({ 'X-Forwarded-For': address });
const tokenOf = async (userId: string, roles = ['customer']) => {
  const answer = await post(`${gateway.url}/auth/token`, { userId, roles }, from(`10.0.1.${userId.length}`));
  return bearer(answer.body.token as string);
};
const statuses = async (times: number, send: () => Promise<{ status: number }>) => {
  const seen: number[] = [];
  for (let i = 0; i < times; i++) seen.push((await send()).status);
  return seen;
};

describe('a client that exceeds the rate limit of reads', () => {
  it('is refused with 429, and told when to come back', async () => {
    await open({});
    expect(await statuses(3, () => gateway.get('/orders'))).toEqual([200, 200, 200]);
    const { status, headers, body } = await gateway.get('/orders');
    expect([status, body.code, body.title]).toEqual([429, 'RATE_LIMITED', 'Rate limited']);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(headers['retry-after'])).toBeLessThanOrEqual(60);
  });

  it('could see it in the RateLimit headers before', async () => {
    await open({});
    const { headers } = await gateway.get('/orders');
    expect(headers.ratelimit).toMatch(/^"reads"; r=2; t=\d+$/);
    expect(headers['ratelimit-policy']).toMatch(/^"reads"; q=3; w=60; pk=:.+:$/);
    expect(headers).not.toHaveProperty('x-ratelimit-limit');
  });

  it('may still write, and one that exceeds that of writes may read', async () => {
    await open({});
    await statuses(4, () => gateway.get('/orders'));
    expect(await statuses(3, () => gateway.get('/orders', {}, 'POST'))).toEqual([200, 200, 429]);
    expect((await gateway.get('/orders', {}, 'DELETE')).status).toBe(429);
  });

  it('is counted, under the name of the limit', async () => {
    await open(withTokens);
    const admin = await tokenOf('root', ['admin']);
    const there = { ...admin, ...from('10.0.0.1') };
    await statuses(5, () => gateway.get('/orders', there));
    await statuses(3, () => gateway.get('/orders', there, 'POST'));
    await statuses(5, () => gateway.get('/auth/token', there));
    await statuses(6, () => gateway.get('/orders', from('10.0.0.2')));
    const { text } = await gateway.get('/metrics', there);
    expect(text.match(/^rate_limited_total.*$/gm)?.sort()).toEqual([
      'rate_limited_total{limit="failures",service="gateway"} 4',
      'rate_limited_total{limit="reads",service="gateway"} 2',
      'rate_limited_total{limit="tokens",service="gateway"} 3',
      'rate_limited_total{limit="writes",service="gateway"} 1',
    ]);
  });

  it('can always see the health of the gateway', async () => {
    await open({});
    await statuses(4, () => gateway.get('/orders'));
    for (const path of ['/health', '/livez', '/readyz', '/metrics']) {
      const { status, headers } = await gateway.get(path);
      expect([status, headers.ratelimit]).toEqual([200, undefined]);
    }
  });
});

describe('clients are limited', () => {
  it('by the user in the token, whatever the address', async () => {
    await open(withTokens);
    const ada = await tokenOf('ada');
    await statuses(3, () => gateway.get('/orders', { ...ada, ...from('10.0.0.1') }));
    expect((await gateway.get('/orders', { ...ada, ...from('10.0.0.2') })).status).toBe(429);
    const grace = await tokenOf('grace');
    expect((await gateway.get('/orders', { ...grace, ...from('10.0.0.1') })).status).toBe(200);
  });

  it('by their address where there are no tokens', async () => {
    await open({ TRUST_PROXY: '1' });
    await statuses(3, () => gateway.get('/orders', from('10.0.0.1')));
    expect((await gateway.get('/orders', from('10.0.0.1'))).status).toBe(429);
    expect((await gateway.get('/orders', from('10.0.0.2'))).status).toBe(200);
  });

  it('not by what X-Forwarded-For claims beyond the trusted proxies', async () => {
    await open({ TRUST_PROXY: '1' });
    let n = 0;
    expect(await statuses(4, () => gateway.get('/orders', from(`10.9.9.${n++}, 10.0.0.1`)))).toEqual([
      200, 200, 200, 429,
    ]);
  });

  it('not by X-Forwarded-For at all where no proxy is trusted', async () => {
    await open({});
    let n = 0;
    expect(await statuses(4, () => gateway.get('/orders', from(`10.0.0.${n++}`)))).toEqual([200, 200, 200, 429]);
  });

  it('by their network in IPv6, since one client has many addresses', async () => {
    await open({ TRUST_PROXY: '1' });
    let n = 0;
    expect(await statuses(4, () => gateway.get('/orders', from(`2001:db8:1:2::${++n}`)))).toEqual([200, 200, 200, 429]);
  });
});

describe('an attacker', () => {
  it('gets only a limited number of tokens', async () => {
    await open(withTokens);
    const ask = () => post(`${gateway.url}/auth/token`, { userId: 'ada' }, from('10.0.0.1'));
    expect(await statuses(3, ask)).toEqual([200, 200, 429]);
    expect((await post(`${gateway.url}/auth/token`, { userId: 'ada' }, from('10.0.0.2'))).status).toBe(200);
  });

  it('gets no more of them with a token: the limit is by address, not by user', async () => {
    await open(withTokens);
    const [ada, grace] = [await tokenOf('ada'), await tokenOf('grace')];
    const look = (who: Record<string, string>) => gateway.get('/auth/token', { ...who, ...from('10.0.0.1') });
    expect([(await look(ada)).status, (await look(ada)).status]).toEqual([403, 403]);
    expect((await look(grace)).status).toBe(429);
  });

  it('can fail only a limited number of times, and locks out nobody else', async () => {
    await open(withTokens);
    const there = from('10.0.0.1');
    const fail = () => gateway.get('/orders', { ...bearer('wrong'), ...there });
    expect(await statuses(3, fail)).toEqual([401, 401, 429]);
    expect((await gateway.get('/orders', there)).status).toBe(429);
    expect((await gateway.get('/orders', { ...bearer('wrong'), ...from('10.0.0.2') })).status).toBe(401);
    expect((await gateway.get('/orders', { ...(await tokenOf('ada')), ...there })).status).toBe(200);
  });

  it('is limited in forbidden requests too', async () => {
    await open(withTokens);
    const ada = await tokenOf('ada');
    expect(await statuses(4, () => gateway.get('/audit', ada))).toEqual([403, 403, 403, 429]);
  });
});

it('0 is no limit', async () => {
  await open({ RATE_LIMIT_READS: '0' });
  const seen = await statuses(20, () => gateway.get('/orders'));
  expect(new Set(seen)).toEqual(new Set([200]));
  expect((await gateway.get('/orders')).headers).not.toHaveProperty('ratelimit');
});
