import { once } from 'node:events';
import { Agent, type IncomingMessage, request, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import { held, type Target } from '../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { sendRaw } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';
import { Compression, encodingFor } from './compression.ts';

const world = gatewayWorld();
const BODY = Buffer.from(JSON.stringify({ items: Array.from({ length: 200 }, (_, i) => `PROD00${i}`) }));
const TYPE = { 'Content-Type': 'application/json; charset=utf-8' };
const GZIP = { 'Accept-Encoding': 'gzip' };

let orders: Target;
let gateway: Awaited<ReturnType<typeof world.gateway>>;

beforeEach(async () => {
  orders = await world.target();
  gateway = await world.gateway({ ORDER_SERVICE_URL: orders.url, CORS_ORIGINS: 'https://shop.example' });
  answer();
});
afterEach(() => world.close());

/** What the service answers: with its length, unless the headers say otherwise. */
function answer(headers: Record<string, string> = {}, { body = BODY, status = 200 } = {}): void {
  orders.answer = (_req, res) =>
    void res.writeHead(status, { ...TYPE, 'Content-Length': String(body.length), ...headers }).end(body);
}

async function get(headers: Record<string, string>, { path = '/orders', method = 'GET' } = {}) {
  const req = request(gateway.url + path, { method, headers }).end();
  const [res] = (await once(req, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk);
  const { 'content-encoding': encoding, 'content-length': length, etag, vary } = res.headers;
  return { status: res.statusCode, encoding, length: Number(length), etag, vary, body: Buffer.concat(chunks), res };
}

describe('an Accept-Encoding', () => {
  it.each([
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['GZIP', 'gzip'],
    ['gzip, deflate', 'gzip'],
    ['gzip, deflate, br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.9', 'gzip'],
    ['gzip ; q=0.5 , br ; q=0.501', 'br'],
    ['*', 'br'],
    ['br;q=0, *', 'gzip'],
    ['*;q=0.1, gzip', 'gzip'],
    ['identity;q=0.5, gzip', 'gzip'],
    ['identity, gzip', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['identity;q=0, *', 'br'],
    ['gzip;q=0, *;q=0.1', 'br'],
  ])('such as %s prefers %s', (accepted, encoding) => expect(encodingFor(accepted)).toBe(encoding));

  it.each([
    undefined,
    '',
    ',,;;=',
    'identity',
    'deflate, zstd',
    'gzip;q=0',
    'gzip;q=0.000, br;q=0',
    'identity, gzip;q=0.5',
    'br;q=0, gzip;q=0, *',
    '*;q=0',
    // Nothing is left that they accept: it is sent as it is all the same (RFC 9110).
    'identity;q=0',
    'identity;q=0, deflate',
    'gzip;q=2',
    'gzip;q=-1',
    'gzip;q=',
    'gzip;level=9',
    'gzipped',
    `gzip${' '.repeat(200)}`,
  ])('such as %j asks for nothing to be compressed', (accepted) => expect(encodingFor(accepted)).toBeUndefined());
});

describe('a JSON answer of a service', () => {
  it.each([
    ['gzip', 'gzip', gunzipSync],
    ['br', 'br', brotliDecompressSync],
    ['gzip, deflate, br', 'br', brotliDecompressSync],
  ])('is compressed for who accepts %s', async (accepted, encoding, decoded) => {
    const { body, res, ...head } = await get({ 'Accept-Encoding': accepted });
    expect(head).toMatchObject({ status: 200, encoding, length: body.length });
    expect(head.length).toBeLessThan(BODY.length / 2);
    expect(decoded(body)).toEqual(BODY);
    expect(res.headers['content-type']).toBe(TYPE['Content-Type']);
    expect(res.headers['transfer-encoding']).toBeUndefined();
  });

  it.each([{}, { 'Accept-Encoding': 'identity' }, { 'Accept-Encoding': 'gzip;q=0' }])(
    'is sent as it is to who accepts nothing else, and caches know that there are others: %j',
    async (headers) => {
      const { encoding, length, vary, body } = await get(headers as Record<string, string>);
      expect([encoding, length, vary]).toEqual([undefined, BODY.length, 'Origin, Accept-Encoding']);
      expect(body).toEqual(BODY);
    },
  );

  it.each(['application/problem+json', 'application/json', 'Application/JSON', 'application/cloudevents+json'])(
    'may be of the type %s, and say an error',
    async (type) => {
      answer({ 'Content-Type': type }, { status: 409 });
      expect(await get(GZIP)).toMatchObject({ status: 409, encoding: 'gzip' });
    },
  );

  it.each([
    ['smaller than 1 kB', {}, { body: BODY.subarray(0, 1_023).fill(32) }],
    ['larger than 1 MiB', {}, { body: Buffer.alloc(1_048_577, ' ') }],
    ['of another type', { 'Content-Type': 'text/csv' }, {}],
    ['of a type that only looks like JSON', { 'Content-Type': 'application/jsonlines' }, {}],
    ['encoded already', { 'Content-Encoding': 'br' }, {}],
    ['for nobody to change', { 'Cache-Control': 'public, no-transform' }, {}],
    ['that holds a secret', { 'Cache-Control': 'No-Store' }, {}],
    ['a part of a whole', { 'Content-Range': 'bytes 0-9/10' }, { status: 206 }],
  ])('is not compressed if it is %s', async (_what, headers, more) => {
    answer(headers as Record<string, string>, more);
    const { length, encoding, vary, body } = await get(GZIP);
    const { body: sent = BODY } = more as { body?: Buffer };
    expect([length, vary, encoding === 'gzip']).toEqual([sent.length, 'Origin', false]);
    expect(body.equals(sent)).toBe(true);
  });

  it.each([1_024, 65_536, 65_537, 1_048_576])('is compressed if it has %i bytes', async (bytes) => {
    const body = Buffer.alloc(bytes, '{"a": "0123456789"}');
    answer({}, { body });
    const received = await get(GZIP);
    expect(received.encoding).toBe('gzip');
    expect(gunzipSync(received.body).equals(body)).toBe(true);
  });

  it('has the headers for HEAD that it has for GET, but no length', async () => {
    answer({ ETag: '"4"' });
    const { encoding, etag, vary, body, res } = await get(GZIP, { method: 'HEAD' });
    expect([encoding, etag, vary]).toEqual(['gzip', '"4+gzip"', 'Origin, Accept-Encoding']);
    expect([body.length, res.headers['content-length']]).toEqual([0, undefined]);
    expect(await get({}, { method: 'HEAD' })).toMatchObject({ encoding: undefined, etag: '"4"', length: BODY.length });
  });

  it('keeps its connection for the next request, also after HEAD', async () => {
    const ask = (method: string, last = '') =>
      `${method} /orders HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n${last}\r\n`;
    const text = await sendRaw(gateway.port, ask('HEAD') + ask('GET') + ask('HEAD', 'Connection: close\r\n'));
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(3);
    expect(text).toMatch(/\r\n\r\n$/);
  });

  it('is understood by a client of HTTP/1.0', async () => {
    const text = await sendRaw(gateway.port, 'GET /orders HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n');
    expect(text).toMatch(/Content-Encoding: gzip/i);
    expect(text).not.toMatch(/Transfer-Encoding/i);
  });
});

describe('a stream', () => {
  it.each([
    ['of events', { 'Content-Type': 'text/event-stream' }],
    ['of JSON', TYPE],
  ])('%s is passed on as it comes', async (_of, headers) => {
    const open: { write(text: string): unknown; end(): unknown }[] = [];
    orders.answer = (_req, res) => {
      res.writeHead(200, headers as Record<string, string>).flushHeaders();
      open.push(res);
    };
    const req = request(`${gateway.url}/orders`, { headers: GZIP }).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect([res.headers['content-encoding'], res.headers.vary]).toEqual([undefined, 'Origin']);
    let text = '';
    res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
    open[0]?.write(`data: ${'x'.repeat(2_000)}\n\n`);
    await until(() => text.endsWith('\n\n'));
    open[0]?.end();
  });
});

describe('the tag of a compressed answer', () => {
  beforeEach(() => answer({ ETag: '"4"' }));
  const asked = () => orders.requests.map(({ headers }) => headers['if-none-match'] ?? headers['if-match']);

  it('is another for each encoding, and strong', async () => {
    const tags = ['gzip', 'br', 'identity'].map(async (name) => (await get({ 'Accept-Encoding': name })).etag);
    expect(await Promise.all(tags)).toEqual(['"4+gzip"', '"4+br"', '"4"']);
  });

  it('is that of the service when a client names it', async () => {
    await get({ 'If-Match': '"4+gzip"' }, { method: 'PUT' });
    await get({ 'If-None-Match': '"3+br", W/"4+gzip", "5", *' });
    expect(asked()).toEqual(['"4"', '"3", W/"4", "5", *']);
  });

  it.each([
    ['"4+gzip"', '"4+gzip"'],
    ['"3", W/"4+br"', '"4+br"'],
    ['"4"', '"4"'],
    ['"14+gzip"', '"4"'],
  ])('is kept when nothing has changed: %s', async (known, etag) => {
    orders.answer = (_req, res) => void res.writeHead(304, { ETag: '"4"' }).end();
    const answered = await get({ ...GZIP, 'If-None-Match': known });
    expect([answered.status, answered.etag, answered.vary]).toEqual([304, etag, 'Origin, Accept-Encoding']);
  });

  it('is not made up where the service has none', async () => {
    orders.answer = (_req, res) => void res.writeHead(304).end();
    expect(await get({ ...GZIP, 'If-None-Match': 'undefined' })).toMatchObject({ status: 304, etag: undefined });
  });
});

describe('an answer that is compressed and breaks off', () => {
  it('at the service, does so for its client', async () => {
    orders.answer = (req, res) => {
      res.writeHead(200, { ...TYPE, 'Content-Length': '5000' });
      res.write(BODY, () => req.socket.destroy());
    };
    await expect(get(GZIP)).rejects.toThrow('socket hang up');
  });

  it('because its client is gone, is sent to nobody', async () => {
    const { answer: hold, waiting } = held();
    orders.answer = hold;
    const socket = connect(gateway.port, '127.0.0.1');
    socket.write('GET /orders HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n');
    await until(() => waiting.length === 1);
    waiting[0]?.writeHead(200, { ...TYPE, 'Content-Length': '5000' }).write(BODY);
    await until(() => waiting[0]?.writableNeedDrain === false);
    socket.destroy();
    await until(() => orders.abandoned === 1);
    answer();
    expect(await get(GZIP)).toMatchObject({ status: 200, encoding: 'gzip' });
  });
});

it('while very many bytes are held for clients that do not read, others get them as they are', () => {
  const compression = new Compression();
  const headers = { 'content-type': 'application/json', 'content-length': '1048576' };
  const unread = () => {
    const req = { method: 'GET', headers: { 'accept-encoding': 'gzip' } } as unknown as IncomingMessage;
    return Object.assign(new ServerResponse(req), { vary() {} }) as unknown as Response;
  };
  const answers = Array.from({ length: 33 }, unread);
  const begun = answers.map((res) => compression.begin(res, { status: 200, headers }) !== undefined);
  expect(begun).toEqual([...Array(32).fill(true), false]);
  answers[0]?.emit('close');
  expect(compression.begin(unread(), { status: 200, headers })).toBeDefined();
  expect(compression.begin(unread(), { status: 200, headers })).toBeUndefined();
});

it('what clients have read is held no longer, on a kept connection too', async () => {
  answer({}, { body: Buffer.alloc(1_048_576, '{"a": "0123456789"}') });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const encodings = new Set<string>();
  for (let i = 0; i < 33; i++) {
    const req = request(`${gateway.url}/orders`, { headers: GZIP, agent }).end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    encodings.add(res.headers['content-encoding'] ?? 'none');
    await once(res.resume(), 'end');
  }
  agent.destroy();
  expect([...encodings]).toEqual(['gzip']);
});

describe('an answer of the gateway itself', () => {
  it.each(['/openapi.json', '/asyncapi.json'])('is compressed: %s', async (path) => {
    const plain = await get({}, { path });
    const encoded = await get({ 'Accept-Encoding': 'gzip, br' }, { path });
    expect([plain.encoding, encoded.encoding]).toEqual([undefined, 'br']);
    expect([plain.vary, encoded.vary]).toEqual([expect.stringMatching(/, Accept-Encoding$/), plain.vary]);
    expect(brotliDecompressSync(encoded.body)).toEqual(plain.body);
    expect(encoded.length).toBeLessThan(plain.length / 3);
    expect((await get(GZIP, { path, method: 'HEAD' })).encoding).toBe('gzip');
  });

  it.each([
    ['/livez', 200],
    ['/nothing', 404],
    ['/docs', 200],
    ['/metrics', 200],
  ])('is as it was where it is small, or no JSON: %s', async (path, status) => {
    const plain = await get({}, { path });
    const encoded = await get(GZIP, { path });
    expect([plain.status, encoded.status]).toEqual([status, status]);
    expect(encoded.encoding).toBeUndefined();
  });
});
