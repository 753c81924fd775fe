import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { clientFor, held, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, pass, stopTime } from '../../test/stopped-time.ts';
import type { BreakerSettings } from './breaker.ts';
import { undiciTransport } from './transport.ts';

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

function clientOf(settings: Partial<BreakerSettings>) {
  const { client, close } = clientFor(target.url, settings);
  closing.push(close);
  return client;
}

describe('the timeout of a call that is not answered', () => {
  it('makes the outcome unknown and ends the request: the target sees the connection close', async () => {
    target.answer = () => {};
    const outcome = await clientOf({ timeoutMs: 1_000 }).call({ method: 'POST', path: '/slow' });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      reason: 'POST /slow: no answer within 1000 ms',
      mayHaveHappened: true,
    });
    await until(() => target.abandoned === 1);
  });

  it('also ends an answer that begins and never ends', async () => {
    target.answer = (_req, res) => void res.writeHead(200).write('{');
    const outcome = await clientOf({ timeoutMs: 1_000 }).call({ method: 'POST', path: '/slow' });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      reason: 'POST /slow: no answer within 1000 ms',
      mayHaveHappened: true,
    });
    await until(() => target.abandoned === 1);
  });

  it('is a new one for each attempt', async () => {
    target.answer = (_req, res) => {
      if (target.requests.length === 3) json(res, 200, {});
    };
    const outcome = await clientOf({ timeoutMs: 1_000 }).call({ method: 'GET', path: '/' });
    expect(outcome.kind).toBe('done');
    expect(target.requests).toHaveLength(3);
  });

  it('ends no other call', async () => {
    stopTime();
    const { answer, release } = held();
    target.answer = answer;
    const client = clientOf({ timeoutMs: 2_000 });
    const early = client.call({ method: 'POST', path: '/early' });
    await until(() => target.requests.length === 1);
    await pass(1_000);
    const late = client.call({ method: 'POST', path: '/late' });
    await until(() => target.requests.length === 2);
    await pass(1_000);
    expect((await early).kind).toBe('unknown');
    release();
    expect((await late).kind).toBe('done');
  });
});

describe('a call that its caller aborts', () => {
  it('ends at once, is not retried, and is no failure of the target', async () => {
    target.answer = () => {};
    const client = clientOf({});
    for (let i = 1; i <= 6; i++) {
      const caller = new AbortController();
      const call = client.call({ method: 'GET', path: '/', signal: caller.signal });
      await until(() => target.requests.length === i);
      caller.abort();
      expect(await call).toMatchObject({ kind: 'unknown', reason: 'GET /: the caller gave up', mayHaveHappened: true });
    }
    await until(() => target.abandoned === 6);
    expect(target.requests).toHaveLength(6);
    expect(client.breaker.state).toBe('CLOSED');
    expect(client.breaker.snapshot().stats.failures).toBe(0);
  });

  it('is never sent when it is aborted before', async () => {
    const outcome = await clientOf({}).call({ method: 'GET', path: '/', signal: AbortSignal.abort() });
    expect(outcome).toMatchObject({ kind: 'unknown', reason: 'GET /: the caller gave up', mayHaveHappened: false });
    expect(target.requests).toHaveLength(0);
  });

  it('is never sent when it is aborted while it waits for a connection', async () => {
    const { answer, waiting, release } = held();
    target.answer = answer;
    const transport = undiciTransport(new Agent({ connections: 1 }));
    closing.push(() => transport.close());
    const send = (path: string, signal: AbortSignal) =>
      transport.send({ method: 'POST', origin: target.url, path, headers: {}, body: undefined, signal });
    const [patient, hasty] = [new AbortController(), new AbortController()];
    const first = send('/first', patient.signal);
    await until(() => waiting.length === 1);
    const second = send('/second', hasty.signal);

    hasty.abort(new Error('no more'));

    await expect(second).rejects.toThrow('no more');
    const third = send('/third', patient.signal);
    release();
    target.answer = (_req, res) => json(res, 200, {});
    await Promise.all([first, third]);
    expect(target.requests.map(({ path }) => path)).toEqual(['/first', '/third']);
  });

  it('opens no connection when it is aborted before', async () => {
    const transport = undiciTransport();
    closing.push(() => transport.close());
    const signal = AbortSignal.abort(new Error('no more'));
    const sent = transport.send({ method: 'GET', origin: target.url, path: '/', headers: {}, body: undefined, signal });
    await expect(sent).rejects.toThrow('no more');
    expect(target.connections).toBe(0);
  });

  it('leaves no listener behind on the signal, whether it succeeds or fails', async () => {
    const { signal } = new AbortController();
    const client = clientOf({});
    await client.call({ method: 'GET', path: '/', signal });
    await target.close();
    await client.call({ method: 'POST', path: '/', signal });
    const transport = undiciTransport();
    closing.push(() => transport.close());
    const request = { method: 'GET', path: '/', headers: {}, body: undefined, signal };
    await expect(transport.send({ ...request, origin: target.url })).rejects.toThrow();
    const other = await startTarget();
    closing.push(other.close);
    await transport.send({ ...request, origin: other.url });

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a full bulkhead', () => {
  it('counts the calls it refuses', async () => {
    const { answer, waiting, release } = held();
    const { client, metrics, close } = clientFor(target.url, { capacity: 1 });
    const counted = async () => (await metrics.bulkheadRejections.get()).values;
    target.answer = (_req, res) => json(res, 500, {});
    await client.call({ method: 'POST', path: '/' });
    expect(await counted()).toMatchObject([{ labels: { target: 'target' }, value: 0 }]);
    target.answer = answer;
    const call = client.call({ method: 'GET', path: '/' });
    await until(() => waiting.length === 1);
    for (let i = 0; i < 3; i++) await client.call({ method: 'GET', path: '/' });
    release();
    await call;
    expect(await counted()).toMatchObject([{ labels: { target: 'target' }, value: 3 }]);
    await close();
  });

  it('refuses further calls without sending them, until there is room', async () => {
    const { answer, waiting, release } = held();
    target.answer = answer;
    const client = clientOf({ capacity: 2 });
    const calls = [client.call({ method: 'GET', path: '/' }), client.call({ method: 'GET', path: '/' })];
    await until(() => waiting.length === 2);
    const reason = 'GET /: too many calls under way';
    expect(await client.call({ method: 'GET', path: '/' })).toMatchObject({
      kind: 'unknown',
      reason,
      mayHaveHappened: false,
    });
    release();
    expect((await Promise.all(calls)).map(({ kind }) => kind)).toEqual(['done', 'done']);
    target.answer = (_req, res) => json(res, 200, {});
    expect((await client.call({ method: 'GET', path: '/' })).kind).toBe('done');
    expect(target.requests).toHaveLength(3);
  });

  it('says nothing about the target, so it does not open the breaker', async () => {
    const { answer, waiting, release } = held();
    target.answer = answer;
    const client = clientOf({ capacity: 1 });
    const call = client.call({ method: 'GET', path: '/' });
    await until(() => waiting.length === 1);
    for (let i = 0; i < 20; i++) await client.call({ method: 'GET', path: '/' });
    expect(client.breaker.snapshot()).toMatchObject({ state: 'CLOSED', stats: { fires: 1, failures: 0 } });
    release();
    await call;
  });

  it('frees the place of a call at its timeout', async () => {
    target.answer = () => {};
    const client = clientOf({ capacity: 1, timeoutMs: 1_000 });
    await client.call({ method: 'POST', path: '/' });
    target.answer = (_req, res) => json(res, 200, {});
    expect((await client.call({ method: 'POST', path: '/' })).kind).toBe('done');
  });
});
