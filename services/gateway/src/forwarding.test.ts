import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { held, inTurn, json, type Target } from '../../../tests/support/call-target.ts';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask, post } from '../../../tests/support/tiny-service.ts';
import { until } from '../../../tests/support/until.ts';

const world = gatewayWorld();
let [a, b]: Target[] = [];
let url: string;

async function between(env: Record<string, string> = {}, ...targets: Target[]) {
  const gateway = await world.gateway({ ORDER_SERVICE_URL: targets.map((target) => target.url).join(','), ...env });
  url = gateway.url;
}
beforeEach(async () => {
  a = await world.target();
  b = await world.target();
  await between({}, a, b);
});
afterEach(() => world.close());

const first = () => a as Target;
const second = () => b as Target;
const both = () => [first(), second()];
/** Only requests of clients: both are asked for /readyz too. */
const counts = () => both().map(({ requests }) => requests.filter(({ path }) => path.startsWith('/orders')).length);
const cut: Target['answer'] = (req) => req.socket.destroy();
const unready: Target['answer'] = (req, res) => json(res, req.url === '/readyz' ? 503 : 200, {});

describe('several addresses of a service', () => {
  it('take turns', async () => {
    for (let i = 0; i < 10; i++) await ask(`${url}/orders`);
    expect(counts()).toEqual([5, 5]);
  });

  it('get the next request where fewer requests are under way (load balancing)', async () => {
    const { answer, waiting, release } = held();
    first().answer = answer;
    const slow = [ask(`${url}/orders`), ask(`${url}/orders`)];
    await until(() => waiting.length === 1);
    await until(() => counts()[1] === 1);
    for (let i = 0; i < 5; i++) await ask(`${url}/orders`);
    expect(counts()).toEqual([1, 6]);
    release();
    await Promise.all(slow);
  });
});

describe('an address where nobody listens', () => {
  it.each(['GET', 'POST', 'PUT', 'DELETE'])(
    'has the %s request sent to another one, with a key or without',
    async (method) => {
      await first().close();
      for (let i = 0; i < 6; i++) expect((await ask(`${url}/orders`, { method })).status).toBe(200);
      expect(counts()[1]).toBe(6);
    },
  );

  it('is left out until its /readyz answers', async () => {
    const port = Number(new URL(first().url).port);
    await first().close();
    for (let i = 0; i < 4; i++) await ask(`${url}/orders`);
    a = await world.target(port);
    first().answer = unready;
    await until(() => first().requests.some(({ path }) => path === '/readyz'));
    await ask(`${url}/orders`);
    expect(counts()[0]).toBe(0);
    first().answer = (_req, res) => json(res, 200, {});
    await until(async () => {
      await ask(`${url}/orders`);
      return (counts()[0] as number) > 0;
    });
  });
});

describe('an answer of 500', () => {
  const failing = (times: number): Target['answer'] => {
    let left = times;
    return (_req, res) => (left-- > 0 ? json(res, 500, { code: 'INTERNAL' }) : json(res, 200, {}));
  };

  it.each([
    ['GET', {}],
    ['PUT', { 'Idempotency-Key': 'k' }],
    ['POST', {}],
  ])('to a %s request has the same request sent to another address, with the same key: %j', async (method, headers) => {
    for (const target of both()) target.answer = failing(1);
    const body = method === 'GET' ? '' : '{"x":1}';
    expect((await ask(`${url}/orders`, { method, headers, body })).status).toBe(200);
    expect(counts().sort()).toEqual([1, 2]);
    const sent = both().flatMap(({ requests }) => requests.map((one) => one.body + one.headers['idempotency-key']));
    expect(new Set(sent).size).toBe(1);
  });

  it('is passed on after two retries, and at once if the method takes no Idempotency-Key', async () => {
    await between({}, first());
    first().answer = failing(4);
    expect((await post(`${url}/orders`, {})).status).toBe(500);
    expect(counts()).toEqual([3, 0]);
    expect((await ask(`${url}/orders`, { method: 'PATCH' })).status).toBe(500);
    expect(counts()).toEqual([4, 0]);
  });

  it('is passed on at once when the retries of the last requests are spent (retry budget)', async () => {
    await between({}, first());
    first().answer = failing(1_000);
    for (let i = 0; i < 40; i++) await ask(`${url}/orders`);
    const before = counts()[0] as number;
    for (let i = 0; i < 10; i++) await ask(`${url}/orders`);
    expect((counts()[0] as number) - before).toBeLessThanOrEqual(13);
  });

  it('five times in a row has its address left out while it is not ready', async () => {
    first().answer = (req, res) => json(res, req.url === '/readyz' ? 503 : 500, {});
    for (let i = 0; i < 5; i++) expect((await ask(`${url}/orders`)).status).toBe(200);
    await until(() => first().requests.filter(({ path }) => path === '/readyz').length > 1);
    for (let i = 0; i < 5; i++) await ask(`${url}/orders`);
    expect(counts()).toEqual([5, 10]);
  });

  it.each([502, 503, 504])('is another matter than one of %i, which is passed on at once', async (status) => {
    await between({}, first());
    first().answer = (_req, res) => json(res, status, {}, { 'Retry-After': '1' });
    expect((await post(`${url}/orders`, {})).status).toBe(status);
    expect(counts()).toEqual([1, 0]);
  });

  it('before a connection that breaks off leaves a write unknown: 502', async () => {
    await between({}, first());
    let times = 0;
    first().answer = (req, res) => (times++ === 0 ? json(res, 500, {}) : cut(req, res));
    const { status, body } = await post(`${url}/orders`, {});
    expect([status, body.code, times]).toEqual([502, 'BAD_GATEWAY', 3]);
  });
});

