import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { json, type Target } from '../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask, post, sendRaw } from '../../../tests/support/tiny-service.ts';

const TOKEN = 'the-token-that-services-share';

const world = gatewayWorld();
let orders: Target;
let gateway: { url: string; port: number };

beforeEach(async () => {
  orders = await world.target();
  gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, INTERNAL_TOKEN: TOKEN });
});
afterEach(() => world.close());

const seen = () => orders.requests.at(-1) as Target['requests'][number];

describe('a request is sent on', () => {
  it('with its method, path, query and body as they came', async () => {
    const body = '{"a" : 1.0,"ü":"€"}';
    await post(`${gateway.url}/orders/a%2Fb/%C3%BC?x=%20&y=+&x=2`, body);
    expect(seen()).toMatchObject({ method: 'POST', path: '/orders/a%2Fb/%C3%BC?x=%20&y=+&x=2', body });
  });

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])('with any method: %s', async (method) => {
    expect((await ask(`${gateway.url}/orders/x`, { method })).status).toBe(200);
    expect(seen().method).toBe(method);
  });

  it('without /api, and without the name of the service where it names one', async () => {
    await ask(`${gateway.url}/api/orders/1?x`);
    await ask(`${gateway.url}/services/order/events?after=3`);
    expect(orders.requests.map(({ path }) => path)).toEqual(['/orders/1?x', '/events?after=3']);
  });

  it('with the headers that the client sent', async () => {
    const headers = {
      accept: 'text/event-stream',
      'accept-language': 'de',
      'idempotency-key': '"k 1"',
      'if-match': '"3"',
      'if-none-match': '"4"',
      'last-event-id': '17',
      prefer: 'wait=2',
      range: 'bytes=0-9',
      tracestate: 'a=b',
    };
    await ask(`${gateway.url}/orders`, { headers });
    expect(seen().headers).toMatchObject(headers);
  });

  it('in the trace and under the request id it came with', async () => {
    const traceId = 'a'.repeat(32);
    const sent = { traceparent: `00-${traceId}-${'b'.repeat(16)}-01`, 'x-request-id': 'mine' };
    const { headers } = await ask(`${gateway.url}/orders`, { headers: sent });
    expect(seen().headers.traceparent).toMatch(new RegExp(`^00-${traceId}-(?!b{16})[0-9a-f]{16}-01$`));
    expect([seen().headers['x-request-id'], headers['x-request-id']]).toEqual(['mine', 'mine']);
  });

  it('with a compressed body decoded, and its length corrected', async () => {
    const body = '{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}';
    const answer = await fetch(`${gateway.url}/orders`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
      body: gzipSync(body),
    });
    expect([answer.status, seen().body]).toEqual([200, body]);
    expect(seen().headers).toMatchObject({ 'content-length': String(body.length) });
    expect(seen().headers).not.toHaveProperty('content-encoding');
  });
});

