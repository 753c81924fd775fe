import { createServer, connect as dial, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { Recorder } from '../../../tests/support/recorder.ts';
import { until } from '../../../tests/support/until.ts';
import { traceOf, withTrace } from '../telemetry/trace.ts';
import { PostgresStore } from './postgres.ts';
import type { Docs } from './store.ts';

interface Account {
  balance: number;
}

let url: string;
let stores: PostgresStore<Account>[];
let closing: (() => Promise<void>)[];

beforeEach(async () => {
  if (process.env.DATABASE_URL_TEST) url = await freshDatabase();
  stores = [];
  closing = [];
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(stores.map((store) => store.close()));
  for (const close of closing) await close();
});

function open(at = url): PostgresStore<Account> {
  const store = new PostgresStore<Account>(at);
  stores.push(store);
  return store;
}

async function sql(text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(text, values).finally(() => client.end());
  return rows;
}

/** The pauses before retries, which take no time here. */
function withoutPauses(): number[] {
  const { setTimeout } = globalThis;
  const pauses: number[] = [];
  jest.spyOn(globalThis, 'setTimeout').mockImplementation(((then: () => void, ms: number) => {
    if (ms >= 3_000) return setTimeout(then, ms);
    pauses.push(ms);
    return setTimeout(then, 0);
  }) as typeof setTimeout);
  return pauses;
}

/** Other suites wait for locks, too, in their own databases. */
const HERE = 'pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())';
const balanceOf = (docs: Docs<Account>, id: string) => docs.get(id)?.data.balance ?? 0;
const event = (stream: string) => ({ stream, type: 'moved', at: 1, traceId: 't', data: {} });
const add = (store: PostgresStore<Account>, id: string, amount: number, key?: string) =>
  store.write([id], key === undefined ? undefined : { key, fingerprint: 'f' }, (docs) => ({
    put: [{ id, data: { balance: balanceOf(docs, id) + amount } }],
    events: [event(id)],
    answer: { status: 200, headers: {}, body: 'added' },
  }));

describeDurable('writes that wait at the same moment', () => {
  it('share transactions', async () => {
    const store = open();
    await add(store, 'warm', 1);
    const before = Number((await sql('SELECT pg_current_xact_id()::text AS id'))[0]?.id);
    await Promise.all(Array.from({ length: 200 }, (_, i) => add(store, `a${i % 20}`, 1)));
    const after = Number((await sql('SELECT pg_current_xact_id()::text AS id'))[0]?.id);
    expect(after - before).toBeLessThan(10);
    expect((await store.read('a7'))?.data.balance).toBe(10);
  });

  it('of several replicas move money between the same accounts without a loss or a deadlock', async () => {
    const replicas = [open(), open(), open()];
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) await add(replicas[0] as PostgresStore<Account>, id, 1_000);
    const moves = Array.from({ length: 600 }, (_, i) => {
      const [from, to] = [ids[i % 4], ids[(i * 7 + 1) % 4]] as [string, string];
      const amount = (i % 9) + 1;
      return (replicas[i % 3] as PostgresStore<Account>).write([from, to], undefined, (docs) => {
        if (from === to) return {};
        return {
          put: [
            { id: from, data: { balance: balanceOf(docs, from) - amount } },
            { id: to, data: { balance: balanceOf(docs, to) + amount } },
          ],
          events: [event(from), event(to)],
        };
      });
    });
    await Promise.all(moves);
    const docs = await Promise.all(ids.map((id) => (replicas[1] as PostgresStore<Account>).read(id)));
    expect(docs.reduce((sum, doc) => sum + (doc?.data.balance ?? 0), 0)).toBe(4_000);
    const feed = await (replicas[2] as PostgresStore<Account>).events({ limit: 10_000 });
    expect(feed.map(({ position }) => Number(position))).toEqual(feed.map((_, i) => i + 1));
    for (const id of ids) {
      const versions = feed.filter(({ stream }) => stream === id).map(({ version }) => version);
      expect(versions).toEqual(versions.map((_, i) => i + 1));
    }
  });

  it('of several replicas to one document build on each other, also without events', async () => {
    const replicas = [open(), open(), open()];
    await add(replicas[0] as PostgresStore<Account>, 'a', 0);
    for (let round = 0; round < 20; round++) {
      await Promise.all(
        replicas.map((store) =>
          store.write(['a'], undefined, (docs) => ({
            put: [{ id: 'a', data: { balance: balanceOf(docs, 'a') + 1 } }],
          })),
        ),
      );
    }
    expect((await replicas[0]?.read('a'))?.data.balance).toBe(60);
  });

  it('of several replicas with one key are carried out once', async () => {
    const replicas = [open(), open(), open()];
    for (let round = 0; round < 10; round++) {
      const written = await Promise.all(replicas.map((store) => add(store, `fresh${round}`, 1, `key${round}`)));
      expect(written.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(written.map(({ answer }) => answer?.body)).toEqual(['added', 'added', 'added']);
      expect((await replicas[0]?.read(`fresh${round}`))?.data.balance).toBe(1);
    }
  });

  it('see everything that the write before them stored, new documents included', async () => {
    const store = open();
    await add(store, 'a', 1);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    closing.push(() => other.end());
    await other.query('BEGIN');
    await other.query(`UPDATE docs SET data = '{"balance": 2}' WHERE id = 'a'`);
    const looking = store.write(['a', 'b'], undefined, (docs) => ({
      result: [balanceOf(docs, 'a'), balanceOf(docs, 'b')],
    }));
    await until(async () => (await sql(`SELECT 1 FROM pg_locks WHERE NOT granted AND ${HERE}`)).length > 0);
    await other.query(`INSERT INTO docs (id, version, data, tags) VALUES ('b', 0, '{"balance": 3}', '{}')`);
    await other.query('COMMIT');
    expect((await looking).result).toEqual([2, 3]);
  });

  it('begin again after a lock timeout', async () => {
    const store = open();
    await add(store, 'a', 1);
    const other = new pg.Client({ connectionString: url });
    await other.connect();
    closing.push(() => other.end());
    await other.query(`BEGIN; UPDATE docs SET data = '{"balance": 2}' WHERE id = 'a'`);
    const waiting = add(store, 'a', 1);
    const waits = `FROM pg_locks WHERE NOT granted AND ${HERE}`;
    await until(async () => (await sql(`SELECT 1 ${waits}`)).length > 0);
    await sql(`SELECT pg_cancel_backend(pid) ${waits}`);
    await other.query('COMMIT');
    await waiting;
    expect((await store.read('a'))?.data.balance).toBe(3);
  });

  it.each([1, 5])('fail at once when their data is wrong, and only they: beside %i', async (others) => {
    const store = open();
    const pauses = withoutPauses();
    const tooBig = store.write(['bad'], undefined, () => ({
      put: [{ id: 'bad', data: { balance: 1 }, dueAt: 2 ** 70 }],
    }));
    const good = Array.from({ length: others }, (_, i) => add(store, `good${i}`, i));
    await expect(tooBig).rejects.toMatchObject({ code: expect.stringMatching(/^22/) });
    await Promise.all(good);
    expect(pauses).toEqual([]);
    expect((await store.read(`good${others - 1}`))?.data.balance).toBe(others - 1);
    expect(await store.read('bad')).toBeUndefined();
  });
});

describeDurable('replicas that make the same at the same moment', () => {
  type Make = (store: PostgresStore<Account>, name: string) => Promise<unknown>;
  it.each<[string, Make]>([
    ['documents', (store, id) => store.write([id], undefined, () => ({ put: [{ id, data: { balance: 1 } }] }))],
    ['requests', (store, key) => store.write([], { key, fingerprint: 'f' }, () => ({ pending: 'a' }))],
  ])('never deadlock, in whatever order they create %s', async (_what, make) => {
    const [one, other] = [open(), open()];
    // Slow enough to overlap.
    await sql(`
      CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.005); RETURN NEW; END $$;
      CREATE TRIGGER slowly BEFORE INSERT ON docs FOR EACH ROW EXECUTE FUNCTION slowly();
      CREATE TRIGGER slowly BEFORE INSERT ON requests FOR EACH ROW EXECUTE FUNCTION slowly()`);
    const names = Array.from({ length: 20 }, (_, i) => `${i}`);
    const making = names.map((name) => make(one, name));
    await Promise.all([...making, ...names.reverse().map((name) => make(other, name))]);
    // A session reports its counters when it ends.
    await Promise.all(stores.splice(0).map((store) => store.close()));
    await until(async () => (await sql(`SELECT 1 FROM pg_stat_activity WHERE ${HERE}`)).length === 1);
    const counted = 'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()';
    expect(await sql(counted)).toEqual([{ deadlocks: 0 }]);
  });
});

describeDurable('a transaction that carries writes of several traces', () => {
  it('has a span for each write, which is the cause of the events of that write', async () => {
    const store = open();
    const recorder = new Recorder();
    const traces = ['a', 'b'].map((name) => recorder.begin(traceOf(undefined, undefined, Math.random), name, 'server'));
    const write = (id: string) => () =>
      store.write([id], undefined, () => ({
        put: [{ id, data: { balance: 1 } }],
        events: traces.map(({ traceId }) => ({ ...event(id), traceId })),
      }));
    await Promise.all(traces.map((trace, i) => withTrace(trace, write(`account ${i}`))));
    expect(recorder.tree()).toBe('a ended 0 times\n  write\nb ended 0 times\n  write');
    const writes = recorder.spans.filter(({ name }) => name === 'write');
    for (const { kind, attributes } of writes) {
      const { hostname, port, pathname } = new URL(url);
      const where = { 'server.address': hostname, 'server.port': Number(port), 'db.namespace': pathname.slice(1) };
      const what = { 'db.system.name': 'postgresql', 'db.query.summary': 'write', 'db.operation.batch.size': 2 };
      expect([kind, attributes]).toEqual(['client', { ...where, ...what }]);
    }
    const causes = (await store.events({ limit: 10 })).map(({ spanId }) => spanId);
    expect(causes).toEqual([writes[0]?.trace.spanId, undefined, undefined, writes[1]?.trace.spanId]);
  });

  it('carries no more than 256', async () => {
    const store = open();
    const recorder = new Recorder();
    const trace = recorder.begin(traceOf(undefined, undefined, Math.random), 'a', 'server');
    await withTrace(trace, () => Promise.all(Array.from({ length: 257 }, (_, i) => add(store, `a${i}`, 1))));
    const sizes = recorder.spans.map(({ attributes }) => attributes['db.operation.batch.size']);
    // One alone is no batch.
    expect(sizes).toEqual([undefined, ...Array(256).fill(256), undefined]);
  });

  it('has failed spans when the database cannot be reached', async () => {
    const store = new PostgresStore<Account>('postgres://nobody@127.0.0.1:1/none');
    stores.push(store);
    const recorder = new Recorder();
    const trace = recorder.begin(traceOf(undefined, undefined, Math.random), 'a', 'server');
    const pauses = withoutPauses();
    const writing = () => Promise.allSettled(['a', 'b'].map((id) => add(store, id, 1)));
    const unreachable = { status: 'rejected', reason: { code: 'SERVICE_UNAVAILABLE' } };
    expect(await withTrace(trace, writing)).toMatchObject([unreachable, unreachable]);
    const failed = { name: 'write', ends: 1, failure: 'ECONNREFUSED' };
    expect(recorder.spans.slice(1)).toMatchObject([failed, failed]);
    expect(pauses).toEqual([100, 200, 300, 400, 500, 600, 700]);
  });
});

describeDurable('a connection that is lost at COMMIT', () => {
  it('after the commit: the write happened once, and succeeds', async () => {
    const lossy = await lossyProxy(['after', 'COMMIT']);
    const store = open(lossy.url);
    lossy.arm();
    const written = await add(store, 'a', 5);
    expect(lossy.fired()).toBe(1);
    expect(written.replayed).toBe(false);
    expect((await store.read('a'))?.data.balance).toBe(5);
    expect(await store.events({ stream: 'a', limit: 10 })).toHaveLength(1);
  });

  it('after a request was settled: its first answer is returned', async () => {
    const answerOf = (status: number) => ({ status, headers: {}, body: `said ${status}` });
    const lossy = await lossyProxy(['after', 'COMMIT'], ['after', 'COMMIT']);
    const store = open(lossy.url);
    await store.write(['a'], { key: 'k', fingerprint: 'f' }, () => ({ pending: 'a' }));
    lossy.arm();
    for (const status of [201, 409]) {
      const written = await store.write(['a'], undefined, () => ({ settle: { key: 'k', answer: answerOf(status) } }));
      expect(written.answer).toEqual(answerOf(201));
    }
    expect(lossy.fired()).toBe(2);
  });

  it('before the commit: the write is tried again, and happens once', async () => {
    const lossy = await lossyProxy(['before', 'COMMIT']);
    const store = open(lossy.url);
    lossy.arm();
    await add(store, 'a', 5);
    expect(lossy.fired()).toBe(1);
    expect((await store.read('a'))?.data.balance).toBe(5);
    expect(await store.events({ stream: 'a', limit: 10 })).toHaveLength(1);
  });

  it('of a write that only read: there is nothing to check, and nothing is left behind', async () => {
    const lossy = await lossyProxy(['after', 'COMMIT']);
    const store = open(lossy.url);
    lossy.arm();
    expect((await store.write(['a'], undefined, () => ({ result: 7 }))).result).toBe(7);
    expect(lossy.fired()).toBe(1);
    expect(await sql('SELECT key FROM requests')).toEqual([]);
  });

  it('and then the connection that checks it: the write happens once', async () => {
    for (const moment of ['before', 'after'] as const) {
      const lossy = await lossyProxy([moment, 'COMMIT'], ['after', 'given up'], ['before', 'SELECT fingerprint']);
      const store = open(lossy.url);
      lossy.arm();
      await add(store, moment, 5);
      expect(lossy.fired()).toBe(3);
      expect((await store.read(moment))?.data.balance).toBe(5);
      expect(await store.events({ stream: moment, limit: 10 })).toHaveLength(1);
    }
  });
});

describeDurable('a key that counts no more', () => {
  it('is free once it has expired, also if the connection that deletes it is lost', async () => {
    const lossy = await lossyProxy(['before', 'DELETE FROM requests WHERE expires_at']);
    const store = open(lossy.url);
    await sql("INSERT INTO requests (key, fingerprint, expires_at) VALUES ('k', 'f', 0)");
    lossy.arm();
    const change = jest.fn(() => ({ pending: 'a' }));
    expect(await store.write([], { key: 'k', fingerprint: 'f' }, change)).toMatchObject({ replayed: false });
    expect([lossy.fired(), change.mock.calls.length]).toEqual([1, 3]);
  });
});

describeDurable('a disk that is full', () => {
  it('has room again after a successful write, not after a read', async () => {
    const store = open();
    withoutPauses();
    await sql(`
      CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'full' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER no_room BEFORE INSERT ON requests EXECUTE FUNCTION no_room()`);
    await expect(add(store, 'a', 1)).rejects.toThrow('is full');
    await store.write(['a'], undefined, () => ({}));
    await expect(store.ping()).rejects.toThrow('is full');
    await sql('ALTER TABLE requests DISABLE TRIGGER no_room');
    await add(store, 'a', 1);
    await sql('ALTER TABLE requests ENABLE TRIGGER no_room');
    // Without a known failure there is no probe.
    await store.ping();
  });
});

describeDurable('a request that another replica is just carrying out', () => {
  it('is decided again after the conflict', async () => {
    const [one, other] = [open(), open()];
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('BEGIN');
    await client.query(
      "INSERT INTO requests (key, fingerprint, pending, expires_at) VALUES ('k', 'f', 'x', 9999999999999)",
    );
    const waiting = add(one, 'a', 1, 'k');
    const unconcerned = await add(other, 'b', 1, 'other');
    expect(unconcerned.replayed).toBe(false);
    await client.query('COMMIT');
    await client.end();
    expect(await waiting).toMatchObject({ replayed: true, pending: 'x' });
    expect(await one.read('a')).toBeUndefined();
  });
});

/** A proxy that, once armed, cuts the connection at each of these texts, before or after the server has seen it. */
async function lossyProxy(
  ...cuts: ['before' | 'after', string][]
): Promise<{ url: string; arm(): void; fired(): number }> {
  const target = new URL(url);
  let left: typeof cuts = [];
  let fired = 0;
  const sockets = new Set<Socket>();
  const server: Server = createServer((client) => {
    const upstream = dial(Number(target.port), target.hostname);
    sockets.add(client).add(upstream);
    const cut = () => {
      client.destroy();
      upstream.destroy();
    };
    client.on('data', (chunk) => {
      const [moment, text] = left[0] ?? [];
      if (text === undefined || !chunk.includes(text)) return void upstream.write(chunk);
      left = left.slice(1);
      fired += 1;
      if (moment === 'before') return cut();
      upstream.removeAllListeners('data').on('data', cut);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => client.write(chunk));
    for (const socket of [client, upstream]) socket.on('error', cut).on('close', cut);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const through = new URL(url);
  through.port = String((server.address() as { port: number }).port);
  return { url: through.href, arm: () => (left = cuts), fired: () => fired };
}
