import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, runCommand } from './complaint.js';
import { build, ensureInstalled, ROOT } from './ensure-built.js';
import { insideToken } from './inside-token.js';
import { DATA, launchPostgres } from './postgres.js';
import { catalogOf, chooseServices, environmentOf, refuseTakenPorts } from './services.js';
import { Supervisor } from './supervisor.js';
import { restartOnChange } from './watch.js';
import { welcome } from './welcome.js';

const OPTIONS = ['--chaos', '--durable', '--watch'];
/** npm passes a Ctrl-C on that the terminal has sent to this process too: the two are one. */
const SAME_SIGNAL_MS = 300;
const PARENT_CHECK_MS = 200;
/** For everything, the database after the services. */
const STOP_LIMIT_MS = 9_500;

export const startServices = (args) =>
  runCommand(async () => {
    const startedAt = performance.now();
    const { names, chaos, watch, durable } = parse(args);
    const settings = join(ROOT, '.env');
    if (existsSync(settings)) process.loadEnvFile(settings);
    if (durable && process.env.DATABASE_URL) {
      throw new Complaint('DATABASE_URL names a PostgreSQL already; --durable would bring up another. Choose one.');
    }
    const services = chooseServices(names, process.env);
    await refuseTakenPorts(services);
    await ensureInstalled();
    await build();

    const running = {};
    const database = {};
    const inside = insideToken(process.env);
    const supervisor = new Supervisor(
      services,
      (service) => environmentOf(service, services, { ...process.env, ...inside, ...database }, chaos),
      () => watch || stop(running),
    );
    running.supervisor = supervisor;
    stopOnSignals(running);
    try {
      if (durable) {
        running.postgres = launchPostgres(() => supervisor.lost('PostgreSQL has ended unexpectedly'));
        database.DATABASE_URL = await running.postgres.url();
        supervisor.say(`PostgreSQL keeps its data in ${DATA}`);
      }
      await supervisor.start();
    } catch (error) {
      await end(running);
      throw error;
    }
    if (watch) restartOnChange(supervisor);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(welcome(services, (name) => supervisor.pidOf(name), catalogOf(process.env), seconds));
  });

function parse(args) {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const flags = args.filter((arg) => arg.startsWith('-'));
  const unknown = flags.filter((flag) => !OPTIONS.includes(flag));
  if (unknown.length > 0) {
    throw new Complaint(`There is no option ${unknown.join(', ')}. The options are: ${OPTIONS.join(', ')}.`);
  }
  const [chaos, durable, watch] = OPTIONS.map((option) => flags.includes(option));
  return { names, chaos, durable, watch };
}

function stopOnSignals(running) {
  let firstAt;
  const first = () => {
    if (firstAt !== undefined) return false;
    firstAt = performance.now();
    stop(running);
    return true;
  };
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, first);
  process.on('SIGINT', () => {
    if (first() || performance.now() - firstAt < SAME_SIGNAL_MS) return;
    running.supervisor.kill('asked twice');
  });
  // Nobody reads any more what the services say.
  for (const output of [process.stdout, process.stderr]) output.on('error', first);
  // A signal to npm ends the shell between npm and this process, and goes no further.
  const shell = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === shell || first(), PARENT_CHECK_MS).unref();
}

async function stop(running) {
  await end(running);
  process.exit(running.supervisor.failed ? 1 : 0);
}

async function end({ supervisor, postgres }) {
  const until = performance.now() + STOP_LIMIT_MS;
  await supervisor.stop();
  await postgres?.stop(until - performance.now());
}
