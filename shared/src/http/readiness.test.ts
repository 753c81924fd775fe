import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { appOf, ask, startTiny, type Thing, type Tiny } from '../../../tests/support/tiny-service.ts';
import { PostgresStore } from '../store/postgres.ts';
import { listen } from './server.ts';

let tiny: Tiny;
let url: string;
let store: PostgresStore<Thing>;
let listening: Awaited<ReturnType<typeof listen>>;
beforeEach(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  url = await freshDatabase();
  store = new PostgresStore(url);
  tiny = await startTiny();
  listening = await listen(appOf({ ...tiny.parts, store }), tiny.lifecycle, { port: 0, host: '127.0.0.1' });
});
afterEach(async () => {
  await listening?.close(0);
  await tiny?.close();
  await store?.close();
});

const readyz = () => ask(`http://127.0.0.1:${listening.port}/readyz`);
const notReady = (detail: string) =>
  expect.objectContaining({
    status: 503,
    body: expect.objectContaining({ code: 'SERVICE_UNAVAILABLE', detail }),
  });
const write = () => store.write(['a'], undefined, () => ({ put: [{ id: 'a', data: { id: 'a', size: 1 } }] }));

async function sql(...statements: string[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, options: '-c default_transaction_read_only=off' });
  await client.connect();
  let result: pg.QueryResult | undefined;
  for (const statement of statements) result = await client.query(statement);
  await client.end();
  return result as pg.QueryResult;
}
/** What is set for a database holds for connections that are made from now on. */
const set = (setting: string) =>
  sql(
    `ALTER DATABASE ${new URL(url).pathname.slice(1)} ${setting}`,
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  );

describeDurable('a service whose database', () => {
  it('can be written is ready, and the check writes nothing', async () => {
    await write();
    for (let i = 0; i < 5; i++) expect((await readyz()).status).toBe(200);
    expect((await sql('SELECT key FROM requests')).rows).toHaveLength(1);
  });

  it('is read-only is not ready, and says so, until it can be written again', async () => {
    await set('SET default_transaction_read_only = on');
    expect(await readyz()).toEqual(notReady('The database is read-only at the moment.'));
    await expect(write()).rejects.toMatchObject({ message: 'The database is read-only at the moment.' });
    expect(await readyz()).toEqual(notReady('The database is read-only at the moment.'));
    await set('RESET default_transaction_read_only');
    expect((await readyz()).status).toBe(200);
    await write();
  });

  it('has a full disk is not ready once a write has failed, and says so, until a try succeeds', async () => {
    await sql(
      `CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'could not extend file' USING ERRCODE = 'disk_full'; END $$`,
      'CREATE TRIGGER full_disk BEFORE INSERT ON requests EXECUTE FUNCTION full_disk()',
    );
    expect((await readyz()).status).toBe(200);
    await expect(write()).rejects.toMatchObject({ message: 'The disk of the database is full.' });
    for (let i = 0; i < 2; i++) expect(await readyz()).toEqual(notReady('The disk of the database is full.'));
    await sql('DROP TRIGGER full_disk ON requests');
    expect((await readyz()).status).toBe(200);
    expect((await sql('SELECT key FROM requests')).rows).toEqual([]);
  });
});
