import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { held, inTurn, json, startTarget, type Target } from '../../../tests/support/call-target.ts';
import { until } from '../../../tests/support/until.ts';
import { Client } from './client.ts';
import { OmsError } from './errors.ts';
import type { ClientOptions } from './options.ts';

let target: Target;
beforeEach(async () => {
  target = await startTarget();
  // No pauses between attempts, but those that an answer asks for.
  jest.spyOn(Math, 'random').mockReturnValue(0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await target.close();
});

const client = (more: Partial<ClientOptions> = {}) => new Client({ baseUrl: target.url, ...more });
const cart = { customerId: 'ada', items: [{ productId: 'PROD001', quantity: 2 }] };
const keys = () => target.requests.map(({ headers }) => headers['idempotency-key']);
const problem = (status: number, code: string, more: object = {}) => ({ status, code, detail: 'so it is', ...more });
const failed = async (promise: Promise<unknown>): Promise<OmsError> => {
  const error = await promise.then(
    () => undefined,
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(OmsError);
  return error as OmsError;
};

/** Answers in turn: a problem as it says; `cut`: no answer; `200`: done. */
type Said = ReturnType<typeof problem> | 'cut' | 200;
function saying(...all: Said[]): void {
  let next = 0;
  target.answer = (_req, res) => {
    const said = all[Math.min(next++, all.length - 1)] as Said;
    if (said === 'cut') res.destroy();
    else if (said === 200) json(res, 200, { id: 'o1' });
    else res.writeHead(said.status, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(said));
  };
}

describe('a request', () => {
  it('is what the document says: method, path, query, body', async () => {
    await client().orders.fulfill('o1', { carrier: 'EXPRESS' });
    await client().orders.get('o 1/2', { version: 3, at: undefined });
    await client().orders.confirm('o1');
    expect(target.requests.map(({ method, path, body }) => `${method} ${path} ${body}`)).toEqual([
      'POST /orders/o1/fulfill {"carrier":"EXPRESS"}',
      'GET /orders/o%201%2F2?version=3 ',
      'POST /orders/o1/confirm ',
    ]);
    expect(target.requests[0]?.headers).toMatchObject({
      accept: 'application/json',
      'content-type': 'application/json',
    });
    expect(target.requests[2]?.headers['content-type']).toBeUndefined();
  });

  it('has the headers of its caller, which count more than those of the client', async () => {
    await client().orders.get('o1', {}, { headers: { accept: 'application/json;v=2', traceparent: '00-1-2-01' } });
    expect(target.requests[0]?.headers).toMatchObject({ accept: 'application/json;v=2', traceparent: '00-1-2-01' });
  });

  it.each(['', '.', '..', undefined])('is not made without an id, whose path would be another one: %j', async (id) => {
    await expect(client().orders.cancel(id as string)).rejects.toThrow('{id} must be an id');
    expect(target.requests).toEqual([]);
  });

  it.each(['orders', '//elsewhere.example', '@elsewhere.example', ''])(
    'goes nowhere else with its token: %j',
    async (path) => {
      await expect(client({ token: 't1' }).request('GET', path)).rejects.toThrow('is not a path of the API');
    },
  );
});

describe('a write', () => {
  it('has an idempotency key: the same in all its attempts, and another in the next write', async () => {
    target.answer = inTurn(503, 502, 200, 200);
    await client().orders.place(cart);
    await client().orders.place(cart);
    const [first, second, third, next] = keys();
    expect(first).toMatch(/^[0-9a-f]{32}$/);
    expect([second, third]).toEqual([first, first]);
    expect(next).not.toBe(first);
  });

  it('has the key of its caller, so that another process can repeat it', async () => {
    await client().orders.place(cart, { idempotencyKey: 'cart-17' });
    expect(keys()).toEqual(['cart-17']);
  });

  it('of which a read has none', async () => {
    await client().orders.get('o1');
    expect(keys()).toEqual([undefined]);
  });
});

describe('is sent again', () => {
  it.each<[string, Said]>([
    ['the gateway limits the rate (429)', problem(429, 'RATE_LIMITED')],
    ['the service failed (500)', problem(500, 'INTERNAL')],
    ['the connection to the service broke (502)', problem(502, 'BAD_GATEWAY')],
    ['the service is not there (503)', problem(503, 'SERVICE_UNAVAILABLE')],
    ['the service was too slow (504)', problem(504, 'GATEWAY_TIMEOUT')],
    ['the first one is still being carried out (409)', problem(409, 'REQUEST_IN_PROGRESS')],
    ['the connection broke', 'cut'],
  ])('a request, when %s', async (_, said) => {
    saying(said, 200);
    expect(await client().orders.place(cart)).toEqual({ id: 'o1' });
    expect(await client().orders.get('o1')).toEqual({ id: 'o1' });
    expect(target.requests).toHaveLength(3);
  });

  it('a request whose answer breaks off in the middle', async () => {
    target.answer = (_req, res) => {
      target.answer = (_req, res) => json(res, 200, { id: 'o1' });
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '100' }).write('{"id":');
      setImmediate(() => res.destroy());
    };
    expect(await client().orders.place(cart)).toEqual({ id: 'o1' });
  });

  it('a request without an answer within the limit for one attempt', async () => {
    const { waiting, answer } = held();
    target.answer = (req, res) => {
      if (waiting.length > 0) return json(res, 200, { id: 'o1' });
      answer(req, res);
    };
    expect(await client({ timeoutMs: 50 }).orders.place(cart)).toEqual({ id: 'o1' });
    expect(keys()[1]).toBe(keys()[0]);
  });

  it('a request, not sooner than Retry-After says, in seconds or as a date', async () => {
    target.answer = (_req, res) => {
      target.answer = (_req, res) => json(res, 200, {});
      json(res, 503, problem(503, 'SERVICE_UNAVAILABLE'), { 'Retry-After': '1' });
    };
    await client().orders.get('o1');
    const [first, second] = target.requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(990);

    const at = new Date(Date.now() + 30_000).toUTCString();
    target.answer = (_req, res) => json(res, 429, problem(429, 'RATE_LIMITED'), { 'Retry-After': at });
    const { retryAfterMs = 0 } = await failed(client({ retries: 0 }).orders.get('o1'));
    expect(retryAfterMs).toBeGreaterThan(20_000);
  });

  it('a request after a random pause, of which the caller is told', async () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.1);
    saying(problem(503, 'SERVICE_UNAVAILABLE'), 'cut', 200);
    const told: unknown[] = [];
    await client().orders.get(
      'o1',
      {},
      { onRetry: ({ attempt, pauseMs, error }) => told.push([attempt, pauseMs, error?.code]) },
    );
    expect(told).toEqual([
      [1, 50, 'SERVICE_UNAVAILABLE'],
      [2, 100, 'NO_ANSWER'],
    ]);
  });
});

