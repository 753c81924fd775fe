import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { PostgresServer } from '../../../tests/servers/postgres.ts';
import { describeDurable } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { createDatabase, migrate, STORE_MIGRATIONS } from './migrate.ts';
import { PostgresStore } from './postgres.ts';

let server: PostgresServer;
beforeAll(async () => {
  if (process.env.DATABASE_URL_TEST) server = await PostgresServer.start();
});
afterAll(() => server?.vanish());

describeDurable('while the synchronous standby is away', () => {
  it('a write whose wait for it was broken off is said to be done only once it is there', async () => {
    const url = `${server.url()}/thing`;
    await createDatabase(url);
    await migrate(url, [STORE_MIGRATIONS]);
    const store = new PostgresStore<object>(url);
    const control = new pg.Client({ connectionString: url });
    await control.connect();
    const waiting = async () => {
      const { rows } = await control.query("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
      return rows.map(({ pid }) => pid as number);
    };
    const awaitStandby = async (name: string) => {
      await control.query(`ALTER SYSTEM SET synchronous_standby_names = '${name}'`);
      await control.query('SELECT pg_reload_conf()');
    };
    try {
      await awaitStandby('nobody');
      let done = false;
      const writing = store.write(['a'], undefined, () => ({ put: [{ id: 'a', data: {} }] })).then(() => (done = true));
      await until(async () => (await waiting()).length > 0);
      const [broken] = await waiting();
      await control.query('SELECT pg_terminate_backend($1)', [broken]);
      await until(async () => done || (await waiting()).some((pid) => pid !== broken));
      expect(done).toBe(false);
      await awaitStandby('');
      await writing;
    } finally {
      await control.end();
      await store.close();
    }
  });
});
