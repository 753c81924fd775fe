import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { answerHeaders, requestHeaders } from './headers.ts';

const trace = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true, requestId: 'r1' };
const CALLER: Record<string, string> = { 'x-caller': 'nobody' };
const requested = (headers: Record<string, unknown>, about: object = {}, own = CALLER) =>
  requestHeaders(
    { ip: '10.0.0.1', protocol: 'https', host: 'shop.example', res: { locals: {} }, headers, ...about } as Request,
    own,
  );
const TOLD = {
  ...CALLER,
  'x-forwarded-for': '10.0.0.1',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'shop.example',
};
/** What may be about a connection, in a request and in an answer. */
const OF_A_CONNECTION = {
  connection: 'Keep-Alive, X-One ,x-two',
  'x-one': '1',
  'x-two': '2',
  'keep-alive': 'timeout=5',
  'proxy-connection': 'close',
  te: 'trailers',
  trailer: 'x-sum',
  'transfer-encoding': 'chunked',
  upgrade: 'websocket',
};

describe('a service is told', () => {
  it('the caller, the address and the trace, whatever the client sends', () => {
    const claimed = { traceparent: 'x', 'x-request-id': 'x', 'x-caller': 'operator:x', 'x-forwarded-for': 'x' };
    const { traceparent, ...headers } = requested(claimed, { res: { locals: { trace } } });
    expect(headers).toEqual({ ...TOLD, 'x-request-id': 'r1' });
    expect(traceparent).toMatch(new RegExp(`^00-${trace.traceId}-[0-9a-f]{16}-01$`));
  });

  it('nothing of the client’s connection, and nothing that only the gateway may set', () => {
    const ours = {
      host: 'x',
      expect: '100-continue',
      'content-length': '3',
      'content-encoding': 'gzip',
      authorization: 'Bearer x',
      origin: 'https://shop.example',
      forwarded: 'for=x',
      'x-internal-token': 'x',
      'x-caller-email': 'x',
      'x-user-id': 'x',
      'x-forwarded-port': '1',
      'proxy-authorization': 'x',
    };
    expect(requested({ ...OF_A_CONNECTION, ...ours })).toEqual(TOLD);
    expect(requested({ 'x-caller': 'operator:x' }, {}, {})).not.toHaveProperty('x-caller');
  });

  it('all other headers, as they came', () => {
    const wishes = { accept: '*/*', prefer: 'wait=1', 'x-three': '3', 'x-forward': 'f', 'proxied-by': 'p' };
    expect(requested({ ...wishes, connection: 'keep-alive' })).toEqual({ ...TOLD, ...wishes });
    expect(requested({ ...wishes, 'keep-alive': 't' })).toEqual({ ...TOLD, ...wishes });
  });

  it('no host if the client sent none', () => {
    expect(requested({}, { host: undefined })).toEqual({ ...TOLD, 'x-forwarded-host': '' });
  });
});

describe('a client is told', () => {
  it('nothing of the service’s connection', () => {
    expect(answerHeaders({ ...OF_A_CONNECTION, 'proxy-authenticate': 'x', etag: '"1"' })).toEqual({ etag: '"1"' });
  });

  it('all other headers, also several of one name', () => {
    const headers = { 'set-cookie': ['a=1', 'b=2'], 'x-one': '1', 'content-length': '3' };
    expect(answerHeaders({ ...headers, connection: 'keep-alive' })).toEqual(headers);
    expect(answerHeaders(headers)).toEqual(headers);
  });
});