describe('is not sent again', () => {
  it.each([
    [400, 'VALIDATION_FAILED'],
    [402, 'PAYMENT_DECLINED'],
    [403, 'FORBIDDEN'],
    [404, 'ORDER_NOT_FOUND'],
    [409, 'OUT_OF_STOCK'],
    [412, 'PRECONDITION_FAILED'],
    [422, 'IDEMPOTENCY_KEY_REUSED'],
  ])('what was refused: %i %s', async (status, code) => {
    saying(problem(status, code));
    expect(await failed(client().orders.place(cart))).toMatchObject({ status, code, detail: 'so it is' });
    expect(target.requests).toHaveLength(1);
  });

  it('an order that was rejected: it exists, its customer was told, and another one is for the caller to decide', async () => {
    saying(problem(503, 'PAYMENT_UNAVAILABLE', { orderId: 'o1' }));
    const error = await failed(client().orders.place(cart));
    expect(error).toMatchObject({ code: 'PAYMENT_UNAVAILABLE', problem: { orderId: 'o1' }, mayHaveHappened: false });
    expect(target.requests).toHaveLength(1);
  });

  it('a request more often than `retries` says', async () => {
    saying('cut');
    await failed(client().orders.get('o1'));
    expect(target.requests).toHaveLength(4);
    await failed(client({ retries: 1 }).orders.get('o1'));
    await failed(client().orders.get('o1', {}, { retries: 0 }));
    expect(target.requests).toHaveLength(7);
  });

  it('a request that should wait for more than a minute: the caller is told how long', async () => {
    target.answer = (_req, res) => json(res, 429, problem(429, 'RATE_LIMITED'), { 'Retry-After': '61' });
    expect((await failed(client().orders.get('o1'))).retryAfterMs).toBe(61_000);
  });

  it('what its caller has given up, in an attempt or in a pause: it ends with his reason', async () => {
    const { waiting, answer } = held();
    target.answer = answer;
    const leaving = new AbortController();
    const placing = client().orders.place(cart, { signal: leaving.signal });
    await until(() => waiting.length === 1);
    leaving.abort(new Error('closed'));
    await expect(placing).rejects.toThrow('closed');
    await until(() => target.abandoned === 1);

    jest.spyOn(Math, 'random').mockReturnValue(1);
    saying('cut');
    const pausing = new AbortController();
    const { signal } = pausing;
    const retried = client({ retries: 1 }).orders.get(
      'o1',
      {},
      { signal, onRetry: () => pausing.abort(new Error('left')) },
    );
    await expect(retried).rejects.toThrow('left');
    await expect(client().orders.get('o1', {}, { signal })).rejects.toThrow('left');
    expect(target.requests).toHaveLength(2);
  });
});

