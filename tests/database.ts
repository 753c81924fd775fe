import { randomUUID } from 'node:crypto';
import { createDatabase, migrate, STORE_MIGRATIONS } from '@oms/shared/store/migrate';

/** An empty database of its own for whoever asks, with the tables of the store. */
export async function freshDatabase(folders: readonly URL[] = [STORE_MIGRATIONS]): Promise<string> {
  const url = new URL(process.env.DATABASE_URL_TEST as string);
  url.pathname = `/test_${randomUUID().replaceAll('-', '')}`;
  await createDatabase(url.href);
  await migrate(url.href, folders);
  return url.href;
}