describe('a connection that breaks off with a request', () => {
  it.each([
    ['GET', {}],
    ['HEAD', {}],
    ['OPTIONS', {}],
    ['POST', { 'Idempotency-Key': 'k' }],
    ['DELETE', { 'Idempotency-Key': 'k' }],
    ['POST', {}],
  ])('has the same %s request, body and all, sent to the other address: %j', async (method, headers) => {
    first().answer = cut;
    const body = method === 'POST' ? '{"x":1}' : '';
    for (let i = 0; i < 2; i++) {
      const answer = await ask(`${url}/orders`, { method, headers: { ...headers, 'Content-Type': 'a/b' }, body });
      expect(answer.status).toBe(200);
    }
    expect(counts()).toEqual([1, 2]);
    expect(second().requests).toMatchObject([
      { method, body },
      { method, body },
    ]);
  });

  it('has a request whose method takes no Idempotency-Key sent to no other address', async () => {
    first().answer = cut;
    const statuses = [];
    for (let i = 0; i < 2; i++) statuses.push((await ask(`${url}/orders`, { method: 'PATCH' })).status);
    expect([statuses.sort(), counts()]).toEqual([
      [200, 502],
      [1, 1],
    ]);
  });

  it('has a write without a key retried under a key of the gateway, the same each time', async () => {
    for (const target of both()) target.answer = cut;
    for (const method of ['PUT', 'DELETE']) await ask(`${url}/orders`, { method });
    const keys = both().map(({ requests }) => requests.map(({ headers }) => headers['idempotency-key']));
    expect(keys[0]?.join()).toMatch(/^gateway:[0-9a-f-]{36},gateway:[0-9a-f-]{36}$/);
    expect(keys[0]).toEqual(keys[1]);
    expect(new Set(keys.flat()).size).toBe(2);
  });

  it('has a write without a key answered 502 if its retry learns that it is still being carried out', async () => {
    await between({}, first());
    let times = 0;
    first().answer = (req, res) => {
      if (times++ === 0) return cut(req, res);
      res.setHeader('Retry-After', '1');
      json(res, 409, { code: 'REQUEST_IN_PROGRESS' });
    };
    const { status, body } = await post(`${url}/orders`, {});
    expect([status, body.code, times]).toEqual([502, 'BAD_GATEWAY', 2]);
    times = 0;
    const keyed = await post(`${url}/orders`, {}, { 'Idempotency-Key': 'k' });
    expect([keyed.status, keyed.body.code, times]).toEqual([409, 'REQUEST_IN_PROGRESS', 2]);
  });

  it.each([
    ['sent again', 'for another reason', 409, {}, 2],
    ['sent again', 'in another way', 503, { 'Retry-After': '1' }, 2],
    ['sent once', 'as in progress', 409, { 'Retry-After': '1' }, 1],
  ])('has a write without a key, %s, refused %s if the service does so', async (_how, _why, refused, headers, sent) => {
    await between({}, first());
    let times = 0;
    first().answer = (req, res) => (++times < sent ? cut(req, res) : json(res, refused, {}, headers));
    expect([(await post(`${url}/orders`, {})).status, times]).toEqual([refused, sent]);
  });

  it('at every address has a write without a key answered 502, since it may have been carried out', async () => {
    for (const target of both()) target.answer = cut;
    const { status, headers, body } = await post(`${url}/orders`, {});
    expect([status, body.code, counts()]).toEqual([502, 'BAD_GATEWAY', [1, 1]]);
    expect(body.detail).toMatch(/^The connection to the order service broke off .* or not: with an Idempotency-Key/);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(headers).not.toHaveProperty('retry-after');
  });

  it('has the address left out', async () => {
    first().answer = (req, res) => (req.url === '/readyz' ? unready(req, res) : cut(req, res));
    for (let i = 0; i < 6; i++) await ask(`${url}/orders`);
    expect(counts()).toEqual([1, 6]);
  });

  it('at every address is 502 in the end, with a key too', async () => {
    for (const target of both()) target.answer = cut;
    const { status, body } = await post(`${url}/orders`, {}, { 'Idempotency-Key': 'k' });
    expect([status, body.code, counts()]).toEqual([502, 'BAD_GATEWAY', [1, 1]]);
    expect(body.detail).toMatch(/ask again with the same Idempotency-Key\.$/);
    expect((await ask(`${url}/orders`)).body.detail).toMatch(/Nothing was changed by it\.$/);
  });

  it('has a request sent once more to the only address there is', async () => {
    await between({}, first());
    let times = 0;
    first().answer = (req, res) => (times++ === 0 ? cut(req, res) : json(res, 200, { times }));
    expect((await ask(`${url}/orders`)).body).toEqual({ times: 2 });
    first().answer = cut;
    expect([(await ask(`${url}/orders`)).status, counts()[0]]).toEqual([502, 4]);
  });

  it('is counted when the request is sent again', async () => {
    first().answer = cut;
    for (let i = 0; i < 2; i++) await ask(`${url}/orders`);
    expect((await ask(`${url}/metrics`)).text).toContain('retry_count{target="order",service="gateway"} 1');
  });
});

