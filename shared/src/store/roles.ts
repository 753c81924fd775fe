import pg from 'pg';
import { databaseIn } from './database-url.ts';
import { clientOf } from './migrate.ts';

/** What a service does with its tables. What has happened is never changed. */
const RIGHTS = {
  docs: 'SELECT, INSERT, UPDATE',
  events: 'SELECT, INSERT',
  feed: 'SELECT, UPDATE',
  requests: 'SELECT, INSERT, UPDATE, DELETE',
  bookmarks: 'SELECT, INSERT, UPDATE',
  migrations: 'SELECT',
};

/** A role that is named as the database, if there is one, may use what is in it; and nobody else but its owner. */
export async function letServiceIn(url: string): Promise<void> {
  const name = databaseIn(url);
  const client = await clientOf(url);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1 AND rolname <> current_user', [
      name,
    ]);
    if (rowCount === 0) return;
    const role = pg.escapeIdentifier(name);
    const grants = Object.entries(RIGHTS).map(([table, rights]) => `GRANT ${rights} ON ${table} TO ${role}`);
    await client.query(
      [
        `REVOKE ALL ON DATABASE ${role} FROM PUBLIC`,
        `GRANT CONNECT ON DATABASE ${role} TO ${role}`,
        `REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
        ...grants,
      ].join(';\n'),
    );
  } finally {
    await client.end();
  }
}
