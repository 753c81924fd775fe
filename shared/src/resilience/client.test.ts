import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { clientFor, held, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { letTimeRun, stopTime } from '../../test/stopped-time.ts';
import { endpoints } from '../contracts/endpoint.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { traceFrom, withTrace } from '../telemetry/trace.ts';
import { Addresses } from './addresses.ts';
import { USUAL } from './breaker-config.ts';
import type { Call } from './call.ts';
import { ServiceClient } from './client.ts';
import type { HttpRequest } from './transport.ts';

let target: Target;
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  target = await startTarget();
  closing = [target.close];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

function clientOf(url: string | readonly string[] = target.url) {
  const { client, close } = clientFor(url, {});
  closing.push(close);
  return client;
}

describe('a call', () => {
  it('sends method, path, JSON body and the Idempotency-Key', async () => {
    await clientOf().call({ method: 'POST', path: '/things?x=1', body: { count: 2 }, key: 'ORDER1:reserve' });
    expect(target.requests).toMatchObject([
      {
        method: 'POST',
        path: '/things?x=1',
        body: '{"count":2}',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'ORDER1:reserve' },
      },
    ]);
  });

  it('reuses connections', async () => {
    const client = clientOf();
    for (let i = 0; i < 20; i++) await client.call({ method: 'GET', path: '/' });
    expect(target.requests).toHaveLength(20);
    expect(target.connections).toBeLessThanOrEqual(2);
  });
});

describe('what a call sends', () => {
  let sent: HttpRequest[];
  beforeEach(() => {
    sent = [];
  });
  afterEach(letTimeRun);

  function clientWith(internalToken?: string) {
    const client = new ServiceClient({
      from: 'order',
      settings: { ...USUAL, name: 'target', timeoutMs: 2_000, resetMs: 20 },
      addresses: new Addresses(['http://target'], async () => true),
      transport: {
        send: async (request) => {
          sent.push(request);
          return { status: 200, headers: {}, body: '' };
        },
        close: async () => {},
      },
      metrics: createMetrics('order'),
      random: () => 0,
      internalToken,
      onBreaker: () => {},
    });
    closing.push(async () => client.close());
    return client;
  }
  const said = async (call: Partial<Call>, internalToken?: string) => {
    await clientWith(internalToken).call({ method: 'GET', path: '/', ...call });
    return sent.at(-1)?.headers;
  };
  const always = { 'X-Caller': 'service:order' };
  const [own, others] = ['a', 'c'].map((digit) =>
    traceFrom({ traceId: digit.repeat(32), spanId: 'b'.repeat(16) }, () => 0.5),
  );
  const carried = (trace = own) => ({
    traceparent: `00-${trace?.traceId}-${trace?.spanId}-01`,
    'X-Request-Id': trace?.requestId,
  });

  it('is the caller, and nothing more without need', async () => {
    expect(await said({})).toStrictEqual(always);
    expect(sent[0]).toMatchObject({ method: 'GET', body: undefined });
  });

  it('is the internal token, the key, and the headers of the call', async () => {
    expect(await said({}, 'let me in')).toStrictEqual({ ...always, 'X-Internal-Token': 'let me in' });
    expect(await said({ key: 'k' })).toStrictEqual({ ...always, 'Idempotency-Key': 'k' });
    expect(await said({ body: null })).toStrictEqual({ ...always, 'Content-Type': 'application/json' });
    expect(await said({ headers: { Accept: 'text/plain' } })).toStrictEqual({ ...always, Accept: 'text/plain' });
  });

  it('is the trace and the request id of the work under way, or else those of the call', async () => {
    expect(await said({ trace: others })).toStrictEqual({ ...always, ...carried(others) });
    expect(await withTrace(own as NonNullable<typeof own>, () => said({ trace: others }))).toStrictEqual({
      ...always,
      ...carried(own),
    });
  });

  it('leaves no timer behind', async () => {
    stopTime();
    const client = clientWith();
    const before = jest.getTimerCount();
    await client.call({ method: 'GET', path: '/' });
    expect(jest.getTimerCount()).toBe(before);
  });
});

