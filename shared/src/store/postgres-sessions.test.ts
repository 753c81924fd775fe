import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { PostgresStore } from './postgres.ts';

let url: string;
let store: PostgresStore<object>;
let watcher: pg.Client;
beforeEach(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  url = await freshDatabase();
  store = new PostgresStore(url);
  watcher = new pg.Client({ connectionString: url });
  await watcher.connect();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await store?.close();
  await watcher?.end();
});

const OTHERS = 'FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()';
const rows = async (text: string) => (await watcher.query(text)).rows;
const put = (key?: string) =>
  store.write(['a'], key === undefined ? undefined : { key, fingerprint: 'f' }, () => ({
    put: [{ id: 'a', data: {} }],
    events: [{ stream: 'a', type: 'moved', at: 1, traceId: 't', data: {} }],
    ...(key === undefined ? {} : { pending: 'a' }),
  }));

describeDurable('a session with PostgreSQL', () => {
  it('plans repeated statements once, and has limits', async () => {
    // Only a session can see its own settings and plans.
    await watcher.query(`
      CREATE TABLE seen (names text[], settings text[]);
      CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO seen SELECT
          ARRAY(SELECT name FROM pg_prepared_statements ORDER BY name),
          ARRAY(SELECT current_setting(name) FROM unnest(ARRAY['statement_timeout',
            'idle_in_transaction_session_timeout', 'enable_seqscan', 'jit']) AS name);
        RETURN NULL;
      END $$;
      CREATE TRIGGER see AFTER INSERT ON events EXECUTE FUNCTION see()`);
    await put();
    await put('k');
    let told = 0;
    const stop = store.onEvents(() => told++);
    await until(() => told > 0);
    stop();
    await store.read('a');
    await store.due(0, 1);
    await store.events({ limit: 1 });
    await store.events({ stream: 'a', limit: 1 });
    await store.lastPosition();
    await store.bookmarks.take('relay', 'ann', 0, 1);
    await store.bookmarks.move('relay', 'ann', '1', 1);
    await store.bookmarks.look('relay');
    await store.write([], undefined, () => ({ settle: { key: 'k', answer: undefined } }));
    await put();
    const [, second, last] = await rows('SELECT names, settings FROM seen');
    expect(second.names).toEqual(['append', 'lock', 'recall', 'write']);
    const looks = ['due', 'feed', 'last', 'look', 'move', 'news', 'read', 'stream', 'take'];
    expect(last.names).toEqual([...second.names, ...looks, 'answers'].sort());
    expect(last.settings).toEqual(['10s', '10s', 'off', 'off']);
  });

  it('ends with the store, as do its timers', async () => {
    const begun = jest.spyOn(globalThis, 'setInterval');
    const ended = jest.spyOn(globalThis, 'clearInterval');
    const closing = new PostgresStore(url);
    closing.onEvents(() => {});
    await closing.write([], undefined, () => ({}));
    expect(await rows(`SELECT ${OTHERS}`)).toHaveLength(1);
    await closing.close();
    await until(async () => (await rows(`SELECT ${OTHERS}`)).length === 0);
    const timers = begun.mock.results.map(({ value }) => value);
    expect(begun.mock.calls.map(([, ms]) => ms)).toEqual([60_000, 200]);
    expect(ended.mock.calls.flat()).toEqual(expect.arrayContaining(timers));
  });

  it('ends after all waiting writes', async () => {
    const closing = new PostgresStore<object>(url);
    const waiting = closing.write(['a'], undefined, () => ({ put: [{ id: 'a', data: {} }] }));
    await closing.close();
    expect(await waiting).toMatchObject({ replayed: false });
  });

  it('that the server ends while it is idle is replaced', async () => {
    await put();
    await rows(`SELECT pg_terminate_backend(pid) ${OTHERS}`);
    await until(() => store.load.idle === 0);
    await put();
    expect(await store.read('a')).toMatchObject({ version: 2 });
  });

  it('has a timeout of 3 s, its queries one of 15 s, and keep-alive', async () => {
    const timers = jest.spyOn(globalThis, 'setTimeout');
    const keepAlive = jest.spyOn(Socket.prototype, 'setKeepAlive');
    await store.read('a');
    expect(timers.mock.calls.map(([, ms]) => ms)).toEqual(expect.arrayContaining([3_000, 15_000]));
    expect(keepAlive.mock.calls).toEqual([[true, expect.anything()]]);
  });

  it('that only reads leaves nothing behind', async () => {
    await put();
    const marks = await rows('SELECT key FROM requests');
    expect(await store.write(['a'], undefined, (docs) => ({ result: docs.get('a')?.version }))).toMatchObject({
      result: 1,
    });
    expect(await rows('SELECT key FROM requests')).toEqual(marks);
  });
});

describeDurable('a query of PostgreSQL', () => {
  it('that is wrong fails with its own error: a retry is no use', async () => {
    await expect(store.events({ after: 'nonsense', limit: 1 })).rejects.toMatchObject({ code: '22P02' });
  });

  it('that cannot be reached is unavailable: a retry may help', async () => {
    const away = new PostgresStore('postgres://nobody@127.0.0.1:1/none');
    for (const ask of [() => away.read('a'), () => away.ping()])
      await expect(ask()).rejects.toMatchObject({ name: 'Unavailable', code: 'SERVICE_UNAVAILABLE' });
    await away.close();
  });

  it('survive the process, and say so', () => expect(store.bookmarks.last).toBe(true));
});
