import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientFor, held, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import { Breaker, type BreakerSettings } from './breaker.ts';
import { USUAL } from './breaker-config.ts';
import type { ServiceClient } from './client.ts';

let target: Target;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  target = await startTarget();
  target.answer = (req, res) => json(res, Number(req.url?.slice(1)), {});
  closing = [target.close];
});
afterEach(async () => {
  letTimeRun();
  for (const close of closing.reverse()) await close();
});

function clientOf(settings: Partial<BreakerSettings> = {}) {
  const made = clientFor(target.url, settings);
  closing.push(made.close);
  return made;
}

/** Without a key nothing is tried again, so that every call is one attempt. */
async function answered(client: ServiceClient, ...statuses: number[]): Promise<void> {
  for (const status of statuses) await client.call({ method: 'POST', path: `/${status}` });
}

async function opened(settings: Partial<BreakerSettings> = {}) {
  const made = clientOf(settings);
  await answered(made.client, 500, 500, 500, 500, 500);
  return made;
}

async function halfOpened(settings: Partial<BreakerSettings> = {}) {
  const made = await opened(settings);
  await until(() => made.client.breaker.state === 'HALF_OPEN');
  return made;
}

describe('a closed circuit breaker', () => {
  it('stays closed below five calls, whatever their outcomes', async () => {
    const { client } = clientOf();
    await answered(client, 500, 500, 500, 500);
    expect(client.breaker.state).toBe('CLOSED');
  });

  it('opens at the fifth failure of five', async () => {
    const { client, states } = await opened();
    expect(client.breaker.state).toBe('OPEN');
    expect(states).toEqual(['OPEN']);
  });

  it('stays closed below half of failures, and opens at exactly half', async () => {
    const { client } = clientOf();
    await answered(client, ...Array(51).fill(200), ...Array(50).fill(500));
    expect(client.breaker.state).toBe('CLOSED');
    await answered(client, 500);
    expect(client.breaker.state).toBe('OPEN');
  });

  it.each([
    ['counts a failure until its window is over', 9_999, 'OPEN'],
    ['counts no failure whose window is over', 10_000, 'CLOSED'],
  ])('%s', async (_what, ms, state) => {
    stopTime();
    const settings = { ...USUAL, name: 'target', timeoutMs: 2_000, resetMs: 60_000 };
    const breaker = new Breaker(
      () => Promise.reject(new Error('broken')),
      settings,
      () => {},
    );
    closing.push(async () => breaker.shutdown());
    const fail = () => expect(breaker.fire(undefined)).rejects.toThrow('broken');
    await pass(999);
    for (let i = 1; i < USUAL.volume; i++) await fail();
    await pass(ms - 999);
    await fail();
    expect(breaker.state).toBe(state);
  });

  it('opens at the share of failures, the number of calls and within the window that its settings say', async () => {
    const { client } = clientOf({ errorPercent: 75, volume: 8, windowMs: 60_000 });
    await answered(client, 200, 200, ...Array(5).fill(500));
    expect(client.breaker.state).toBe('CLOSED');
    await answered(client, 200, 500, 500, 500);
    expect(client.breaker.state).toBe('CLOSED');
    await answered(client, 500);
    expect(client.breaker.state).toBe('OPEN');
    const { errorThresholdPercentage, volumeThreshold, windowMs } = client.breaker.snapshot().config;
    expect([errorThresholdPercentage, volumeThreshold, windowMs]).toEqual([75, 8, 60_000]);
  });

  it.each([400, 404, 409, 422, 429])('does not count %i answers as failures', async (status) => {
    const { client } = clientOf();
    await answered(client, ...Array(10).fill(status));
    expect(client.breaker.state).toBe('CLOSED');
    expect(client.breaker.snapshot().stats).toMatchObject({ fires: 10, successes: 10, failures: 0 });
  });

  it('counts an answer that says this one request failed neither as a failure of the target nor as a success', async () => {
    const { client } = clientOf();
    target.answer = (_req, res) => json(res, 502, { code: 'PROVIDER_ERROR' });
    await answered(client, ...Array(10).fill(502));
    expect(client.breaker.state).toBe('CLOSED');
    expect(client.breaker.snapshot().stats).toMatchObject({ fires: 10, successes: 0, failures: 0 });
  });

  it.each([
    ['of another code', { code: 'BAD_GATEWAY' }],
    ['that is no problem document', undefined],
  ])('counts a 502 %s as a failure', async (_which, body) => {
    const { client } = clientOf();
    target.answer = (_req, res) => json(res, 502, body);
    await answered(client, 1, 1, 1, 1, 1);
    expect(client.breaker.state).toBe('OPEN');
  });

  it('counts cut connections as failures', async () => {
    const { client } = clientOf();
    target.answer = (req) => req.socket.destroy();
    await answered(client, 1, 1, 1, 1, 1);
    expect(client.breaker.state).toBe('OPEN');
  });

  it('counts each attempt of a call', async () => {
    const { client } = clientOf();
    await client.call({ method: 'GET', path: '/500' });
    expect(client.breaker.state).toBe('CLOSED');
    const outcome = await client.call({ method: 'GET', path: '/500' });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'GET /500: answered 500' });
    expect(target.requests).toHaveLength(5);
    expect(client.breaker.state).toBe('OPEN');
  });
});

