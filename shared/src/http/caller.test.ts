import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, post, sendRaw, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { type Caller, callerHeaders, callerIn } from '../contracts/caller.ts';

const TOKEN = 'a token that all services share';
const outcome = ({ status, body }: Awaited<ReturnType<typeof ask>>) => [status, body.code];

describe('a caller', () => {
  const callers: Caller[] = [
    { kind: 'customer', id: 'ada' },
    { kind: 'customer', id: 'a.d:a_1-2', email: 'ada@shop.example' },
    { kind: 'customer', id: 'ada', phone: '+15005550006' },
    { kind: 'customer', id: 'ada', email: 'ada@shop.example', phone: '+15005550006' },
    { kind: 'checkout', id: 'shop' },
    { kind: 'operator', id: 'eve' },
    { kind: 'service', name: 'order' },
    { kind: 'nobody' },
  ];
  it.each(callers)('is the same at the service: %j', (caller) => {
    expect(callerIn(callerHeaders(caller))).toEqual(caller);
  });

  it.each([
    '',
    'ada',
    'customer',
    'customer:',
    'customer:a b',
    'customer:ada, operator:eve',
    'Operator:eve',
    'operator:eve ',
    'admin:eve',
    'nobody:x',
    `customer:${'x'.repeat(65)}`,
    'customer:ada\u0000',
  ])('is not valid when written %j', (text) => {
    expect(callerIn({ 'x-caller': text })).toBeUndefined();
  });

  it('is not valid with an invalid mail address or number', () => {
    expect(callerIn({ 'x-caller': 'customer:ada', 'x-caller-email': 'a@b.example, c@d.example' })).toBeUndefined();
    expect(callerIn({ 'x-caller': 'customer:ada', 'x-caller-phone': '+15005550006, +15005550007' })).toBeUndefined();
  });
});

describe('a service with an INTERNAL_TOKEN', () => {
  let tiny: Tiny;
  beforeAll(async () => {
    tiny = await startTiny({ internalToken: TOKEN });
  });
  afterAll(() => tiny.close());
  const knock = (headers: Record<string, string>, path = '/things/a') =>
    ask(tiny.url + path, { headers: { 'X-Internal-Token': TOKEN, ...headers } });

  it('refuses a call without a caller, or with one that is not valid: absent is not everybody', async () => {
    expect(outcome(await knock({}))).toEqual([401, 'CALLER_REQUIRED']);
    expect(outcome(await knock({ 'X-Caller': 'ada' }))).toEqual([401, 'CALLER_REQUIRED']);
    expect(outcome(await knock({}, '/nothing'))).toEqual([401, 'CALLER_REQUIRED']);
    expect(outcome(await post(`${tiny.url}/things`, '{', { 'X-Internal-Token': TOKEN }))).toEqual([
      401,
      'CALLER_REQUIRED',
    ]);
  });

  it.each(['operator:eve', 'service:order'])('serves %s', async (caller) => {
    expect((await knock({ 'X-Caller': caller })).status).toBe(200);
  });

  it('refuses customers and nobody where a route is for neither', async () => {
    expect(outcome(await knock({ 'X-Caller': 'customer:ada' }))).toEqual([403, 'FORBIDDEN']);
    expect(outcome(await knock({ 'X-Caller': 'nobody' }))).toEqual([401, 'CALLER_REQUIRED']);
    expect(outcome(await knock({ 'X-Caller': 'customer:ada' }, '/events'))).toEqual([403, 'FORBIDDEN']);
    expect(outcome(await knock({ 'X-Caller': 'checkout:shop' }))).toEqual([403, 'FORBIDDEN']);
  });

  it('serves customers on routes for customers, and nobody on routes for everybody', async () => {
    expect((await knock({ 'X-Caller': 'customer:ada' }, '/shop')).body).toEqual({ kind: 'customer', id: 'ada' });
    expect(outcome(await knock({ 'X-Caller': 'nobody' }, '/shop'))).toEqual([401, 'CALLER_REQUIRED']);
    expect((await knock({ 'X-Caller': 'nobody' }, '/openapi.json')).status).toBe(200);
  });
});

describe('a service without one', () => {
  let tiny: Tiny;
  beforeAll(async () => {
    tiny = await startTiny();
  });
  afterAll(() => tiny.close());

  it('takes a caller without X-Caller for an operator, and believes X-Caller', async () => {
    expect((await ask(`${tiny.url}/shop`)).body).toMatchObject({ kind: 'operator' });
    const customer = { headers: { 'X-Caller': 'customer:ada' } };
    expect(outcome(await ask(`${tiny.url}/things/a`, customer))).toEqual([403, 'FORBIDDEN']);
    expect(outcome(await ask(`${tiny.url}/things/a`, { headers: { 'X-Caller': 'admin' } }))).toEqual([
      401,
      'CALLER_REQUIRED',
    ]);
  });
});

describe('more than 100 headers', () => {
  let tiny: Tiny;
  beforeAll(async () => {
    tiny = await startTiny();
  });
  afterAll(() => tiny.close());
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, 'x']));
  /** Beside Host, which every request has; Connection is not counted. */
  const withHeaders = (count: number, path = '/things/a', more: Record<string, string> = {}) =>
    ask(tiny.url + path, { headers: { ...many(count - 1), ...more } });

  it.each(['/things/a', '/health', '/metrics', '/nothing', '/docs'])('are refused at %s', async (path) => {
    const { status, headers, body } = await withHeaders(101, path);
    expect([status, body.code]).toEqual([431, 'MALFORMED_REQUEST']);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(headers['x-request-id']).toBeDefined();
  });

  it('are refused where Node itself would begin to drop some', async () => {
    for (const count of [1000, 1001, 1500]) expect((await withHeaders(count)).status).toBe(431);
  });

  it('are refused too when headers of the gateway are repeated', async () => {
    const again = Array.from({ length: 500 }, () => 'X-Request-Id: x\r\n').join('');
    const answer = await sendRaw(
      tiny.listening.port,
      `GET /things/a HTTP/1.1\r\nHost: x\r\n${again}Connection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 431 /);
  });

  it('are allowed when the gateway has added them to 100', async () => {
    expect((await withHeaders(100)).status).toBe(200);
    const added = {
      'X-Caller': 'operator:eve',
      'X-Forwarded-For': '1.2.3.4',
      'X-Request-Id': 'r',
      Connection: 'close',
    };
    expect((await withHeaders(100, '/things/a', added)).status).toBe(200);
  });
});
