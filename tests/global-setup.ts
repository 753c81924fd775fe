import { type PostgresServer, startPostgres } from './postgres-server.ts';

declare global {
  var postgresOfTests: PostgresServer | undefined;
}

/** One PostgreSQL for all suites, unless DATABASE_URL_TEST names one. Nothing in it need survive a crash. */
export default async function setUp(): Promise<void> {
  if (process.env.DATABASE_URL_TEST) return;
  try {
    globalThis.postgresOfTests = await startPostgres(['fsync=off', 'max_connections=300']);
    process.env.DATABASE_URL_TEST = globalThis.postgresOfTests.url;
  } catch (error) {
    if (process.env.CI) throw error;
    const reason = (error as Error).message.split('\n')[0];
    process.stderr.write(
      `No PostgreSQL here (${reason}): what needs one is skipped. DATABASE_URL_TEST can name a server.\n`,
    );
  }
}