describe('the outcome of a write', () => {
  const down = problem(503, 'SERVICE_UNAVAILABLE');
  const failing = problem(500, 'INTERNAL');
  const limited = problem(429, 'RATE_LIMITED');

  it.each<[string, Said[]]>([
    ['nobody answered', ['cut']],
    ['the service failed', [failing]],
    ['the service is not there, and may have been when it was sent', [down]],
    ['the gateway had no answer in time', [problem(504, 'GATEWAY_TIMEOUT')]],
    ['it is still being carried out', [problem(409, 'REQUEST_IN_PROGRESS')]],
    ['a later attempt was not looked at', ['cut', limited, limited, limited]],
    ['the token expired meanwhile', ['cut', problem(401, 'UNAUTHENTICATED')]],
  ])('is unknown, if %s', async (_, all) => {
    saying(...all);
    const error = await failed(client().orders.place(cart));
    expect(error.mayHaveHappened).toBe(true);
    expect(error.idempotencyKey).toBe(keys()[0]);
  });

  it.each<[string, Said[]]>([
    ['it was refused', [problem(409, 'OUT_OF_STOCK')]],
    ['it was refused when it was sent again', ['cut', problem(409, 'OUT_OF_STOCK')]],
    ['its order was rejected when it was sent again', ['cut', problem(503, 'PAYMENT_UNAVAILABLE')]],
    ['no attempt was looked at', [limited]],
    ['every failure was injected before anything was done', [problem(500, 'CHAOS_INJECTED')]],
  ])('is known, if %s', async (_, all) => {
    saying(...all);
    expect((await failed(client().orders.place(cart))).mayHaveHappened).toBe(false);
  });

  it('is known, if there was nobody to connect to', async () => {
    await target.close();
    const error = await failed(client().orders.place(cart));
    expect(error).toMatchObject({ status: 0, code: 'NO_ANSWER', mayHaveHappened: false });
    expect(error.message).toMatch(/^POST \/orders: NO_ANSWER, .*ECONNREFUSED/);
  });

  it('is no question for a read', async () => {
    saying('cut');
    expect((await failed(client().orders.get('o1'))).mayHaveHappened).toBe(false);
  });
});

describe('an answer that is not one of the API', () => {
  const page = (status: number, type = 'text/html') => {
    target.answer = (_req, res) => void res.writeHead(status, { 'Content-Type': type }).end('<h1>proxy</h1>');
  };

  it.each([
    [502, 'text/html', 4, true],
    [403, 'text/html', 1, false],
    [200, 'text/html', 1, true],
    [200, 'application/json', 1, true],
  ])('is an error with its status: %i %s', async (status, type, attempts, mayHaveHappened) => {
    page(status, type);
    const error = await failed(client().orders.place(cart));
    expect(error).toMatchObject({ status, code: 'UNEXPECTED_ANSWER', mayHaveHappened });
    expect(target.requests).toHaveLength(attempts);
  });

  it('is a redirect, which would make a read of a write', async () => {
    target.answer = (_req, res) => void res.writeHead(302, { Location: '/elsewhere' }).end();
    await failed(client({ retries: 0 }).orders.place(cart));
    expect(target.requests).toHaveLength(1);
  });
});

describe('an error', () => {
  it('says what else its problem has, by code', async () => {
    saying(problem(409, 'QUANTITY_TOO_HIGH', { lineId: '1', most: 2 }));
    const error = await failed(client().orders.fulfill('o1', { items: [{ lineId: '1', quantity: 3 }] }));
    expect(error.is('OUT_OF_STOCK')).toBe(false);
    const most: number | undefined = error.is('QUANTITY_TOO_HIGH') ? error.problem.most : undefined;
    expect(most).toBe(2);
    expect(error.message).toBe('POST /orders/o1/fulfill: QUANTITY_TOO_HIGH (409), so it is');
  });
});

