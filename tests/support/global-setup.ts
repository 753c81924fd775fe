import { PostgresServer } from '../servers/postgres.ts';

declare global {
  var postgresOfTests: PostgresServer | undefined;
  var whyNoPostgres: string | undefined;
}

/** One PostgreSQL for all suites, unless DATABASE_URL_TEST names one. Its data need not survive a crash. */
export default async function setUp(): Promise<void> {
  if (process.env.DATABASE_URL_TEST) return;
  try {
    globalThis.postgresOfTests = await PostgresServer.start(['fsync=off']);
    process.env.DATABASE_URL_TEST = globalThis.postgresOfTests.url();
  } catch (error) {
    if (process.env.CI) throw error;
    const reason = (error as Error).message.split('\n')[0];
    globalThis.whyNoPostgres = `there is no PostgreSQL (${reason}; DATABASE_URL_TEST can name a server)`;
  }
}
