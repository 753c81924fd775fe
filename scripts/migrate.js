import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDatabaseUrl } from '../shared/dist/store/database-url.js';
import { createDatabase, databaseOf, migrate, STORE_MIGRATIONS } from '../shared/dist/store/migrate.js';
import { patiently } from '../shared/dist/store/patience.js';
import { letServiceIn } from '../shared/dist/store/roles.js';
import { Complaint, runCommand } from './complaint.js';
import { ROOT } from './root.js';

/** With --wait the server has a minute to accept connections, as the services give it: for deployments that start all at once. */
const waits = process.argv.includes('--wait');

/** Brings the databases of all services up to date, as each service does by itself unless MIGRATE is manual. */
await runCommand(async () => {
  const { DATABASE_URL } = process.env;
  if (!DATABASE_URL) throw new Complaint('DATABASE_URL is not set: it names the PostgreSQL server to migrate.');
  if (!isDatabaseUrl(DATABASE_URL))
    throw new Complaint('DATABASE_URL must be an address like postgres://user:password@host:5432');
  for (const service of readdirSync(join(ROOT, 'services')).filter(keepsData)) {
    await migrateService(service, DATABASE_URL);
  }
});

function migrationsOf(service) {
  return join(ROOT, 'services', service, 'migrations');
}

function keepsData(service) {
  return existsSync(migrationsOf(service));
}

async function migrateService(service, serverUrl) {
  const folders = [STORE_MIGRATIONS, pathToFileURL(`${migrationsOf(service)}/`)];
  const url = databaseOf(serverUrl, service);
  const onWait = ({ reason }) => console.log(`${service}: waiting for the database: ${reason}`);
  try {
    const bringUpToDate = async () => {
      await createDatabase(url);
      const names = await migrate(url, folders);
      await letServiceIn(url);
      return names;
    };
    const applied = waits ? await patiently(Date.now, onWait, bringUpToDate) : await bringUpToDate();
    console.log(`${service}: ${applied.length === 0 ? 'up to date' : `applied ${applied.join(', ')}`}`);
  } catch (error) {
    // A connection that was tried at several addresses says nothing by itself.
    throw new Complaint(`${service}: ${error.message || error.code}`);
  }
}