describe('a token', () => {
  const bearers = () => target.requests.map(({ headers }) => headers.authorization);
  const onlyWith = (token: string) => {
    target.answer = (req, res) => {
      if (req.headers.authorization === `Bearer ${token}`) json(res, 200, { id: 'o1' });
      else json(res, 401, problem(401, 'UNAUTHENTICATED'));
    };
  };

  it('that is a text is shown in every request', async () => {
    await client({ token: 't1' }).orders.get('o1');
    expect(bearers()).toEqual(['Bearer t1']);
  });

  it('that a function gives is asked for once, also for many requests', async () => {
    const token = jest.fn(async () => 't1');
    const oms = client({ token });
    await Promise.all([oms.orders.get('o1'), oms.orders.get('o2')]);
    await oms.orders.get('o3');
    expect(bearers()).toEqual(Array(3).fill('Bearer t1'));
    expect(token).toHaveBeenCalledTimes(1);
  });

  it('that is no longer taken is renewed, once for all requests', async () => {
    let given = 0;
    const token = jest.fn(() => `t${++given}`);
    const oms = client({ token });
    await oms.orders.get('o1');
    onlyWith('t2');
    const placed = await Promise.all([oms.orders.place(cart), oms.orders.place(cart), oms.orders.get('o1')]);
    expect(placed).toEqual(Array(3).fill({ id: 'o1' }));
    expect(token).toHaveBeenCalledTimes(2);
    expect(new Set(keys()).size).toBe(3);
  });

  it('that is not taken when it is new is an error', async () => {
    onlyWith('another');
    expect(await failed(client({ token: () => 't1' }).orders.get('o1'))).toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(target.requests).toHaveLength(2);
    await failed(client({ token: 't1' }).orders.get('o1'));
    expect(target.requests).toHaveLength(3);
  });

  it('that cannot be had is an error of the function, which is called again for the next request', async () => {
    const token = jest
      .fn<() => Promise<string>>()
      .mockRejectedValueOnce(new Error('signed out'))
      .mockResolvedValue('t1');
    const oms = client({ token });
    await expect(oms.orders.get('o1')).rejects.toThrow('signed out');
    await oms.orders.get('o1');
    expect(bearers()).toEqual(['Bearer t1']);
  });
});

describe('a list', () => {
  const pages: Record<string, object> = {
    '/orders?status=SHIPPED': { items: [{ id: 'a' }, { id: 'b' }], nextCursor: 'c2' },
    '/orders?status=SHIPPED&cursor=c2': { items: [], nextCursor: 'c3' },
    '/orders?status=SHIPPED&cursor=c3': { items: [{ id: 'c' }], nextCursor: null },
    '/orders/o1/events': { events: [{ version: 1 }], next: 1 },
    '/orders/o1/events?after=1': { events: [{ version: 2 }], next: null },
  };
  const asked = () => target.requests.map(({ path }) => path);
  beforeEach(() => {
    target.answer = ({ url = '' }, res) => json(res, 200, pages[url] ?? {});
  });

  it('is read to its end, page by page', async () => {
    const ids: string[] = [];
    for await (const { id } of client().orders.list({ status: 'SHIPPED' })) ids.push(id);
    expect(ids).toEqual(['a', 'b', 'c']);
    const versions: number[] = [];
    for await (const { version } of client().orders.history('o1')) versions.push(version);
    expect(versions).toEqual([1, 2]);
    expect(asked()).toEqual(Object.keys(pages));
  });

  it('asks for no page that nobody reads', async () => {
    const shipped = client().orders.list({ status: 'SHIPPED' });
    for await (const { id } of shipped) if (id === 'b') break;
    expect(asked()).toEqual(['/orders?status=SHIPPED']);
    expect((await shipped.page()).nextCursor).toBe('c2');
    expect((await shipped.page('c3')).items).toEqual([{ id: 'c' }]);
  });

  it('goes on after a page that came only when it was asked for again', async () => {
    const answer = target.answer;
    target.answer = (req, res) => {
      if (req.url?.includes('c3') && asked().length === 3) res.destroy();
      else answer(req, res);
    };
    const ids: string[] = [];
    for await (const { id } of client().orders.list({ status: 'SHIPPED' })) ids.push(id);
    expect(ids).toEqual(['a', 'b', 'c']);
  });
});