describe('the outcome of a call', () => {
  it('is done with the data of a 2xx answer', async () => {
    target.answer = (_req, res) => json(res, 201, { id: 'x' });
    expect(await clientOf().call({ method: 'POST', path: '/' })).toEqual({
      kind: 'done',
      status: 201,
      data: { id: 'x' },
    });
  });

  it('is done without data when the answer has none', async () => {
    target.answer = (_req, res) => void res.writeHead(204).end();
    expect(await clientOf().call({ method: 'DELETE', path: '/' })).toEqual({
      kind: 'done',
      status: 204,
      data: undefined,
    });
  });

  it('is refused with code, reason and details of the problem', async () => {
    const problem = { code: 'OUT_OF_STOCK', detail: 'Not enough.', items: [{ productId: 'P1' }] };
    target.answer = (_req, res) => json(res, 409, problem);
    const outcome = await clientOf().call({ method: 'POST', path: '/', key: 'k' });
    expect(outcome).toEqual({ kind: 'refused', status: 409, code: 'OUT_OF_STOCK', reason: 'Not enough.', problem });
  });

  it('is refused with the status as the code when the answer is no problem document', async () => {
    target.answer = (_req, res) => void res.writeHead(404).end('<html>');
    const outcome = await clientOf().call({ method: 'GET', path: '/' });
    expect(outcome).toMatchObject({ kind: 'refused', status: 404, code: 'HTTP_404', reason: 'answered 404' });
  });

  it('is unknown after a 5xx, and the reason says which', async () => {
    target.answer = (_req, res) => json(res, 503, { code: 'PROVIDER_UNAVAILABLE' });
    expect(await clientOf().call({ method: 'POST', path: '/pay' })).toMatchObject({
      kind: 'unknown',
      reason: 'POST /pay: answered 503 PROVIDER_UNAVAILABLE',
      mayHaveHappened: true,
    });
  });

  it('is unknown when the connection is cut before the answer', async () => {
    target.answer = (req) => req.socket.destroy();
    const outcome = await clientOf().call({ method: 'POST', path: '/pay' });
    const reason = expect.stringMatching(/^POST \/pay: .+/);
    expect(outcome).toMatchObject({ kind: 'unknown', reason, mayHaveHappened: true });
  });

  it('is unknown when the connection is cut in the middle of the answer', async () => {
    target.answer = (req, res) => {
      res.writeHead(200, { 'Content-Length': '100' });
      res.write('{"id":', () => req.socket.destroy());
    };
    expect(await clientOf().call({ method: 'POST', path: '/' })).toMatchObject({
      kind: 'unknown',
      mayHaveHappened: true,
    });
  });

  it('is unknown when the connection is refused, and then it cannot have happened; the reason names no address', async () => {
    await target.close();
    const outcome = await clientOf().call({ method: 'POST', path: '/' });
    expect(outcome).toMatchObject({
      kind: 'unknown',
      reason: 'POST /: no connection (ECONNREFUSED)',
      mayHaveHappened: false,
    });
  });

  it('may have happened if any attempt got through, even if the last one did not', async () => {
    target.answer = (req) => {
      req.socket.destroy();
      target.close();
    };
    const outcome = await clientOf().call({ method: 'POST', path: '/', key: 'k' });
    const reason = expect.stringContaining('ECONNREFUSED');
    expect(outcome).toMatchObject({ kind: 'unknown', reason, mayHaveHappened: true });
  });
});

