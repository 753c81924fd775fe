import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeDurable, freshDatabase } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { Writable } from './postgres-writable.ts';

let pool: pg.Pool;
let writable: Writable;
beforeEach(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  pool = new pg.Pool({ connectionString: await freshDatabase() });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  writable = new Writable(pool);
  // A rollback does not reset a sequence.
  await pool.query('CREATE SEQUENCE tries');
  await eachTry('');
});
afterEach(() => pool?.end());

const eachTry = (what: string) =>
  pool.query(`
    CREATE OR REPLACE FUNCTION try() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM nextval('tries'); ${what} RETURN NEW; END $$;
    CREATE OR REPLACE TRIGGER try BEFORE INSERT ON requests FOR EACH ROW EXECUTE FUNCTION try()`);
async function tries(): Promise<number> {
  const { rows } = await pool.query('SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM tries');
  return Number(rows[0].n);
}
const full = () => writable.failed(Object.assign(new Error('full'), { code: '53100' }));
/** Nothing was written, and every connection is free and outside a transaction. */
async function nothingIsLeft(): Promise<void> {
  expect((await pool.query('SELECT FROM requests')).rows).toEqual([]);
  expect(pool.idleCount).toBe(pool.totalCount);
  const open = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND state LIKE '%in transaction%'";
  await until(async () => (await pool.query(open)).rows.length === 0);
}

describeDurable('whether a database takes writes', () => {
  it('is not probed without a refused write, whatever else has failed', async () => {
    await writable.check();
    writable.failed(new Error('something else'));
    await writable.check();
    full();
    writable.succeeded();
    await writable.check();
    expect(await tries()).toBe(0);
  });

  it('is probed once for concurrent checks, and no more after a success', async () => {
    full();
    await Promise.all(Array.from({ length: 5 }, () => writable.check()));
    await writable.check();
    expect(await tries()).toBe(1);
    full();
    await writable.check();
    expect(await tries()).toBe(2);
    await nothingIsLeft();
  });

  it('is probed again after a failure, and reports the reason', async () => {
    await eachTry("RAISE 'full' USING ERRCODE = 'disk_full';");
    full();
    for (let i = 0; i < 2; i++) await expect(writable.check()).rejects.toMatchObject({ code: '53100' });
    expect(await tries()).toBe(2);
    await nothingIsLeft();
  });

  it('that breaks the connection leaves no broken connection behind', async () => {
    await eachTry('PERFORM pg_terminate_backend(pg_backend_pid());');
    full();
    await expect(writable.check()).rejects.toThrow();
    expect(pool.totalCount).toBe(0);
  });
});
