import { spawnSync } from 'node:child_process';
import { canRunKafka } from '../shared/src/events/kafka.ts';
import { hasChromium } from './browser/chromium.ts';
import { PostgresServer } from './postgres-server.ts';

declare global {
  var postgresOfTests: PostgresServer | undefined;
}

/** One PostgreSQL for all suites, unless DATABASE_URL_TEST names one. Nothing in it need survive a crash. */
export default async function setUp(): Promise<void> {
  sayWhatIsSkipped();
  if (process.env.DATABASE_URL_TEST) return;
  try {
    globalThis.postgresOfTests = await PostgresServer.start(['fsync=off']);
    process.env.DATABASE_URL_TEST = globalThis.postgresOfTests.url();
  } catch (error) {
    if (process.env.CI) throw error;
    const reason = (error as Error).message.split('\n')[0];
    say(`No PostgreSQL here (${reason}): what needs one is skipped. DATABASE_URL_TEST can name a server.`);
  }
}

/** Said once, for all suites that leave themselves out. */
function sayWhatIsSkipped(): void {
  if (!canRunKafka(process.version))
    say(`Node ${process.version} is too old for Kafka's client: what needs it is skipped.`);
  else if (!process.env.KAFKA_JARS && !process.env.CI)
    say('KAFKA_JARS names no folder: what needs a Kafka is skipped.');
  if (!process.env.ZIPKIN_JAR && !process.env.CI) say('ZIPKIN_JAR names no file: what needs a Zipkin is skipped.');
  if (spawnSync('redis-server', ['--version']).error && !process.env.CI)
    say('No redis-server on the PATH: what needs one is skipped.');
  if (!hasChromium && !process.env.CI)
    say('No Chromium here (CHROMIUM can name one): what needs a browser is skipped.');
}

const say = (line: string) => process.stderr.write(`${line}\n`);