describe('a call of an endpoint', () => {
  const thing = endpoints('Things').put('/things/{id}/parts/{part}', {
    summary: 'A part of a thing',
    params: z.object({ id: z.string(), part: z.string() }),
    body: z.object({ count: z.int() }),
    answers: { 200: { description: 'The part', schema: z.object({ count: z.int() }) } },
  });
  const wanted = { params: { id: 'a/b', part: 'é' }, query: { dry: 'yes & no', none: undefined }, body: { count: 2 } };

  it('goes to its path, with its parameters, query, body and key', async () => {
    target.answer = (_req, res) => json(res, 200, { count: 2, more: true });
    const outcome = await clientOf().ask(thing, { ...wanted, key: 'K' });
    expect(outcome).toEqual({ kind: 'done', status: 200, data: { count: 2 } });
    const { method, path, body, headers } = target.requests[0] as (typeof target.requests)[0];
    expect([method, path, body]).toEqual(['PUT', '/things/a%2Fb/parts/%C3%A9?dry=yes+%26+no', '{"count":2}']);
    expect(headers['idempotency-key']).toBe('K');
  });

  it('that needs a part of the answer does not fail because of another part', async () => {
    target.answer = (_req, res) => json(res, 200, { count: 'two', name: 'lamp' });
    const named = (data: object) => ('name' in data ? { name: data.name } : undefined);
    const outcome = await clientOf().ask(thing, wanted, named);
    expect(outcome).toEqual({ kind: 'done', status: 200, data: { name: 'lamp' } });
    target.answer = (_req, res) => json(res, 200, { count: 2 });
    expect((await clientOf().ask(thing, wanted, named)).kind).toBe('unknown');
    target.answer = (_req, res) => json(res, 200, null);
    expect((await clientOf().ask(thing, wanted, named)).kind).toBe('unknown');
  });

  it('is refused like any other', async () => {
    target.answer = (_req, res) => json(res, 409, { code: 'NO_SUCH_PART', detail: 'There is none.' });
    expect(await clientOf().ask(thing, wanted)).toMatchObject({ kind: 'refused', code: 'NO_SUCH_PART' });
  });

  it.each([
    ['another body', 200, { count: 'two' }, 'expected number'],
    ['a status of which it says nothing', 202, { count: 2 }, 'undefined'],
  ])('whose answer is %s may have happened, and what is wrong is kept', async (_what, status, body, wrong) => {
    target.answer = (_req, res) => json(res, status, body);
    const path = '/things/a%2Fb/parts/%C3%A9?dry=yes+%26+no';
    const reason = `PUT ${path}: answered ${status}, but not what its contract says`;
    const outcome = await clientOf().ask(thing, wanted);
    expect(outcome).toMatchObject({ kind: 'unknown', reason, mayHaveHappened: true });
    expect(String((outcome as { cause?: unknown }).cause)).toContain(wrong);
  });
});

describe('of two addresses', () => {
  let other: Target;
  beforeEach(async () => {
    other = await startTarget();
    closing.push(other.close);
  });
  const counts = () => [target.requests.length, other.requests.length];

  it('the one at which a call failed is left out, so that no other call needs a retry', async () => {
    target.answer = (req) => req.socket.destroy();
    const client = clientOf([target.url, other.url]);
    for (let i = 0; i < 6; i++) await client.call({ method: 'GET', path: '/' });
    expect(counts()).toEqual([1, 6]);
  });

  it('the one that fails a request for reasons of its own is not left out', async () => {
    target.answer = (_req, res) => json(res, 500, {});
    const client = clientOf([target.url, other.url]);
    for (let i = 0; i < 4; i++) await client.call({ method: 'POST', path: '/' });
    expect(counts()).toEqual([2, 2]);
  });

  it('the one with fewer calls under way gets the next, and a call that is over does not count', async () => {
    const { answer, waiting, release } = held();
    target.answer = answer;
    const client = clientOf([target.url, other.url]);
    const slow = [client.call({ method: 'GET', path: '/' }), client.call({ method: 'GET', path: '/' })];
    await until(() => waiting.length === 1 && other.requests.length === 1);
    await slow[1];
    for (let i = 0; i < 4; i++) await client.call({ method: 'GET', path: '/' });
    expect(counts()).toEqual([1, 5]);
    release();
    await Promise.all(slow);
  });
});
