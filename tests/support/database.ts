import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import { createDatabase, migrate, STORE_MIGRATIONS } from '@oms/shared/store/migrate';

/** Suites that need PostgreSQL; the global setup reports when there is none. */
export const describeDurable: typeof describe | typeof describe.skip = process.env.DATABASE_URL_TEST
  ? describe
  : describe.skip;

/** A new empty database with the tables of the store. */
export async function freshDatabase(folders: readonly URL[] = [STORE_MIGRATIONS]): Promise<string> {
  const url = new URL(process.env.DATABASE_URL_TEST as string);
  url.pathname = `/test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(url.href);
  await migrate(url.href, folders);
  return url.href;
}
