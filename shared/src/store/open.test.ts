import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import pg from 'pg';
import { describeDurable } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { ConfigError } from '../service/config.ts';
import { createLogger } from '../telemetry/logger.ts';
import { realWorld, type World } from '../world.ts';
import { createDatabase, databaseOf, migrate, missingMigrations, STORE_MIGRATIONS } from './migrate.ts';
import { openStore } from './open.ts';
import type { Store } from './store.ts';

let server: string;
let folder: string;
let stores: Store<unknown>[];
let warned: unknown[];
beforeEach(() => {
  server = `${process.env.DATABASE_URL_TEST}/open_${randomUUID().replaceAll('-', '')}`;
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  [stores, warned] = [[], []];
});
afterEach(async () => {
  jest.restoreAllMocks();
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(
  MIGRATE: 'auto' | 'manual',
  DATABASE_URL: string | undefined = server,
  world: World = realWorld,
): Promise<Store<unknown>> {
  const log = createLogger('thing', 'warn', (line) => warned.push(JSON.parse(line)));
  const store = await openStore('thing', { DATABASE_URL, MIGRATE }, [own()], world, log);
  stores.push(store);
  return store;
}

/** Its clock shows more than a minute later at each look. */
function impatient(): World {
  let now = 0;
  return { ...realWorld, now: () => (now += 61_000) };
}

const own = () => pathToFileURL(`${folder}/`);

/** The reason of the refusal. */
async function refusal(...given: Parameters<typeof open>): Promise<string> {
  const error = await open(...given).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).message;
}

async function query(text: string) {
  const client = new pg.Client({ connectionString: databaseOf(server, 'thing') });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}

describeDurable('replicas that start together on a server without their database', () => {
  it('create it once, and all of them use it', async () => {
    writeFileSync(join(folder, '001-count.sql'), 'CREATE TABLE counted (n int); INSERT INTO counted VALUES (1)');
    await Promise.all(Array.from({ length: 8 }, () => open('auto')));
    await Promise.all(stores.map((store) => store.ping()));
    expect(await query('SELECT * FROM counted')).toHaveLength(1);
    expect(await query('SELECT name FROM migrations')).toHaveLength(4);
  });

  it('apply new migrations once, too, when they are of a newer version', async () => {
    await open('auto');
    writeFileSync(join(folder, '001-count.sql'), 'CREATE TABLE counted (n int)');
    await Promise.all(Array.from({ length: 4 }, () => open('auto')));
    expect(await query('SELECT name FROM migrations')).toHaveLength(4);
  });
});

describeDurable('with MIGRATE=manual a service', () => {
  it('waits a minute for its database, refuses to start without it, and creates none', async () => {
    expect(await refusal('manual', server, impatient())).toMatch(
      /^MIGRATE is manual, and its database lacks .*001-store\.sql, .*003-spans-of-events\.sql\. Run: /,
    );
    await expect(query('SELECT 1')).rejects.toThrow('does not exist');
  });

  it('waits for migrations that somebody else applies', async () => {
    let opened = false;
    const opening = open('manual').then(() => (opened = true));
    await until(() => warned.length > 0);
    expect([opened, warned[0]]).toMatchObject([
      false,
      { code: 'behind', reason: expect.stringMatching(/lacks \S+001-store/) },
    ]);
    await open('auto');
    await opening;
  });

  it('refuses to start with a migration missing after that minute, and applies none', async () => {
    await open('auto');
    writeFileSync(join(folder, '001-late.sql'), 'CREATE TABLE late (n int)');
    expect(await refusal('manual', server, impatient())).toMatch(/lacks \S+001-late\.sql\. Run: npm run migrate$/);
    expect(await query("SELECT to_regclass('late') AS late")).toEqual([{ late: null }]);
  });

  it('starts when nothing is missing', async () => {
    await open('auto');
    await (await open('manual')).ping();
  });
});

describeDurable('migrations', () => {
  const names = (...ofStore: string[]) => ofStore.map((name) => `shared/${name}.sql`);
  const STORES = names('001-store', '002-bookmarks', '003-spans-of-events');
  const url = () => `${databaseOf(server, 'thing')}?application_name=${basename(folder)}`;
  const mine = (name: string) => `${basename(tmpdir())}/${name}`;

  it('are the numbered files of SQL, in their order, and each is applied once', async () => {
    for (const name of ['010-c.sql', '002-b.sql', '001-a.sql', '3-short.sql', '004-note.md', '005-old.sql.bak'])
      writeFileSync(join(folder, name), `CREATE TABLE t${name.slice(0, 3)} (n int)`);
    const folders = [STORE_MIGRATIONS, own()];
    const all = [...STORES, ...['001-a.sql', '002-b.sql', '010-c.sql'].map(mine)];
    expect(await missingMigrations(url(), folders)).toEqual(all);
    await createDatabase(url());
    expect(await missingMigrations(url(), folders)).toEqual(all);
    expect(await migrate(url(), [STORE_MIGRATIONS])).toEqual(STORES);
    expect(await missingMigrations(url(), folders)).toEqual(all.slice(STORES.length));
    expect(await migrate(url(), folders)).toEqual(all.slice(STORES.length));
    expect(await migrate(url(), folders)).toEqual([]);
    const connected = `SELECT FROM pg_stat_activity WHERE application_name = '${basename(folder)}'`;
    await until(async () => (await query(connected)).length === 0);
  });

  it('are recorded in their own transaction', async () => {
    const spoiling = "CREATE TABLE half (n int); ALTER TABLE migrations ADD CHECK (name NOT LIKE '%half%')";
    writeFileSync(join(folder, '001-half.sql'), spoiling);
    await createDatabase(url());
    await expect(migrate(url(), [own()])).rejects.toMatchObject({ code: '23514' });
    expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await missingMigrations(url(), [own()])).toEqual([mine('001-half.sql')]);
  });

  describe('of a database from before checksums', () => {
    beforeEach(async () => {
      writeFileSync(join(folder, '001-old.sql'), 'CREATE TABLE old (n int)');
      await createDatabase(url());
      await query('CREATE TABLE migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
      await query(`CREATE TABLE old (n int); INSERT INTO migrations (name) VALUES ('${mine('001-old.sql')}')`);
    });

    it('are taken as the applied ones', async () => {
      expect(await missingMigrations(url(), [own()])).toEqual([]);
      expect(await migrate(url(), [own()])).toEqual([]);
    });

    it('cannot be changed after a version with checksums has seen them', async () => {
      await migrate(url(), [own()]);
      writeFileSync(join(folder, '001-old.sql'), 'CREATE TABLE old (n bigint)');
      await expect(migrate(url(), [own()])).rejects.toThrow('001-old.sql was changed after it had been applied');
    });
  });

  it('that were changed after their application stop the start, and nothing new is applied', async () => {
    writeFileSync(join(folder, '001-count.sql'), 'CREATE TABLE counted (n int)');
    await open('auto');
    writeFileSync(join(folder, '001-count.sql'), 'CREATE TABLE counted (n bigint)');
    writeFileSync(join(folder, '002-new.sql'), 'CREATE TABLE new (n int)');
    for (const how of ['auto', 'manual'] as const)
      expect(await refusal(how)).toMatch(/\/001-count\.sql was changed after it had been applied\. Put it back/);
    expect(await query("SELECT to_regclass('new') AS new")).toEqual([{ new: null }]);
  });

  it('that are missing cannot be named for a database that cannot be reached', async () => {
    await expect(missingMigrations('postgres://nobody@127.0.0.1:1/none', [own()])).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  it('find a database that another user has created; a failed creation is reported', async () => {
    await createDatabase(url());
    await createDatabase(url());
    const role = basename(folder).toLowerCase().replace('-', '_');
    await query(`CREATE ROLE ${role} LOGIN PASSWORD '${role}'`);
    const asRole = new URL(url());
    [asRole.username, asRole.password] = [role, role];
    await createDatabase(asRole.href).finally(() => query(`DROP ROLE ${role}`));
    const readOnly = `${url()}&options=-c%20default_transaction_read_only%3Don`;
    await expect(createDatabase(readOnly)).rejects.toMatchObject({ code: '25006' });
  });
});

describe('the database of a service', () => {
  it.each([
    ['postgres://ann@host:5432/shop?sslmode=require', 'postgres://ann@host:5432/shop_order?sslmode=require'],
    ['postgres://ann@host', 'postgres://ann@host/oms_order'],
    ['postgres://ann@host/', 'postgres://ann@host/oms_order'],
  ])('of %s is %s', (serverUrl, url) => expect(databaseOf(serverUrl, 'order')).toBe(url));
});

it('without a database everything is stored in memory', async () => {
  expect(
    (await openStore('thing', { MIGRATE: 'auto' }, [], realWorld, createLogger('thing', 'silent'))).bookmarks.last,
  ).toBe(false);
});

describe('a database that cannot be reached yet', () => {
  /** A server that ends every connection, as one does that is about to stop. */
  async function hangingUp(): Promise<{ url: string; close(): void }> {
    const closing = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => closing.listen(0, '127.0.0.1', resolve));
    const { port } = closing.address() as { port: number };
    return { url: `postgres://nobody@127.0.0.1:${port}/none`, close: () => closing.close() };
  }

  it.each([
    ['refuses', 'ECONNREFUSED'],
    ['ends', 'Connection terminated unexpectedly'],
  ])('because it %s connections is tried for a minute, twice a second', async (how, why) => {
    const ending = await hangingUp();
    const { setTimeout } = globalThis;
    const pauses: number[] = [];
    jest.spyOn(globalThis, 'setTimeout').mockImplementation(((then: () => void, ms: number) => {
      pauses.push(ms);
      return setTimeout(then, 0);
    }) as typeof setTimeout);
    const times = [0, 1, 60_000, 60_001];
    const world = { ...realWorld, now: () => times.shift() as number };
    const url = how === 'refuses' ? 'postgres://nobody@127.0.0.1:1/none' : ending.url;
    expect(await refusal('auto', url, world)).toContain(why);
    expect([pauses, times]).toEqual([[500, 500], []]);
    ending.close();
  });
});

describeDurable('a database that cannot be used', () => {
  it('is reported in one line', async () => {
    const wrong = new URL(server);
    wrong.username = 'stranger';
    expect(await refusal('auto', wrong.href)).toMatch(/^its database cannot be used: .*stranger.*$/);
  });

  it('keeps the migrations before one that fails, and nothing of that one', async () => {
    writeFileSync(join(folder, '001-half.sql'), 'CREATE TABLE half (n int); SELECT nonsense');
    expect(await refusal('auto')).toBe('its database cannot be used: column "nonsense" does not exist');
    expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await migrate(databaseOf(server, 'thing'), [STORE_MIGRATIONS])).toEqual([]);
  });
});
