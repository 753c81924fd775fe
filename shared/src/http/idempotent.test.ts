import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { answered, carryOut } from './idempotent.ts';

let tiny: Tiny;
beforeEach(async () => {
  tiny = await startTiny();
});
afterEach(() => tiny.close());

const create = (id: string, key: string, size: unknown = 1) =>
  post(`${tiny.url}/things`, { id, size }, { 'Idempotency-Key': key });
const eventsOf = (id: string) => tiny.store.events({ stream: `thing/${id}`, limit: 10 });

describe('a request with an Idempotency-Key', () => {
  it('is carried out once and answered the same, byte for byte', async () => {
    const first = await create('a', 'k');
    const again = await create('a', 'k');
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect(await eventsOf('a')).toHaveLength(1);
  });

  it('is carried out once even if sent many times at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => create('a', 'k')));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await eventsOf('a')).toHaveLength(1);
  });

  it('has the same key quoted and bare', async () => {
    await create('a', 'my key');
    expect((await create('a', '"my key"')).headers['idempotent-replayed']).toBe('true');
  });

  it('is refused again when it was refused', async () => {
    await create('a', 'k1');
    const refused = await create('a', 'k2');
    const again = await create('a', 'k2');
    expect([refused.status, refused.body.code]).toEqual([409, 'PRODUCT_EXISTS']);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([refused.text, 'true']);
  });

  it.each([
    ['another body', () => create('b', 'k')],
    [
      'another path',
      () => ask(`${tiny.url}/chaos`, { method: 'PUT', headers: jsonWithKey, body: '{"id":"a","size":1}' }),
    ],
  ])('is 422 with %s', async (_what, send) => {
    await create('a', 'k');
    const { status, body } = await send();
    expect([status, body.code]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('may be corrected under the same key after a validation failure', async () => {
    expect((await create('a', 'k', 'big')).status).toBe(400);
    expect((await create('a', 'k', 1)).status).toBe(201);
  });

  it('may be tried again under the same key after a 503', async () => {
    const send = () => post(`${tiny.url}/busy`, {}, { 'Idempotency-Key': 'k' });
    await send();
    expect((await send()).headers).not.toHaveProperty('idempotent-replayed');
  });

  it('is remembered for a day', async () => {
    await create('a', 'k');
    tiny.clock.now += 24 * 60 * 60 * 1000 - 1;
    expect((await create('a', 'k')).headers['idempotent-replayed']).toBe('true');
    tiny.clock.now += 1;
    expect((await create('a', 'k')).status).toBe(409);
  });

  it.each(['', '"', '""', '"unclosed', '"a"b"', 'x'.repeat(256), `"${'x'.repeat(256)}"`, 'caf\u00e9'])(
    'is 400 with the key %j',
    async (key) => {
      const { status, body } = await create('a', key);
      expect([status, body.code]).toEqual([400, 'VALIDATION_FAILED']);
      expect(body.errors).toMatchObject([{ path: 'Idempotency-Key' }]);
    },
  );

  it.each(['x'.repeat(255), 'a"b', '!'])('is served with the key %j', async (key) => {
    expect((await create('a', key)).status).toBe(201);
  });
});

const jsonWithKey = { 'Content-Type': 'application/json', 'Idempotency-Key': 'k' };

describe('a list', () => {
  it('is read page by page, each document once, along Link and nextCursor', async () => {
    for (const id of ['a', 'b', 'c', 'd', 'e']) await create(id, `key-${id}`);
    const seen: unknown[] = [];
    let path: string | undefined = '/things?limit=2';
    while (path) {
      const { body, headers } = await ask(tiny.url + path);
      seen.push((body.items as { id: string }[]).map(({ id }) => id));
      path = /<(.+)>; rel="next"/.exec(String(headers.link))?.[1];
      expect(path === undefined).toBe(body.nextCursor === null);
    }
    expect(seen).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  });

  it.each(['?limit=0', '?limit=201', '?limit=x', '?cursor=%2F', '?cursor=AAAA'])('is 400 with %s', async (query) => {
    expect((await ask(`${tiny.url}/things${query}`)).body.code).toBe('VALIDATION_FAILED');
  });
});

describe('carrying out a request', () => {
  const asking = { instance: '/x', traceId: 't', request: undefined };

  it('passes on an error that is not a refusal', async () => {
    const failing = carryOut(tiny, [], asking, () => {
      throw new RangeError('not today');
    });
    await expect(failing).rejects.toThrow(RangeError);
  });

  it('has to give an answer', () => {
    expect(() => answered({ replayed: false })).toThrow('a request was carried out without an answer');
  });
});
