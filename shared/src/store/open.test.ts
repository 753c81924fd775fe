import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import pg from 'pg';
import { describeDurable } from '../../../tests/database.ts';
import { ConfigError } from '../config.ts';
import { createLogger } from '../telemetry/logger.ts';
import { realWorld } from '../world.ts';
import { databaseOf, migrate, STORE_MIGRATIONS } from './migrate.ts';
import { openStore } from './open.ts';
import type { Store } from './store.ts';

let server: string;
let folder: string;
let stores: Store<unknown>[];
beforeEach(() => {
  server = `${process.env.DATABASE_URL_TEST}/open_${randomUUID().replaceAll('-', '')}`;
  folder = mkdtempSync(join(tmpdir(), 'migrations-'));
  stores = [];
});
afterEach(async () => {
  for (const store of stores) await store.close();
  rmSync(folder, { recursive: true });
});

async function open(MIGRATE: 'auto' | 'manual', DATABASE_URL = server): Promise<Store<unknown>> {
  const log = createLogger('thing', 'silent');
  const own = pathToFileURL(`${folder}/`);
  const store = await openStore('thing', { DATABASE_URL, MIGRATE }, [own], realWorld, log);
  stores.push(store);
  return store;
}

/** Why it was refused. */
async function refusal(...asked: Parameters<typeof open>): Promise<string> {
  const error = await open(...asked).catch((reason: unknown) => reason);
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
  it('make it once, and all of them use it', async () => {
    writeFileSync(join(folder, '001-count.sql'), 'CREATE TABLE counted (n int); INSERT INTO counted VALUES (1)');
    await Promise.all(Array.from({ length: 8 }, () => open('auto')));
    await Promise.all(stores.map((store) => store.ping()));
    expect(await query('SELECT * FROM counted')).toHaveLength(1);
    expect(await query('SELECT name FROM migrations')).toHaveLength(4);
  });

  it('apply what is new once as well, when they are of a newer version', async () => {
    await open('auto');
    writeFileSync(join(folder, '001-count.sql'), 'CREATE TABLE counted (n int)');
    await Promise.all(Array.from({ length: 4 }, () => open('auto')));
    expect(await query('SELECT name FROM migrations')).toHaveLength(4);
  });
});

describeDurable('with MIGRATE=manual a service', () => {
  it('refuses to start where there is no database, and makes none', async () => {
    expect(await refusal('manual')).toMatch(
      /^MIGRATE is manual, and its database lacks .*001-store\.sql, .*003-spans-of-events\.sql\. Run: /,
    );
    await expect(query('SELECT 1')).rejects.toThrow('does not exist');
  });

  it('refuses to start with a migration missing, and applies none', async () => {
    await open('auto');
    writeFileSync(join(folder, '001-late.sql'), 'CREATE TABLE late (n int)');
    expect(await refusal('manual')).toMatch(/lacks \S+001-late\.sql\. Run: npm run migrate$/);
    expect(await query("SELECT to_regclass('late') AS late")).toEqual([{ late: null }]);
  });

  it('starts when nothing is missing', async () => {
    await open('auto');
    await (await open('manual')).ping();
  });
});

describeDurable('a database that cannot be used', () => {
  it('is told of in one line', async () => {
    const wrong = new URL(server);
    wrong.username = 'stranger';
    expect(await refusal('auto', wrong.href)).toMatch(/^its database cannot be used: .*stranger.*$/);
  });

  it('because a migration fails keeps those before it, and nothing of that one', async () => {
    writeFileSync(join(folder, '001-half.sql'), 'CREATE TABLE half (n int); SELECT nonsense');
    expect(await refusal('auto')).toBe('its database cannot be used: column "nonsense" does not exist');
    expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    expect(await migrate(databaseOf(server, 'thing'), [STORE_MIGRATIONS])).toEqual([]);
  });
});
