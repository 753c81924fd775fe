import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { clientFor, inTurn, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import type { BreakerSettings } from './breaker.ts';
import type { Call, Retry } from './call.ts';

let target: Target;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  target = await startTarget();
  closing = [target.close];
});
afterEach(async () => {
  letTimeRun();
  for (const close of closing.reverse()) await close();
});

function clientOf(how: Partial<BreakerSettings & { random(): number }> = {}) {
  const made = clientFor(target.url, how);
  closing.push(made.close);
  return made;
}

const keyed: Call = { method: 'POST', path: '/keyed', body: { a: 1 }, key: 'k1' };

describe('what is retried', () => {
  it.each([
    ['a GET', { method: 'GET', path: '/' }],
    ['a POST with a key', keyed],
    ['a PUT with a key', { ...keyed, method: 'PUT' }],
    ['a DELETE with a key', { ...keyed, method: 'DELETE' }],
  ] satisfies [string, Call][])('%s, three times', async (_what, call) => {
    target.answer = inTurn(503);
    expect((await clientOf().client.call(call)).kind).toBe('unknown');
    expect(target.requests).toHaveLength(4);
  });

  it.each(['POST', 'PUT', 'DELETE'] as const)('a %s without a key is not', async (method) => {
    target.answer = inTurn(503);
    expect((await clientOf().client.call({ method, path: '/' })).kind).toBe('unknown');
    expect(target.requests).toHaveLength(1);
  });

  it.each([401, 403, 429, 500, 502, 503, 504])('a %i answer, until there is another', async (status) => {
    target.answer = inTurn(status, status, 200);
    expect((await clientOf().client.call(keyed)).kind).toBe('done');
    expect(target.requests).toHaveLength(3);
  });

  it('a cut connection, until there is an answer', async () => {
    target.answer = (req, res) => (target.requests.length < 3 ? req.socket.destroy() : json(res, 200, {}));
    expect((await clientOf().client.call(keyed)).kind).toBe('done');
    expect(target.requests).toHaveLength(3);
  });

  it('a request whose first attempt still runs at the target: a 409 that is no refusal', async () => {
    target.answer = (_req, res) =>
      target.requests.length < 2 ? json(res, 409, { code: 'REQUEST_IN_PROGRESS' }) : json(res, 201, {});
    expect(await clientOf().client.call(keyed)).toMatchObject({ kind: 'done', status: 201 });
  });

  it('a request whose first attempt never ends at the target ends as unknown', async () => {
    target.answer = (_req, res) => json(res, 409, { code: 'REQUEST_IN_PROGRESS' });
    const reason = 'POST /keyed: answered 409 REQUEST_IN_PROGRESS';
    expect(await clientOf().client.call(keyed)).toMatchObject({ kind: 'unknown', reason, mayHaveHappened: true });
  });

  it.each([400, 402, 404, 409, 422])('a %i answer is not', async (status) => {
    target.answer = inTurn(status);
    expect((await clientOf().client.call(keyed)).kind).toBe('refused');
    expect(target.requests).toHaveLength(1);
  });

  it('every attempt is the same request with the same key', async () => {
    target.answer = inTurn(503);
    await clientOf().client.call(keyed);
    const seen = target.requests.map(({ method, path, body, headers }) => [
      method,
      path,
      body,
      headers['idempotency-key'],
    ]);
    expect(seen).toEqual(Array(4).fill(['POST', '/keyed', '{"a":1}', 'k1']));
  });
});

describe('the backoff between attempts', () => {
  async function pausesOf(random: number, retryAfter?: string): Promise<number[]> {
    target.answer = (_req, res) => json(res, 503, {}, retryAfter === undefined ? {} : { 'Retry-After': retryAfter });
    const retries: Retry[] = [];
    const onRetry = (retry: Retry) => void retries.push(retry);
    await clientOf({ random: () => random }).client.call({ ...keyed, onRetry });
    return retries.map(({ waitMs }) => waitMs);
  }

  it('is anywhere below one, two and three seconds', async () => {
    expect(await pausesOf(0)).toEqual([0, 0, 0]);
    expect(await pausesOf(0.01)).toEqual([10, 20, 30]);
  });

  it('is as long as Retry-After says, if that is longer', async () => {
    expect(await pausesOf(0, '0.05')).toEqual([50, 50, 50]);
  });

  it('is over before the next attempt is sent', async () => {
    stopTime();
    target.answer = (_req, res) => json(res, 503, {}, { 'Retry-After': '5' });
    const retries: Retry[] = [];
    const calling = clientOf().client.call({ ...keyed, onRetry: (retry) => void retries.push(retry) });
    for (const attempts of [1, 2, 3]) {
      await until(() => retries.length === attempts);
      await pass(4_999);
      await fetch(target.url);
      expect(target.requests.filter(({ path }) => path === '/keyed')).toHaveLength(attempts);
      await pass(1);
    }
    expect((await calling).kind).toBe('unknown');
  });

  it('is ten seconds at most, whatever Retry-After says, and ends when the caller aborts', async () => {
    target.answer = (_req, res) => json(res, 503, {}, { 'Retry-After': '3600' });
    const caller = new AbortController();
    stopTime();
    const waits: number[] = [];
    const onRetry = ({ waitMs }: Retry) => {
      waits.push(waitMs);
      setImmediate(() => caller.abort());
    };
    const outcome = await clientOf().client.call({ ...keyed, onRetry, signal: caller.signal });
    expect(waits).toEqual([10_000]);
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'POST /keyed: the caller gave up' });
    expect(target.requests).toHaveLength(1);
  });

  it('understands a date in Retry-After', async () => {
    stopTime();
    jest.setSystemTime(Date.UTC(2026, 0, 1));
    const caller = new AbortController();
    target.answer = (_req, res) => json(res, 503, {}, { 'Retry-After': new Date(Date.now() + 5_000).toUTCString() });
    const waits: number[] = [];
    const onRetry = ({ waitMs }: Retry) => {
      waits.push(waitMs);
      caller.abort();
    };
    await clientOf().client.call({ ...keyed, onRetry, signal: caller.signal });
    expect(waits).toEqual([5_000]);
  });
});

