import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { ConfigError } from '../service/config.ts';
import { databaseIn, withDatabase } from './database-url.ts';
import { primaryOf } from './postgres-primary.ts';

/** The folder of the numbered SQL files that every store needs. */
export const STORE_MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** One lock for all databases of a server: migrations are short, and replicas that start together take turns. */
const LOCK = 7_305_511;

/** Earlier versions stored no checksums: their migrations get those of the files found now. */
const TABLE = `
CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
ALTER TABLE migrations ADD COLUMN IF NOT EXISTS checksum text`;
const ADD_CHECKSUMS = `
UPDATE migrations SET checksum = known.checksum FROM unnest($1::text[], $2::text[]) AS known (name, checksum)
WHERE migrations.name = known.name AND migrations.checksum IS NULL`;

interface Migration {
  name: string;
  sql: string;
  checksum: string;
}

/** Applies the missing migrations in order, each in a transaction of its own. Returns their names. */
export async function migrate(url: string, folders: readonly URL[]): Promise<string[]> {
  const all = await migrationsIn(folders);
  const client = await clientOf(url);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(TABLE);
    const missing = await missingFrom(client, all);
    for (const { name, sql, checksum } of missing) {
      await client.query('BEGIN');
      await client.query(sql);
      await client.query('INSERT INTO migrations (name, checksum) VALUES ($1, $2)', [name, checksum]);
      await client.query('COMMIT');
    }
    await client.query(ADD_CHECKSUMS, [all.map(({ name }) => name), all.map(({ checksum }) => checksum)]);
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** The names of the missing migrations: all of them where there is no database yet, or this user is not let in yet. */
export async function missingMigrations(url: string, folders: readonly URL[]): Promise<string[]> {
  const all = await migrationsIn(folders);
  let client: pg.Client | undefined;
  try {
    client = await clientOf(url);
    await client.connect();
    return (await missingFrom(client, all)).map(({ name }) => name);
  } catch (error) {
    if (!['3D000', '42501'].includes((error as { code?: string }).code ?? '')) throw error;
    return all.map(({ name }) => name);
  } finally {
    await client?.end();
  }
}

/** A connection that breaks fails the query under way; without a listener it would end the process, too. */
export async function clientOf(url: string): Promise<pg.Client> {
  return new pg.Client({ connectionString: await primaryOf(url) }).on('error', () => {});
}

/** Once an applied file has changed, nobody knows what is in the database: then this throws. */
async function missingFrom(client: pg.Client, all: readonly Migration[]): Promise<Migration[]> {
  const known = await client.query("SELECT to_regclass('migrations') IS NOT NULL AS known");
  const { rows } = known.rows[0].known ? await client.query('SELECT * FROM migrations') : { rows: [] };
  const applied = new Map(rows.map(({ name, checksum }) => [name as string, checksum as string | null | undefined]));
  const changed = all.find(({ name, checksum }) => (applied.get(name) ?? checksum) !== checksum);
  if (changed) {
    const advice = 'Put it back as it was, and make the change in a new file.';
    throw new ConfigError(`${changed.name} was changed after it had been applied. ${advice}`);
  }
  return all.filter(({ name }) => !applied.has(name));
}

async function migrationsIn(folders: readonly URL[]): Promise<Migration[]> {
  const all = folders.map(async (folder) => {
    const names = (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort();
    const set = basename(fileURLToPath(new URL('..', folder)));
    return Promise.all(names.map((name) => migrationIn(new URL(name, folder), `${set}/${name}`)));
  });
  return (await Promise.all(all)).flat();
}

async function migrationIn(file: URL, name: string): Promise<Migration> {
  const sql = await readFile(file, 'utf8');
  return { name, sql, checksum: hash('sha256', sql) };
}

/** Each service has a database of its own: `…/oms` becomes `…/oms_order`. */
export function databaseOf(serverUrl: string, service: string): string {
  return withDatabase(serverUrl, `${databaseIn(serverUrl) || 'oms'}_${service}`);
}

/** Creates the database that the URL names, if the server has none of that name. */
export async function createDatabase(url: string): Promise<void> {
  const name = databaseIn(url);
  const client = await clientOf(withDatabase(url, 'postgres'));
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // The database exists; or this user may not create one, and the next connection shows whether it exists.
    const existing = ['42P04', '23505', '42501'].includes((error as { code: string }).code);
    if (!existing) throw error;
  } finally {
    await client.end();
  }
}