describe('a service that nobody can reach', () => {
  it('is 503 with Retry-After, and named', async () => {
    for (const target of both()) await target.close();
    const { status, headers, body } = await post(`${url}/orders`, {});
    expect([status, body.code, body.service, headers['retry-after']]).toEqual([
      503,
      'SERVICE_UNAVAILABLE',
      'order',
      '1',
    ]);
    expect(body.detail).toBe('The order service cannot be reached.');
  });

  it('does not keep others from being reached', async () => {
    await between({ PAYMENT_SERVICE_URL: second().url }, first());
    await first().close();
    expect((await ask(`${url}/orders`)).status).toBe(503);
    expect((await ask(`${url}/payments`)).status).toBe(200);
  });
});

describe('an answer that does not come before the timeout', () => {
  const { answer, waiting, release } = held();
  afterEach(() => release());

  it('is 504, is not retried, and ends the request at the service', async () => {
    await between({ GATEWAY_DEADLINE_MS: '300' }, first(), second());
    for (const target of both()) target.answer = answer;
    const { status, body } = await ask(`${url}/orders`, { headers: { 'Idempotency-Key': 'k' } });
    expect([status, body.code]).toEqual([504, 'GATEWAY_TIMEOUT']);
    expect(counts().sort()).toEqual([0, 1]);
    await until(() => both().some(({ abandoned }) => abandoned === 1));
  });

  it('is waited for longer by as much as the client prefers', async () => {
    await between({ GATEWAY_DEADLINE_MS: '300' }, first());
    first().answer = answer;
    let settled = false;
    const patient = ask(`${url}/orders`, { headers: { Prefer: 'respond-async, wait=20' } }).finally(() => {
      settled = true;
    });
    await until(() => waiting.length === 1);
    expect((await ask(`${url}/orders`)).status).toBe(504);
    expect(settled).toBe(false);
    release(202);
    expect((await patient).status).toBe(202);
  });

  it('has its address left out until it is ready', async () => {
    await between({ GATEWAY_DEADLINE_MS: '300' }, first(), second());
    first().answer = answer;
    const statuses = [];
    for (let i = 0; i < 6; i++) statuses.push((await ask(`${url}/orders`)).status);
    expect(statuses.sort()).toEqual([200, 200, 200, 200, 200, 504]);
  });
});

