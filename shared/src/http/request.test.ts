import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import express, { type NextFunction, type Request, type Response } from 'express';
import { z } from 'zod';
import { until } from '../../../tests/support/until.ts';
import type { Caller } from '../contracts/caller.ts';
import type { Refusal } from '../errors.ts';
import { bodyOf, hasBody, idempotencyKeyIn, invalid, parsed, parseJson, requestKeyOf } from './request.ts';

let server: Server;
let port: number;
let caller: Caller;
let errors: { status?: number; type?: string; code?: string; details?: unknown }[];

beforeAll(async () => {
  const app = express();
  app.use(parseJson);
  app.use((req: Request, res: Response) => {
    const body = bodyOf(req);
    res.json({ body, hasBody: hasBody(req), key: requestKeyOf(req, caller) });
  });
  app.use((error: Refusal, _req: Request, res: Response, _next: NextFunction) => {
    errors.push(error);
    res.status(error.status).json({ code: error.code });
  });
  server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
beforeEach(() => {
  errors = [];
  caller = { kind: 'operator', id: 'eve' };
});
afterAll(() => {
  server.close();
});

interface Got {
  status: number;
  body: unknown;
  hasBody: boolean;
  key?: { key: string; fingerprint: string };
}
const JSON_TYPE = { 'Content-Type': 'application/json' };

/** In the pieces named; without a length when there are several. */
async function send(
  pieces: (string | Buffer)[],
  headers: Record<string, string> = JSON_TYPE,
  path = '/x',
  method = 'POST',
): Promise<Got> {
  const length = pieces.length === 1 ? { 'Content-Length': String(Buffer.byteLength(pieces[0] as string)) } : {};
  const sent = request({ port, path, method, headers: { ...length, ...headers } });
  for (const piece of pieces) sent.write(piece);
  sent.end();
  const [res] = await once(sent, 'response');
  let text = '';
  for await (const chunk of res) text += chunk;
  return { status: res.statusCode, ...JSON.parse(text) };
}
const faults = () => errors.map((error) => (error.details as { errors?: unknown } | undefined)?.errors);

describe('a body', () => {
  it.each(['{"a":1}', '[]', '"text"', '7', 'null', 'false'])('may be any JSON: %s', async (text) => {
    expect(await send([text])).toMatchObject({ status: 200, body: JSON.parse(text), hasBody: true });
    const odd = { 'Content-Type': 'application/json; charset=utf-8' };
    expect(await send([text], odd)).toMatchObject({ status: 200, body: JSON.parse(text) });
  });

  it('may be chunked, compressed, or another type of JSON, and is the same request', async () => {
    const text = '{"a":"ü"}';
    const keyed = { ...JSON_TYPE, 'Idempotency-Key': 'k' };
    const all = [
      await send([text], keyed),
      await send(['{"a":', '"ü"}'], keyed),
      await send(['{"a":', '"ü"}'], { ...keyed, 'Content-Length': String(Buffer.byteLength(text)) }),
      await send([gzipSync(text)], { ...keyed, 'Content-Encoding': 'gzip' }),
      await send([text], { ...keyed, 'Content-Type': 'application/merge-patch+json' }),
    ];
    expect(all.map(({ body }) => body)).toEqual(all.map(() => ({ a: 'ü' })));
    expect(new Set(all.map(({ key }) => key?.fingerprint)).size).toBe(1);
  });

  it.each([JSON_TYPE, { 'Content-Type': 'application/json;charset=utf-8' }])(
    'may have 100 kB and no more: %j',
    async (headers) => {
      const text = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;
      expect((await send([text(100 * 1024)], headers)).status).toBe(200);
      expect((await send([text(100 * 1024 + 1)], headers)).status).toBe(413);
    },
  );

  it.each([JSON_TYPE, { 'Content-Type': 'application/json;charset=utf-8' }])('has to be JSON: %j', async (headers) => {
    await send(['{"a":'], headers).catch(() => {});
    expect(errors).toMatchObject([{ type: 'entity.parse.failed' }]);
  });

  it.each<[Record<string, string>]>([
    [{}],
    [{ 'Content-Type': 'text/plain' }],
    [{ 'Content-Type': 'application/jsonx' }],
  ])('has to say that it is JSON: %j', async (headers) => {
    expect(await send(['no JSON'], headers)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('is absent when it is empty, whatever its type', async () => {
    expect(await send([''])).toEqual({ status: 200, hasBody: false });
    expect(await send([''], {})).toEqual({ status: 200, hasBody: false });
  });

  const UTF_16 = { 'Content-Type': 'application/json; charset=utf-16le' };

  it('may be in another charset, and has to be valid text there, too', async () => {
    const sent = async (text: string) => send([Buffer.from(text, 'utf16le')], UTF_16);
    expect(await sent('{"a":"ü"}')).toMatchObject({ status: 200, body: { a: 'ü' } });
    expect((await sent('{"a":"\\ud800"}')).status).toBe(400);
    expect(faults()).toMatchObject([[{ path: 'body.a' }]]);
  });

  it('of one character is one', async () => {
    expect(await send(['7'])).toEqual({ status: 200, body: 7, hasBody: true });
  });

  it('that breaks off is a 400', async () => {
    const socket = connect(port, '127.0.0.1');
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n';
    socket.write(`${head}{"a"`, () => setImmediate(() => socket.destroy()));
    await until(() => errors.length === 1);
    expect(errors[0]).toEqual({ status: 400 });
  });
});

describe('what a body holds', () => {
  const LONE = '\\ud800';

  it.each([
    [`{"a":[1,{"b":"${LONE}"}]}`, 'body.a.1.b'],
    [`"${LONE}"`, 'body'],
    [`{"a":{"${LONE}":1}}`, 'body.a'],
  ])('has to be text: %s is refused at %s', async (text, path) => {
    for (const headers of [JSON_TYPE, { 'Content-Type': 'application/json;charset=utf-8' }]) {
      errors = [];
      expect((await send([text], headers)).status).toBe(400);
      expect(faults()).toMatchObject([[{ path }]]);
    }
  });

  it.each(['{"\\u0061":"\\u00fc \\ud83d\\ude00"}', '{"a":null,"b":true}'])('may be written like %s', async (text) => {
    expect((await send([text])).body).toEqual(JSON.parse(text));
  });

  it.each(['__proto__', 'constructor', 'prototype'])('has no key %s, at any depth', async (key) => {
    expect((await send([`{"a":[{"${key}":{}}]}`])).status).toBe(400);
    expect(faults()).toEqual([[{ path: `body.a.0.${key}`, message: 'is not an allowed key' }]]);
  });

  it('nests no deeper than 20 levels', async () => {
    const nested = (levels: number, inside = '') => '['.repeat(levels + 1) + inside + ']'.repeat(levels + 1);
    for (const inside of ['', '7', 'null', '"x"']) expect((await send([nested(20, inside)])).status).toBe(200);
    expect((await send([nested(21)])).status).toBe(400);
    expect(faults()).toEqual([[{ path: 'body', message: 'must not nest deeper than 20 levels' }]]);
  });
});

describe('the key of a request', () => {
  const keyed = { ...JSON_TYPE, 'Idempotency-Key': 'k' };
  const sha1 = (text: string) => createHash('sha1').update(text).digest('base64');
  const fingerprint = async (text: string, path?: string) => (await send([text], keyed, path)).key?.fingerprint;

  it('is remembered with a digest of its method, path and body, which outlives releases', async () => {
    expect((await send(['{"a":1}'], keyed, '/x?y=1')).key).toEqual({
      key: 'k',
      fingerprint: sha1('POST /x?y=1\n{"a":1}'),
    });
    expect(await fingerprint('')).toBe(sha1('POST /x\n'));
    expect((await send([], keyed, '/x', 'DELETE')).key?.fingerprint).toBe(sha1('DELETE /x\n'));
  });

  it('stands for another request when another customer sends it', async () => {
    const seen = [];
    for (const id of ['ada', 'bob']) {
      caller = { kind: 'customer', id };
      seen.push(await fingerprint('{}'));
    }
    caller = { kind: 'service', name: 'order' };
    seen.push(await fingerprint('{}'));
    expect(seen).toEqual([sha1('POST /x\nada\n{}'), sha1('POST /x\nbob\n{}'), sha1('POST /x\n{}')]);
  });

  it('is absent where none is sent', async () => {
    expect((await send(['{}'])).key).toBeUndefined();
    expect(idempotencyKeyIn({ headers: {} } as Request)).toBeUndefined();
  });

  it('is refused when it is not valid', async () => {
    expect((await send(['{}'], { ...JSON_TYPE, 'Idempotency-Key': '"' })).status).toBe(400);
    expect(faults()).toEqual([[{ path: 'Idempotency-Key', message: 'must be 1 to 255 printable ASCII characters' }]]);
  });

  it.each([
    ['k', 'k'],
    ['"k"', 'k'],
    ['"', undefined],
    ['', undefined],
  ])('%j is %j', (text, key) => {
    expect(idempotencyKeyIn({ headers: { 'idempotency-key': text } } as unknown as Request)).toBe(key);
  });
});

describe('what does not fit its schema', () => {
  const schema = z.object({ a: z.object({ b: z.number() }) });
  const errorsOf = (value: unknown) => {
    try {
      return parsed(schema, value, 'body');
    } catch (error) {
      return (error as Refusal).details.errors;
    }
  };

  it('is named by its path, or by its place when it is wrong as a whole', () => {
    expect(errorsOf({ a: { b: 'x' } })).toEqual([{ path: 'a.b', message: expect.stringContaining('number') }]);
    expect(errorsOf(7)).toEqual([{ path: 'body', message: expect.stringContaining('object') }]);
    expect(errorsOf(undefined)).toEqual([{ path: 'body', message: 'is required' }]);
    expect(errorsOf({ a: { b: 1 } })).toEqual({ a: { b: 1 } });
    expect(parsed(undefined, { a: 1 }, 'body')).toBeUndefined();
  });

  it('is listed completely, and summed up by its first five faults', () => {
    const many = Array.from({ length: 7 }, (_, i) => ({ path: `p${i}`, message: 'is wrong' }));
    const refusal = invalid(many);
    expect(refusal).toMatchObject({ status: 400, code: 'VALIDATION_FAILED', details: { errors: many } });
    expect(refusal.message).toBe('p0: is wrong; p1: is wrong; p2: is wrong; p3: is wrong; p4: is wrong');
  });
});
