import { readdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

/** Where the numbered SQL files are that every store needs. */
export const STORE_MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** One for all databases of a server: migrations are short, and replicas that start together take turns. */
const LOCK = 7_305_511;

/** Applies what has not been applied yet, in order, each file in a transaction of its own. Says what it applied. */
export async function migrate(url: string, folders: readonly URL[]): Promise<string[]> {
  const client = clientOf(url);
  await client.connect();
  try {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const missing = await missingFrom(client, folders);
    for (const { name, file } of missing) {
      await client.query('BEGIN');
      await client.query(await readFile(file, 'utf8'));
      await client.query('INSERT INTO migrations (name) VALUES ($1)', [name]);
      await client.query('COMMIT');
    }
    return missing.map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** The names of what has not been applied yet: everything, where there is not even a database. */
export async function missingMigrations(url: string, folders: readonly URL[]): Promise<string[]> {
  const client = clientOf(url);
  try {
    await client.connect();
    return (await missingFrom(client, folders)).map(({ name }) => name);
  } catch (error) {
    if ((error as { code?: string }).code !== '3D000') throw error;
    return (await Promise.all(folders.map(filesIn))).flat().map(({ name }) => name);
  } finally {
    await client.end();
  }
}

/** A connection that breaks tells whoever uses it; without a listener it would end the process as well. */
function clientOf(url: string): pg.Client {
  return new pg.Client({ connectionString: url }).on('error', () => {});
}

async function missingFrom(client: pg.Client, folders: readonly URL[]): Promise<{ name: string; file: URL }[]> {
  const known = await client.query("SELECT to_regclass('migrations') IS NOT NULL AS known");
  const { rows } = known.rows[0].known ? await client.query('SELECT name FROM migrations') : { rows: [] };
  const applied = new Set(rows.map(({ name }) => name as string));
  return (await Promise.all(folders.map(filesIn))).flat().filter(({ name }) => !applied.has(name));
}

async function filesIn(folder: URL): Promise<{ name: string; file: URL }[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.*\.sql$/.test(name)).sort();
  const set = basename(fileURLToPath(new URL('..', folder)));
  return names.map((name) => ({ name: `${set}/${name}`, file: new URL(name, folder) }));
}

/** Each service has a database of its own: `…/oms` becomes `…/oms_order`. */
export function databaseOf(serverUrl: string, service: string): string {
  const url = new URL(serverUrl);
  const name = url.pathname.slice(1) || 'oms';
  url.pathname = `/${name}_${service}`;
  return url.href;
}

/** Creates the database that the URL names, if the server has none of that name. */
export async function createDatabase(url: string): Promise<void> {
  const server = new URL(url);
  const name = decodeURIComponent(server.pathname.slice(1));
  server.pathname = '/postgres';
  const client = clientOf(server.href);
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    // There already; or not for this user to create, and perhaps there: that shows when it is connected to.
    const existing = ['42P04', '23505', '42501'].includes((error as { code: string }).code);
    if (!existing) throw error;
  } finally {
    await client.end();
  }
}
