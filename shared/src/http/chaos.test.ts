import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import { chaosRateOf } from '../service/chaos.ts';
import { parseEnv, processVariables } from '../service/config.ts';

let tiny: Tiny;
afterEach(() => {
  letTimeRun();
  return tiny.close();
});

const put = (data: unknown) =>
  ask(`${tiny.url}/chaos`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(data),
  });
const codeOf = async (path: string) => (await ask(tiny.url + path)).body.code;

const NEVER_FAILED = ['/health', '/livez', '/readyz', '/metrics', '/chaos'];

describe('chaos on request', () => {
  it('shows what is injected, and until when', async () => {
    tiny = await startTiny();
    const calm = { enabled: false, failureRate: 0, latencyMs: 0, dropRate: 0, expiresAt: null };
    expect((await ask(`${tiny.url}/chaos`)).body).toEqual(calm);
    const set = { ...calm, enabled: true, failureRate: 0.5, expiresAt: '2026-01-01T00:05:00.000Z' };
    expect((await put({ failureRate: 0.5 })).body).toEqual(set);
    expect((await ask(`${tiny.url}/chaos`)).body).toEqual(set);
  });

  it('fails the requested share of requests, but never health, metrics or itself', async () => {
    tiny = await startTiny();
    await put({ failureRate: 0.3 });
    tiny.chance.next = 0.29;
    const { status, body } = await ask(`${tiny.url}/things/a`);
    expect([status, body.code]).toEqual([500, 'CHAOS_INJECTED']);
    for (const path of NEVER_FAILED) expect((await ask(tiny.url + path)).status).toBe(200);
    tiny.chance.next = 0.3;
    expect((await ask(`${tiny.url}/things/a`)).status).toBe(200);
  });

  it('makes requests slow', async () => {
    tiny = await startTiny();
    await put({ latencyMs: 60 });
    stopTime();
    let status: number | undefined;
    ask(`${tiny.url}/things/a`).then((answer) => (status = answer.status));
    await until(() => jest.getTimerCount() === 1);
    await pass(59);
    await ask(`${tiny.url}/health`);
    expect(status).toBeUndefined();
    await pass(1);
    await until(() => status === 200);
  });

  it('cuts the connection after the request was carried out', async () => {
    tiny = await startTiny();
    await put({ dropRate: 1 });
    const create = () => post(`${tiny.url}/things`, { id: 'lost', size: 1 }, { 'Idempotency-Key': 'k' });
    await expect(create()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect((await tiny.store.read('thing/lost'))?.data).toEqual({ id: 'lost', size: 1 });
    await put({ enabled: false });
    expect((await create()).headers['idempotent-replayed']).toBe('true');
  });

  it.each([
    [{ failureRate: 1 }, 300],
    [{ failureRate: 1, ttlSeconds: 20 }, 20],
  ])('%j is over after %i seconds', async (change, seconds) => {
    tiny = await startTiny();
    await put(change);
    tiny.clock.now += seconds * 1000 - 1;
    expect(await codeOf('/things/a')).toBe('CHAOS_INJECTED');
    tiny.clock.now += 1;
    expect(await codeOf('/things/a')).toBeUndefined();
  });

  it.each([{ failureRate: 2 }, { dropRate: -1 }, { latencyMs: 1.5 }, { ttlSeconds: 3601 }])(
    'is 400 with %j',
    async (change) => {
      tiny = await startTiny();
      expect((await put(change)).status).toBe(400);
    },
  );

  it('is 404 unless CHAOS_API opens it', async () => {
    tiny = await startTiny({ chaosApi: false });
    for (const answer of [await put({ failureRate: 1 }), await ask(`${tiny.url}/chaos`)]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    }
    expect(await codeOf('/things/a')).toBeUndefined();
  });
});

describe('chaosMode in a query', () => {
  const page = (site: string) => ({ headers: { 'Sec-Fetch-Site': site } });

  it('turns chaos on for five minutes, also in what is only read, and off', async () => {
    tiny = await startTiny();
    expect((await ask(`${tiny.url}/things/a?chaosMode=true`)).status).toBe(200);
    const { body } = await ask(`${tiny.url}/chaos`);
    expect(body).toMatchObject({ enabled: true, failureRate: 0.05, expiresAt: '2026-01-01T00:05:00.000Z' });
    tiny.chance.next = 0.049;
    expect(await codeOf('/things/a')).toBe('CHAOS_INJECTED');
    await ask(`${tiny.url}/things/a?chaosMode=false`);
    expect(await codeOf('/things/a')).toBeUndefined();
  });

  it('is obeyed by a request that would else fail', async () => {
    tiny = await startTiny();
    tiny.chance.next = 0;
    for (const chaosMode of [true, true, false]) {
      expect((await ask(`${tiny.url}/things/a?chaosMode=${chaosMode}`)).status).toBe(200);
    }
    expect(tiny.parts.chaos.now().enabled).toBe(false);
  });

  it('has the rate that the service has with CHAOS_RATE', async () => {
    tiny = await startTiny({ chaosRate: 0.3 });
    await put({ enabled: false });
    await ask(`${tiny.url}/things/a?chaosMode=true`);
    expect((await ask(`${tiny.url}/chaos`)).body.failureRate).toBe(0.3);
  });

  it.each([
    ['of a customer', { headers: { 'X-Caller': 'customer:ada' } }, 403],
    ['that a page of another site has a browser send', page('cross-site'), 403],
    ['that a page of another port has a browser send', page('same-site'), 403],
    ['under a name that somebody else pointed here', { headers: { Host: 'evil.example' } }, 403],
  ])('changes nothing in a request %s', async (_who, request, status) => {
    tiny = await startTiny();
    expect((await ask(`${tiny.url}/things/a?chaosMode=true`, request)).status).toBe(status);
    expect((await ask(`${tiny.url}/chaos`)).body.enabled).toBe(false);
  });

  it('changes nothing unless CHAOS_API opens it', async () => {
    tiny = await startTiny({ chaosApi: false });
    await ask(`${tiny.url}/things/a?chaosMode=true`);
    expect(tiny.parts.chaos.now().enabled).toBe(false);
  });
});

describe('the share of requests that fail from the start', () => {
  it.each([
    ['is none', {}, 0],
    ['is one in twenty with CHAOS_MODE=true', { CHAOS_MODE: 'true' }, 0.05],
    ['is what CHAOS_RATE says, with CHAOS_MODE=true or without', { CHAOS_RATE: '0.2' }, 0.2],
    ['is none with a rate of 0, even with CHAOS_MODE=true', { CHAOS_MODE: 'true', CHAOS_RATE: '0' }, 0],
    ['is what CHAOS_RATE says for this service', { CHAOS_RATE: '0.1,tiny=0.3,order=1' }, 0.3],
    ['is the usual one where CHAOS_RATE is for others', { CHAOS_MODE: 'true', CHAOS_RATE: 'order=1' }, 0.05],
    ['is none where CHAOS_RATE is for others', { CHAOS_RATE: 'order=.5' }, 0],
  ])('%s', (_how, env, rate) => expect(chaosRateOf('tiny', parseEnv(processVariables(0), env))).toBe(rate));

  it.each(['2', '-1', 'x', '0.1,', 'order=', 'order=2', '=1'])('cannot be %j', (text) => {
    expect(() => parseEnv(processVariables(0), { CHAOS_RATE: text })).toThrow('CHAOS_RATE: ');
  });
});

describe('CHAOS_MODE', () => {
  it('fails one request in twenty from the start', async () => {
    tiny = await startTiny({ chaosRate: 0.05 });
    tiny.chance.next = 0.049;
    expect(await codeOf('/things/a')).toBe('CHAOS_INJECTED');
    tiny.chance.next = 0.05;
    expect(await codeOf('/things/a')).toBeUndefined();
  });

  it('comes back when another setting has expired', async () => {
    tiny = await startTiny({ chaosRate: 0.05 });
    tiny.chance.next = 0;
    await put({ enabled: false, ttlSeconds: 10 });
    expect(await codeOf('/things/a')).toBeUndefined();
    tiny.clock.now += 10_000;
    expect(await codeOf('/things/a')).toBe('CHAOS_INJECTED');
  });
});