describe('a request that fails alone, while the target is well', () => {
  const fails = (_req: unknown, res: ServerResponse) => json(res, 502, { code: 'PROVIDER_ERROR' });

  it('is sent once more at once, with the same key', async () => {
    target.answer = (_req, res) => (target.requests.length < 2 ? fails(_req, res) : json(res, 201, {}));
    const retries: Retry[] = [];
    const onRetry = (retry: Retry) => void retries.push(retry);
    const { client } = clientOf({ random: () => 0.9 });
    expect((await client.call({ ...keyed, onRetry })).kind).toBe('done');
    expect(retries).toMatchObject([{ waitMs: 0, reason: 'answered 502 PROVIDER_ERROR', mayHaveHappened: true }]);
    expect(target.requests.map(({ headers }) => headers['idempotency-key'])).toEqual(['k1', 'k1']);
  });

  it('is not sent a third time, and may have happened', async () => {
    target.answer = fails;
    const reason = 'POST /keyed: answered 502 PROVIDER_ERROR';
    expect(await clientOf().client.call(keyed)).toMatchObject({ kind: 'unknown', reason, mayHaveHappened: true });
    expect(target.requests).toHaveLength(2);
  });

  it('without a key is not sent again', async () => {
    target.answer = fails;
    await clientOf().client.call({ method: 'POST', path: '/' });
    expect(target.requests).toHaveLength(1);
  });

  it('spends nothing of the retry budget of all calls', async () => {
    target.answer = fails;
    const { client } = clientOf();
    for (let i = 0; i < 100; i++) await client.call(keyed);
    target.answer = inTurn(429, 429, 429, 200);
    expect((await client.call(keyed)).kind).toBe('done');
  });
});

describe('onRetry', () => {
  it('gets the reason, the length of the backoff and the state of the breaker', async () => {
    target.answer = inTurn(503, 500, 200);
    const retries: Retry[] = [];
    const { client, metrics } = clientOf();
    const counted = async () => (await metrics.retryCount.get()).values;
    expect(await counted()).toMatchObject([{ labels: { target: 'target' }, value: 0 }]);
    await client.call({ ...keyed, onRetry: (retry) => void retries.push(retry) });
    expect(retries).toEqual([
      { attempt: 1, waitMs: 0, reason: 'answered 503', breaker: 'CLOSED', mayHaveHappened: true },
      { attempt: 2, waitMs: 0, reason: 'answered 500', breaker: 'CLOSED', mayHaveHappened: true },
    ]);
    expect(await counted()).toMatchObject([{ labels: { target: 'target' }, value: 2 }]);
  });

  it('has finished before the next attempt is sent', async () => {
    target.answer = (req, res) => json(res, req.url === '/keyed' ? 503 : 200, {});
    const onRetry = async () => {
      for (let i = 0; i < 2; i++) await fetch(`${target.url}/journal`);
    };
    await clientOf().client.call({ ...keyed, onRetry });
    const round = ['/keyed', '/journal', '/journal'];
    expect(target.requests.map(({ path }) => path)).toEqual([...round, ...round, ...round, '/keyed']);
  });
});

describe('the retries of all calls together', () => {
  it('are limited, so that an outage is not multiplied', async () => {
    // A 429 does not count for the breaker.
    target.answer = inTurn(429);
    const { client } = clientOf();
    const calls = 40;
    for (let i = 0; i < calls; i++) await client.call({ method: 'GET', path: '/' });
    const retries = target.requests.length - calls;
    // Fifty, and one fifth for each call that finds less.
    expect(retries).toBe(57);
  });
});
