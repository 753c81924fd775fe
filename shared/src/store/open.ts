import type { Logger } from '../telemetry/logger.ts';
import type { World } from '../world.ts';
import { databaseIn } from './database-url.ts';
import { MemoryStore } from './memory.ts';
import { createDatabase, databaseOf, migrate, missingMigrations, STORE_MIGRATIONS } from './migrate.ts';
import { NotReadyYet, patiently } from './patience.ts';
import { PostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

export interface StoreConfig {
  DATABASE_URL?: string | undefined;
  MIGRATE: 'auto' | 'manual';
}

/** The store of a service: a database of its own if a server is configured, otherwise memory. */
export async function openStore<D>(
  service: string,
  { DATABASE_URL, MIGRATE }: StoreConfig,
  migrations: readonly URL[],
  world: World,
  log: Logger,
): Promise<Store<D>> {
  if (!DATABASE_URL) {
    log.warn('everything is kept in memory: what this service knows is lost when it stops');
    return new MemoryStore<D>(world);
  }
  const url = databaseOf(DATABASE_URL, service);
  const folders = [STORE_MIGRATIONS, ...migrations];
  const onWait = (why: object) => log.warn('waiting for the database', why);
  const applied = await patiently(world.now, onWait, async () => {
    if (MIGRATE === 'auto') {
      await createDatabase(url);
      return migrate(url, folders);
    }
    const missing = await missingMigrations(url, folders);
    if (missing.length > 0)
      throw new NotReadyYet(`MIGRATE is manual, and its database lacks ${missing.join(', ')}. Run: npm run migrate`);
    return [];
  });
  log.info('everything is kept in PostgreSQL', { database: databaseIn(url), applied });
  return new PostgresStore<D>(url);
}