describe('an open circuit breaker', () => {
  it('refuses calls without sending them, and they are not retried', async () => {
    const { client } = await opened({ resetMs: 60_000 });
    const retries: unknown[] = [];
    const outcome = await client.call({ method: 'GET', path: '/200', onRetry: (retry) => void retries.push(retry) });
    const reason = 'GET /200: the circuit breaker is open';
    expect(outcome).toMatchObject({ kind: 'unknown', reason, mayHaveHappened: false });
    expect(retries).toEqual([]);
    expect(target.requests).toHaveLength(5);
  });

  it('refuses as open even when its bulkhead is full, too', async () => {
    const { client } = clientOf({ capacity: 1, resetMs: 60_000 });
    const { answer, waiting, release } = held();
    target.answer = answer;
    const early = client.call({ method: 'POST', path: '/' });
    await until(() => waiting.length === 1);
    client.breaker.open();
    const reason = 'POST /: the circuit breaker is open';
    expect(await client.call({ method: 'POST', path: '/' })).toMatchObject({ kind: 'unknown', reason });
    release();
    await early;
  });

  it('is half open after the reset time', async () => {
    const { client } = await halfOpened();
    expect(client.breaker.state).toBe('HALF_OPEN');
  });

  it('can be closed by hand, and then forgets its failures', async () => {
    const { client, states } = await opened({ resetMs: 60_000 });
    for (let i = 0; i < 2; i++) client.breaker.reset();
    expect(client.breaker.state).toBe('CLOSED');
    expect(states).toEqual(['OPEN', 'CLOSED']);
    await answered(client, 500, 500, 500, 500);
    expect(client.breaker.state).toBe('CLOSED');
    expect(target.requests).toHaveLength(9);
  });
});

