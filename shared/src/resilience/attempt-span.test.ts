import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { clientFor, inTurn, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { Recorder } from '../../../tests/support/recorder.ts';
import { traceOf, withTrace } from '../telemetry/trace.ts';
import type { BreakerSettings } from './breaker.ts';
import type { Call } from './call.ts';

let target: Target;
let recorder: Recorder;
let closing: (() => Promise<void>)[];
beforeEach(async () => {
  target = await startTarget();
  recorder = new Recorder();
  closing = [target.close];
});
afterEach(async () => {
  for (const close of closing.reverse()) await close();
});

const get: Call = { method: 'GET', path: '/things/secret?q=1' };

async function calls(times: number, how: Partial<BreakerSettings> = {}) {
  const { client, close } = clientFor(target.url, how);
  closing.push(close);
  const trace = recorder.begin(traceOf(undefined, undefined, Math.random), 'asked', 'server');
  for (let i = 0; i < times; i++) await withTrace(trace, () => client.call(get));
  trace.span?.end();
  return recorder.spans.slice(1);
}

describe('each attempt of a call', () => {
  it('is recorded, and the parent of what the target records', async () => {
    target.answer = inTurn(503, 503, 200);
    const attempts = await calls(1);
    const sent = target.requests.map(({ headers }) => headers.traceparent);
    expect(sent).toEqual(attempts.map(({ trace }) => `00-${trace.traceId}-${trace.spanId}-01`));
    expect(new Set(sent).size).toBe(3);
    expect(recorder.tree()).toBe('asked\n  GET target !\n  GET target !\n  GET target');
    expect(attempts.map(({ kind, failure, attributes }) => [kind, failure, attributes])).toMatchObject([
      [
        'client',
        'answered 503',
        { attempt: 1, breaker: 'CLOSED', 'http.response.status_code': 503, 'error.type': '503' },
      ],
      ['client', 'answered 503', { attempt: 2, 'http.request.resend_count': 1 }],
      ['client', undefined, { attempt: 3, 'peer.service': 'target', 'http.response.status_code': 200 }],
    ]);
    const { port } = new URL(target.url);
    const where = { 'server.address': '127.0.0.1', 'server.port': Number(port), 'url.full': `${target.url}/REDACTED` };
    for (const { attributes } of attempts) expect(attributes).toMatchObject(where);
    expect(attempts[0]?.attributes).not.toHaveProperty('http.request.resend_count');
    expect(JSON.stringify(attempts.map(({ name, attributes }) => [name, attributes]))).not.toContain('secret');
  });

  it('names the service that is called, whatever its client is called', async () => {
    const [attempt] = await calls(1, { service: 'order' });
    expect(attempt).toMatchObject({ name: 'GET target', attributes: { 'peer.service': 'order' } });
  });

  it('that is refused is no error', async () => {
    target.answer = (_req, res) => json(res, 409, { code: 'OUT_OF_STOCK' });
    const [attempt] = await calls(1);
    expect(attempt).toMatchObject({ failure: undefined, attributes: { 'http.response.status_code': 409 } });
  });

  it('that an open breaker refuses says so, and is not sent', async () => {
    target.answer = inTurn(500);
    const attempts = await calls(3, { resetMs: 60_000 });
    expect(target.requests).toHaveLength(5);
    expect(attempts).toHaveLength(6);
    const attributes = { breaker: 'OPEN', 'error.type': expect.stringMatching(/^[A-Z_]+$/) };
    expect(attempts.at(-1)).toMatchObject({ failure: 'the circuit breaker is open', attributes });
    expect(attempts.at(-1)?.attributes).not.toHaveProperty('server.address');
  });

  it('ends at its timeout', async () => {
    target.answer = () => {};
    const [attempt] = await calls(1, { timeoutMs: 20 });
    expect(attempt).toMatchObject({ ends: 1, failure: expect.stringContaining('no answer within 20 ms') });
    expect(attempt?.attributes).not.toHaveProperty('http.response.status_code');
    // Of few kinds: the message has the time in it.
    expect(attempt?.attributes['error.type']).toMatch(/^[A-Za-z_]+$/);
  });
});