describe('a client cannot', () => {
  it('claim who it is, or that it is a service', async () => {
    const headers = {
      'x-internal-token': 'guessed',
      'X-Caller': 'customer:somebody-else',
      'x-caller-email': 'somebody@else.example',
      'x-caller-phone': '+15005550006',
      'x-user-id': 'root',
      'X-User-Roles': 'admin',
      forwarded: 'for=1.2.3.4',
      'x-forwarded-for': '1.2.3.4',
      'X-Forwarded-Proto': 'https',
      'x-forwarded-host': 'elsewhere.example',
      'x-forwarded-prefix': '/x',
      'proxy-authorization': 'Basic x',
      authorization: 'Bearer x',
    };
    await ask(`${gateway.url}/orders`, { headers });
    const { host, traceparent: _t, 'x-request-id': _r, connection: _c, ...rest } = seen().headers;
    expect(rest).toEqual({
      'x-caller': 'operator:anonymous',
      'x-internal-token': TOKEN,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': `127.0.0.1:${gateway.port}`,
    });
    expect(`http://${host}`).toBe(orders.url);
  });

  it('claim that it is a service where there is no INTERNAL_TOKEN, either', async () => {
    gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url });
    await ask(`${gateway.url}/orders`, { headers: { 'X-Internal-Token': 'guessed' } });
    expect(seen().headers).not.toHaveProperty('x-internal-token');
  });

  it('pass on the headers of its own connection', async () => {
    const headers = { connection: 'close, X-Secret', 'x-secret': '1', te: 'trailers', 'keep-alive': 'timeout=1' };
    await ask(`${gateway.url}/orders`, { headers });
    for (const name of ['x-secret', 'te', 'keep-alive']) expect(seen().headers).not.toHaveProperty(name);
    expect(seen().headers.connection).toBe('keep-alive');
  });

  it('upgrade to another protocol', async () => {
    const text = await sendRaw(
      gateway.port,
      'GET /orders HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(seen().headers).not.toHaveProperty('upgrade');
  });

  it('send two lengths of a body (request smuggling)', async () => {
    const both = 'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await sendRaw(gateway.port, `${both}GET /sagas HTTP/1.1\r\nHost: x\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
    const twice = 'POST /orders HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd';
    expect(await sendRaw(gateway.port, twice)).toMatch(/^HTTP\/1.1 400 /);
    expect(orders.requests).toEqual([]);
  });

  it('hide a second request in the body of the first', async () => {
    const inner = 'GET /sagas HTTP/1.1\r\nHost: x\r\n\r\n';
    const chunks = `${inner.length.toString(16)}\r\n${inner}\r\n0\r\n\r\n`;
    const head = 'GET /orders HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await sendRaw(gateway.port, head + chunks)).toMatch(/^HTTP\/1.1 200 /);
    expect(orders.requests).toMatchObject([{ path: '/orders', body: inner }]);
    expect(seen().headers).toMatchObject({ 'content-length': String(inner.length) });
  });

  it('choose the host by a whole URL', async () => {
    const text = await sendRaw(
      gateway.port,
      'GET http://elsewhere.example/orders/1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1.1 200 /);
    expect(seen().path).toBe('/orders/1');
  });

  it('leave its path by dot segments', async () => {
    const text = await sendRaw(
      gateway.port,
      'GET /services/order/../payment HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    expect(text).toMatch(/^HTTP\/1.1 400 .*"VALIDATION_FAILED"/s);
    expect(orders.requests).toEqual([]);
  });
});

describe('an answer comes back', () => {
  it('with its status, headers and body, several of one name among them', async () => {
    orders.answer = (_req, res) => {
      res.writeHead(418, [
        ['Content-Type', 'application/json'],
        ['ETag', '"7"'],
        ['Location', '/orders/7'],
        ['Set-Cookie', 'a=1'],
        ['Set-Cookie', 'b=2'],
      ] as never);
      res.end('{"x":"é"}');
    };
    const { status, headers, body } = await ask(`${gateway.url}/orders`);
    expect([status, body]).toEqual([418, { x: 'é' }]);
    expect(headers).toMatchObject({ etag: '"7"', location: '/orders/7', 'set-cookie': ['a=1', 'b=2'] });
  });

  it('without the headers of the connection to the service', async () => {
    orders.answer = (_req, res) =>
      json(res, 200, {}, { Connection: 'close, X-Inner', 'X-Inner': '1', 'Proxy-Authenticate': 'x' });
    const { headers } = await ask(`${gateway.url}/orders`, { headers: { connection: 'keep-alive' } });
    expect(headers.connection).toBe('keep-alive');
    expect(headers).not.toHaveProperty('x-inner');
    expect(headers).not.toHaveProperty('proxy-authenticate');
  });

  it('to HEAD with the length that GET would have, and no body', async () => {
    orders.answer = (_req, res) => void res.writeHead(200, { 'Content-Length': '1234' }).end();
    const { headers, text } = await ask(`${gateway.url}/orders`, { method: 'HEAD' });
    expect([headers['content-length'], text]).toEqual(['1234', '']);
  });

  it.each([204, 304])('without a body: %i', async (status) => {
    orders.answer = (_req, res) => void res.writeHead(status, { ETag: '"1"' }).end();
    const answer = await ask(`${gateway.url}/orders`);
    expect([answer.status, answer.headers.etag, answer.text]).toEqual([status, '"1"', '']);
  });
});

describe('a body over 100 kB', () => {
  const body = 'x'.repeat(100 * 1024 + 1);

  it.each([
    ['announced', { 'Content-Length': String(body.length) }],
    ['not announced', { 'Transfer-Encoding': 'chunked' }],
  ])('is refused with 413: %s', async (_what, headers) => {
    const answer = await post(`${gateway.url}/orders`, body, headers);
    expect([answer.status, answer.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    expect(orders.requests).toEqual([]);
  });

  it('is refused too when it is that large only once it is decoded', async () => {
    const headers = { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' };
    const answer = await fetch(`${gateway.url}/orders`, { method: 'POST', headers, body: gzipSync(body) });
    expect(answer.status).toBe(413);
  });

  it('may be exactly that', async () => {
    const answer = await post(`${gateway.url}/orders`, 'y'.repeat(100 * 1024));
    expect([answer.status, seen().body.length]).toEqual([200, 100 * 1024]);
  });
});

describe('the beginning of an answer', () => {
  it.each([
    [{}, 12_345],
    [{ Prefer: 'wait=2' }, 14_345],
    [{ Prefer: 'wait=1000' }, 72_345],
  ])('has a timeout, longer by as much as the client prefers to wait, up to a minute: %j', async (headers, ms) => {
    gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, GATEWAY_DEADLINE_MS: '12345' });
    const timer = jest.spyOn(globalThis, 'setTimeout');
    const { status } = await ask(`${gateway.url}/orders`, { headers });
    const waits = timer.mock.calls.map(([, after]) => after);
    timer.mockRestore();
    expect(status).toBe(200);
    expect(waits.filter((after) => Number(after) > 12_000 && Number(after) < 800_000)).toContain(ms);
  });
});

describe('the gateway itself', () => {
  it('answers 404 for a service that is not there', async () => {
    gateway = await world.gateway({ PRODUCT_SERVICE_URL: 'none' });
    const { status, body } = await ask(`${gateway.url}/products`);
    expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('counts a request by the pattern of its path in the metrics', async () => {
    await ask(`${gateway.url}/api/orders/secret-id/events`);
    await ask(`${gateway.url}/services/order/chaos`);
    const { text } = await ask(`${gateway.url}/metrics`);
    expect(text).toContain('method="GET",route="/orders/*",status="200"');
    expect(text).toContain('method="GET",route="/services/order/*",status="200"');
    expect(text).not.toContain('secret-id');
  });

  it('fails on purpose when it is told to, and cuts answers of requests that were carried out', async () => {
    const chaos = (setting: object) =>
      ask(`${gateway.url}/chaos`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(setting),
      });
    await chaos({ failureRate: 1 });
    expect((await ask(`${gateway.url}/orders`)).body.code).toBe('CHAOS_INJECTED');
    expect(orders.requests).toEqual([]);
    await chaos({ dropRate: 1 });
    await expect(ask(`${gateway.url}/orders`)).rejects.toThrow('socket hang up');
    expect(orders.requests).toHaveLength(1);
    await chaos({ enabled: false });
    expect((await ask(`${gateway.url}/orders`)).status).toBe(200);
  });

  it('keeps its connections to a service', async () => {
    for (let i = 0; i < 20; i++) await ask(`${gateway.url}/orders`);
    expect(orders.connections).toBeLessThanOrEqual(2);
  });
});
