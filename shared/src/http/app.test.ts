import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';

let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.close());

const json = { 'Content-Type': 'application/json' };

describe('a request that cannot be served is answered with a problem', () => {
  it('that has every member of RFC 9457', async () => {
    const { status, headers, body } = await ask(`${tiny.url}/nothing?a=1`);
    expect(status).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).toEqual({
      type: '/problems/route-not-found',
      title: 'Route not found',
      status: 404,
      detail: 'There is no GET /nothing.',
      instance: '/nothing?a=1',
      code: 'ROUTE_NOT_FOUND',
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  it('405 with Allow for another method of a known path', async () => {
    const { status, headers, body } = await ask(`${tiny.url}/things`, { method: 'DELETE' });
    expect([status, body.code, headers.allow]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST, HEAD']);
  });

  it('400 with every wrong field', async () => {
    const { status, body } = await post(`${tiny.url}/things`, { id: 'a/b', size: 0 });
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.errors).toMatchObject([{ path: 'id' }, { path: 'size' }]);
  });

  it.each([
    ['a path that is no id', '/things/a%20b', 'id'],
    ['a path that cannot be decoded', '/things/%ff', 'path'],
    ['a query that is no number', '/things/a?times=x', 'times'],
    ['a query given twice', '/things/a?times=1&times=2', 'times'],
  ])('400 for %s', async (_what, path, field) => {
    const { status, body } = await ask(tiny.url + path);
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
    expect(body.errors).toMatchObject([{ path: field }]);
  });

  it('400 for a body that is missing', async () => {
    const { status, body } = await ask(`${tiny.url}/things`, { method: 'POST' });
    expect([status, body.errors]).toEqual([400, [{ path: 'body', message: 'is required' }]]);
  });

  it('400 for invalid JSON', async () => {
    const { status, body } = await post(`${tiny.url}/things`, '{"id":');
    expect([status, body.code]).toEqual([400, 'MALFORMED_JSON']);
  });

  it.each(['{"__proto__":{"x":1}}', '{"id":"a","size":1,"more":[{"constructor":1}]}', '{"prototype":1}'])(
    '400 for a prototype key: %s',
    async (text) => {
      const { status, body } = await post(`${tiny.url}/things`, text);
      expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
      expect(body.detail).toContain('is not an allowed key');
    },
  );

  it('400 for a body nested so deep that it would exhaust the stack', async () => {
    const { status, body } = await post(`${tiny.url}/things`, '['.repeat(50_000) + ']'.repeat(50_000));
    expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
  });

  it('413 for a body over 100 kB, announced or not', async () => {
    const body = JSON.stringify({ id: 'big', size: 1, more: 'x'.repeat(101 * 1024) });
    const announced = await post(`${tiny.url}/things`, body, { 'Content-Length': String(body.length) });
    const chunked = await post(`${tiny.url}/things`, body, { 'Transfer-Encoding': 'chunked' });
    for (const { status, body } of [announced, chunked]) {
      expect([status, body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    }
  });

  it.each([
    ['no content type', {}],
    ['another content type', { 'Content-Type': 'text/plain' }],
    ['an unknown charset', { 'Content-Type': 'application/json; charset=x-none' }],
    ['an unknown encoding', { ...json, 'Content-Encoding': 'x-none' }],
  ])('415 for a body with %s', async (_what, headers) => {
    const { status, body } = await ask(`${tiny.url}/things`, { method: 'POST', headers, body: '{}' });
    expect([status, body.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('503 with Retry-After when a service it needs is not available', async () => {
    const { status, headers, body } = await post(`${tiny.url}/busy`, {});
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'SERVICE_UNAVAILABLE', '7']);
  });

  it('500 without any detail of the error, which is logged', async () => {
    const logged = jest.spyOn(tiny.log, 'error');
    const { status, body, text } = await ask(`${tiny.url}/fail`);
    expect([status, body.code]).toEqual([500, 'INTERNAL']);
    expect(text).not.toContain('secret');
    expect(logged.mock.calls).toMatchObject([
      ['request failed', { error: { message: 'a secret detail' }, path: '/fail', traceId: body.traceId }],
    ]);
    logged.mockRestore();
  });
});

describe('an answer', () => {
  it('leaves unknown fields of the request out', async () => {
    const { status, body } = await post(`${tiny.url}/things`, { id: 'plain', size: 2, colour: 'red' });
    expect([status, body]).toEqual([201, { id: 'plain', size: 2 }]);
  });

  it('has no body to a HEAD request', async () => {
    const { status, headers, text } = await ask(`${tiny.url}/things/a`, { method: 'HEAD' });
    expect([status, headers['content-length'], text]).toEqual([200, '20', '']);
  });

  it('may be binary', async () => {
    const res = await fetch(`${tiny.url}/bytes`);
    expect(res.headers.get('content-type')).toBe('application/octet-stream');
    expect([...new Uint8Array(await res.arrayBuffer())]).toEqual([0, 255, 195, 169]);
  });

  it('does not name its software, and forbids guessing its type', async () => {
    const { headers } = await ask(`${tiny.url}/things/a`);
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a request is identified', () => {
  const traceId = 'a'.repeat(32);

  it('by the trace it belongs to, in problems and in events', async () => {
    const headers = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` };
    const { body } = await ask(`${tiny.url}/nothing`, { headers });
    expect(body.traceId).toBe(traceId);
    await post(`${tiny.url}/things`, { id: 'traced', size: 1 }, headers);
    expect((await tiny.store.events({ stream: 'thing/traced', limit: 1 }))[0]?.traceId).toBe(traceId);
  });

  it('by the X-Request-Id it came with', async () => {
    const { headers } = await ask(`${tiny.url}/things/a`, { headers: { 'X-Request-Id': 'my-request' } });
    expect(headers['x-request-id']).toBe('my-request');
  });

  it.each(['', 'with space', 'x'.repeat(129)])('by a new id when the one it came with is "%s"', async (id) => {
    const { headers } = await ask(`${tiny.url}/things/a`, { headers: { 'X-Request-Id': id } });
    expect(headers['x-request-id']).toMatch(/^[0-9a-f]{32}-[0-9a-f]{16}$/);
  });

  it('in the log, with trace and order, and in the metrics by its route pattern', async () => {
    const logged = jest.spyOn(tiny.log, 'log');
    await ask(`${tiny.url}/things/secret-id`, { headers: { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` } });
    await ask(`${tiny.url}/health`);
    const fields = { method: 'GET', path: '/things/secret-id', status: 200, traceId, orderId: 'order-of-secret-id' };
    expect(logged.mock.calls).toMatchObject([
      ['info', 'request', fields],
      ['debug', 'request', { path: '/health' }],
    ]);
    logged.mockRestore();
    const { text } = await ask(`${tiny.url}/metrics`);
    expect(text).toContain('method="GET",route="/things/{id}",status="200"');
    expect(text).not.toContain('secret-id');
    expect(text).toContain('route="unmatched",status="404"');
  });

  it('in the log, with the customer who sent it or whom it is about; never with a name or an address', async () => {
    const logged = jest.spyOn(tiny.log, 'log');
    const said = async (path: string, headers: Record<string, string>) => {
      logged.mockClear();
      await ask(`${tiny.url}${path}`, { headers });
      return logged.mock.calls[0]?.[2 as never] as Record<string, unknown>;
    };
    const hers = await said('/shop', { 'X-Caller': 'customer:ada', 'X-Caller-Email': 'ada@shop.example' });
    expect(hers).toMatchObject({ path: '/shop', status: 200, customerId: 'ada' });
    expect(JSON.stringify(hers)).not.toContain('@');
    expect(await said('/things/a', { 'X-Caller': 'operator:eve' })).toMatchObject({ customerId: 'customer-of-a' });
    expect(await said('/things/a', { 'X-Caller': 'service:order' })).toMatchObject({ customerId: 'customer-of-a' });
    logged.mockRestore();
  });

  it.each([
    ['a poll of the feed', '/events?limit=1', {}, 'debug'],
    ['a stream', '/stream', {}, 'info'],
    ['a stream of the feed', '/events', { Accept: 'text/event-stream' }, 'debug'],
    ['a look at its metrics', '/metrics', {}, 'debug'],
    ['a look at its faults', '/chaos', {}, 'debug'],
  ])('but %s counts for no duration, and is told of at most quietly', async (_what, path, headers, level) => {
    const logged = jest.spyOn(tiny.log, 'log');
    const asked = request(`${tiny.url}${path}`, { headers }, (res) => res.once('data', () => res.destroy())).end();
    await once(asked, 'close');
    await until(() => logged.mock.calls.length === 1);
    const [told, , about] = logged.mock.calls[0] as unknown as [string, string, { path: string }];
    logged.mockRestore();
    expect([told, about.path]).toEqual([level, path.replace(/\?.*/, '')]);
    const { text } = await ask(`${tiny.url}/metrics`);
    expect(text).not.toContain(`route="${about.path}"`);
  });

  it('while a change of the faults is logged like any other request', async () => {
    const logged = jest.spyOn(tiny.log, 'log');
    const body = JSON.stringify({ enabled: false });
    await ask(`${tiny.url}/chaos`, { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body });
    expect(logged.mock.calls).toMatchObject([['info', 'request', { method: 'PUT', path: '/chaos' }]]);
    logged.mockRestore();
    expect((await ask(`${tiny.url}/metrics`)).text).toContain('method="PUT",route="/chaos"');
  });
});
