import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { PostgresServer } from '../../../tests/servers/postgres.ts';
import { describeDurable } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { createDatabase, migrate, STORE_MIGRATIONS } from './migrate.ts';
import { PostgresStore } from './postgres.ts';

let servers: PostgresServer[] = [];
let store: PostgresStore<object>;
const written = { put: [{ id: 'a', data: {} }] };

beforeAll(async () => {
  if (process.env.DATABASE_URL_TEST) servers = [await PostgresServer.start(), await PostgresServer.start()];
  for (const server of servers) {
    await createDatabase(`${server.url()}/thing`);
    await migrate(`${server.url()}/thing`, [STORE_MIGRATIONS]);
  }
});
afterAll(() => servers.forEach((server) => void server.vanish()));
afterEach(() => store?.close());

async function sql(at: number, ...texts: string[]): Promise<{ ids: string[] | null }[]> {
  const client = new pg.Client({ connectionString: `${servers[at]?.url()}/thing` });
  client.on('error', () => {});
  await client.connect();
  let last: { rows: { ids: string[] | null }[] } = { rows: [] };
  for (const text of texts) last = await client.query(text);
  await client.end();
  return last.rows;
}

const takesWrites = async (at: number, does: boolean) => {
  const setting = `ALTER SYSTEM SET default_transaction_read_only = ${does ? 'off' : 'on'}`;
  await sql(at, 'SET default_transaction_read_only = off', setting, 'SELECT pg_reload_conf()');
  await until(async () => {
    const [row] = await sql(at, "SELECT ARRAY[current_setting('transaction_read_only')] AS ids");
    return row?.ids?.[0] === (does ? 'off' : 'on');
  });
};
const idsAt = async (at: number) => (await sql(at, 'SELECT array_agg(id) AS ids FROM docs'))[0]?.ids ?? [];
const several = () => `postgres://postgres:test@${servers.map(({ port }) => `127.0.0.1:${port}`).join()}/thing`;

describeDurable('of several servers', () => {
  beforeEach(async () => {
    for (const at of [0, 1]) {
      await takesWrites(at, true);
      await sql(at, 'DELETE FROM docs');
    }
  });

  it.each([0, 1])('the one that takes writes is used, wherever it is named: %i', async (at) => {
    await takesWrites(1 - at, false);
    store = new PostgresStore(several());
    await store.write(['a'], undefined, () => written);
    expect([await idsAt(at), await idsAt(1 - at)]).toEqual([['a'], []]);
  });

  it('another is used once the one in use takes no writes any more: no connection stays, and none is read from', async () => {
    await takesWrites(1, false);
    store = new PostgresStore(several());
    await store.write(['a'], undefined, () => written);
    await takesWrites(0, false);
    await takesWrites(1, true);
    await until(async () => (await store.read('a').catch(() => 'nowhere')) === undefined);
    await store.write(['a'], undefined, () => written);
    expect(await idsAt(1)).toEqual(['a']);
  });

  it('none is used while none takes writes: the store is not available, and then it is', async () => {
    for (const at of [0, 1]) await takesWrites(at, false);
    store = new PostgresStore(several());
    await expect(store.ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(store.read('a')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await takesWrites(1, true);
    await store.ping();
    expect(await store.read('a')).toBeUndefined();
  });
});