describe('an address that answers five times in a row with a failure of its own', () => {
  const failing =
    (readyz: number): Target['answer'] =>
    (req, res) =>
      json(res, req.url === '/readyz' ? readyz : 502, {});
  const asked = () => first().requests.filter(({ path }) => path === '/readyz').length;

  it('is left out while it is not ready, and no request is sent again for it', async () => {
    first().answer = failing(503);
    const statuses = [];
    for (let i = 0; i < 10; i++) statuses.push((await ask(`${url}/orders`)).status);
    expect(statuses.filter((status) => status === 502)).toHaveLength(5);
    await until(() => asked() > 1);
    for (let i = 0; i < 6; i++) expect((await ask(`${url}/orders`)).status).toBe(200);
    expect(counts()[0]).toBe(5);
  });

  it('stays when it says that it is ready', async () => {
    first().answer = failing(200);
    for (let i = 0; i < 10; i++) await ask(`${url}/orders`);
    await until(() => asked() === 1);
    for (let i = 0; i < 4; i++) await ask(`${url}/orders`);
    expect(counts()).toEqual([7, 7]);
  });

  it('stays when another answer came in between', async () => {
    first().answer = inTurn(502, 502, 502, 502, 404, 502, 502, 502, 502, 200);
    for (let i = 0; i < 20; i++) await ask(`${url}/orders`);
    expect([counts()[0], asked()]).toEqual([10, 0]);
  });
});

describe('a service that is slow', () => {
  it('has a limited number of waiting requests (bulkhead), and others are not affected', async () => {
    await between({ GATEWAY_CAPACITY: '3', PAYMENT_SERVICE_URL: second().url }, first());
    const { answer, waiting, release } = held();
    first().answer = answer;
    const slow = Array.from({ length: 3 }, () => ask(`${url}/orders`));
    await until(() => waiting.length === 3);
    const refused = await ask(`${url}/orders`);
    expect([refused.status, refused.body.code, refused.body.service]).toEqual([503, 'SERVICE_UNAVAILABLE', 'order']);
    expect(refused.headers['retry-after']).toBe('1');
    const { text } = await ask(`${url}/metrics`);
    expect(text).toContain('bulkhead_rejections_total{target="order",service="gateway"} 1');
    expect(text).toContain('bulkhead_rejections_total{target="payment",service="gateway"} 0');
    expect((await ask(`${url}/payments`)).status).toBe(200);
    release();
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual([200, 200, 200]);
    first().answer = (_req, res) => json(res, 200, {});
    expect((await ask(`${url}/orders`)).status).toBe(200);
  });

  it('is not left out because clients go away', async () => {
    const { answer, waiting, release } = held();
    for (const target of both()) target.answer = answer;
    const leaving = new AbortController();
    const gone = fetch(`${url}/orders`, { signal: leaving.signal }).catch(() => 'gone');
    await until(() => waiting.length === 1);
    leaving.abort();
    await gone;
    await until(() => both().some(({ abandoned }) => abandoned === 1));
    release();
    for (const target of both()) target.answer = (_req, res) => json(res, 200, {});
    for (let i = 0; i < 4; i++) await ask(`${url}/orders`);
    expect(counts().sort()).toEqual([2, 3]);
  });

  it('has room again when clients go away', async () => {
    await between({ GATEWAY_CAPACITY: '1' }, first());
    const { answer, waiting, release } = held();
    first().answer = answer;
    const leaving = new AbortController();
    const gone = fetch(`${url}/orders`, { signal: leaving.signal }).catch(() => 'gone');
    await until(() => waiting.length === 1);
    leaving.abort();
    expect(await gone).toBe('gone');
    await until(() => first().abandoned === 1);
    release();
    first().answer = (_req, res) => json(res, 200, {});
    await until(async () => (await ask(`${url}/orders`)).status === 200);
    expect((await ask(`${url}/metrics`)).text).toContain('route="/orders/*",status="499"');
  });
});