describe('a half-open circuit breaker', () => {
  it('lets one call through at a time', async () => {
    const { client } = await halfOpened();
    for (const probes of [1, 2]) {
      const { answer, waiting, release } = held();
      target.answer = answer;
      const probe = client.call({ method: 'POST', path: '/' });
      await until(() => waiting.length === 1);
      expect(await client.call({ method: 'POST', path: '/' })).toMatchObject({ kind: 'unknown' });
      expect(target.requests).toHaveLength(5 + probes);
      expect(client.breaker.snapshot().stats).toMatchObject({ fires: 5 + 2 * probes, rejects: probes });
      release();
      expect((await probe).kind).toBe('done');
    }
  });

  it('is not closed by a probe that succeeds after it has opened again', async () => {
    const { client } = await halfOpened();
    await answered(client, 200);
    const { answer, waiting, release } = held();
    target.answer = answer;
    const probe = client.call({ method: 'POST', path: '/' });
    await until(() => waiting.length === 1);
    client.breaker.open();
    release();
    expect((await probe).kind).toBe('done');
    expect(client.breaker.state).not.toBe('CLOSED');
  });

  it('closes after two successes, not after one', async () => {
    const { client, states } = await halfOpened();
    await answered(client, 200);
    expect(client.breaker.state).toBe('HALF_OPEN');
    await answered(client, 200);
    expect(client.breaker.state).toBe('CLOSED');
    expect(states).toEqual(['OPEN', 'HALF_OPEN', 'CLOSED']);
  });

  it('does not count the answer to a call from before it opened as a probe', async () => {
    const { client } = clientOf();
    const { answer: hold, waiting, release } = held();
    const { answer } = target;
    target.answer = (req, res) => (req.url === '/held' ? hold(req, res) : answer(req, res));
    const early = client.call({ method: 'POST', path: '/held' });
    await until(() => waiting.length === 1);
    await answered(client, 500, 500, 500, 500, 500);
    await until(() => client.breaker.state === 'HALF_OPEN');
    release();
    expect((await early).kind).toBe('done');
    await answered(client, 200);
    expect(client.breaker.state).toBe('HALF_OPEN');
    await answered(client, 200);
    expect(client.breaker.state).toBe('CLOSED');
  });

  it('opens again when a probe fails, even after one success', async () => {
    const { client } = clientOf();
    client.breaker.open();
    await until(() => client.breaker.state === 'HALF_OPEN');
    await answered(client, 200, 500);
    expect(client.breaker.state).toBe('OPEN');
    await until(() => client.breaker.state === 'HALF_OPEN');
    await answered(client, 200);
    expect(client.breaker.state).toBe('HALF_OPEN');
  });

  it('forgets the old failures when it closes', async () => {
    const { client } = await halfOpened();
    await answered(client, 200, 200);
    await answered(client, 500, 500, 500, 500);
    expect(client.breaker.state).toBe('CLOSED');
    await answered(client, 500);
    expect(client.breaker.state).toBe('OPEN');
  });

  it('opens again when a probe hangs until its timeout', async () => {
    const { client } = await halfOpened({ timeoutMs: 1_000 });
    const answer = target.answer;
    target.answer = () => {};
    expect((await client.call({ method: 'POST', path: '/' })).kind).toBe('unknown');
    expect(client.breaker.state).toBe('OPEN');
    target.answer = answer;
    await until(() => client.breaker.state === 'HALF_OPEN');
    await answered(client, 200, 200);
    expect(client.breaker.state).toBe('CLOSED');
  });

  it('is neither closed nor opened by probes that failed for reasons of their own', async () => {
    const { client, states } = await halfOpened();
    const { answer } = target;
    target.answer = (_req, res) => json(res, 502, { code: 'PROVIDER_ERROR' });
    await answered(client, 502, 502, 502);
    expect(states).toEqual(['OPEN', 'HALF_OPEN']);
    target.answer = answer;
    await answered(client, 200, 200);
    expect(client.breaker.state).toBe('CLOSED');
  });

  it('is not closed by probes that their caller aborted', async () => {
    const { client } = await halfOpened();
    const { answer, waiting } = held();
    target.answer = answer;
    for (let i = 1; i <= 3; i++) {
      const caller = new AbortController();
      const call = client.call({ method: 'POST', path: '/', signal: caller.signal });
      await until(() => waiting.length === i);
      caller.abort();
      await call;
    }
    expect(client.breaker.state).toBe('HALF_OPEN');
  });
});

describe('the state of a breaker', () => {
  it('is shown as a gauge', async () => {
    const { client, metrics } = clientOf();
    const gauge = async () => (await metrics.breakerState.get()).values[0]?.value;
    expect(await gauge()).toBe(0);
    await answered(client, 500, 500, 500, 500, 500);
    expect(await gauge()).toBe(1);
    await until(() => client.breaker.state === 'HALF_OPEN');
    expect(await gauge()).toBe(0.5);
    client.breaker.reset();
    expect(await gauge()).toBe(0);
  });

  it('is shown with its figures and settings', async () => {
    const { client } = clientOf({ resetMs: 60_000 });
    await answered(client, 200, 500, 500, 500, 500, 500);
    expect(client.breaker.snapshot()).toEqual({
      name: 'target',
      state: 'OPEN',
      stats: { fires: 6, successes: 1, failures: 4, rejects: 1 },
      config: {
        timeoutMs: 2_000,
        resetMs: 60_000,
        capacity: 512,
        errorThresholdPercentage: 50,
        volumeThreshold: 5,
        windowMs: 10_000,
      },
    });
  });
});
