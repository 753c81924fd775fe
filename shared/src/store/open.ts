import { ConfigError } from '../service/config.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { World } from '../world.ts';
import { databaseIn } from './database-url.ts';
import { MemoryStore } from './memory.ts';
import { createDatabase, databaseOf, migrate, missingMigrations, STORE_MIGRATIONS } from './migrate.ts';
import { PostgresStore } from './postgres.ts';
import type { Store } from './store.ts';

export interface StoreConfig {
  DATABASE_URL?: string | undefined;
  MIGRATE: 'auto' | 'manual';
}

/** How long to wait for a database that cannot be reached yet. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 500;

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
  const applied = await patiently(world, log, async () => {
    if (MIGRATE === 'auto') {
      await createDatabase(url);
      return migrate(url, folders);
    }
    const missing = await missingMigrations(url, folders);
    if (missing.length > 0)
      throw new ConfigError(`MIGRATE is manual, and its database lacks ${missing.join(', ')}. Run: npm run migrate`);
    return [];
  });
  log.info('everything is kept in PostgreSQL', { database: databaseIn(url), applied });
  return new PostgresStore<D>(url);
}

type Broken = Error & { code?: string };

async function patiently<T>(world: World, log: Logger, attempt: () => Promise<T>): Promise<T> {
  const until = world.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const { message, code = message.startsWith('Connection terminated') ? 'lost' : '' } = error as Broken;
      if (!code) throw error;
      // A connection that is refused or lost, a server that starts up or has no connection left.
      const passing = /^(E[A-Z]|08|57P|53|lost)/.test(code);
      if (!passing || world.now() > until)
        throw new ConfigError(`its database cannot be used: ${message || code}`, { cause: error });
      log.warn('waiting for the database', { code });
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
