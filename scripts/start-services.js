import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, runCommand } from './complaint.js';
import { build, ensureInstalled } from './ensure-built.js';
import { insideToken } from './inside-token.js';
import { rendering } from './log-lines.js';
import { misspelt } from './misspelt.js';
import { help, parse } from './options.js';
import { DATA, launchPostgres } from './postgres.js';
import { ROOT } from './root.js';
import { chooseServices, environmentOf, neededBy, refuseTakenPorts, SERVICE_NAMES } from './services.js';
import { Supervisor } from './supervisor.js';
import { whenToldToStop } from './told-to-stop.js';
import { restartOnChange } from './watch.js';
import { welcome } from './welcome.js';

/** npm passes a Ctrl-C on that the terminal has sent to this process too: the two are one. */
const SAME_SIGNAL_MS = 300;
/** For everything, the database after the services. */
const STOP_LIMIT_MS = 9_500;

export const startServices = (args) =>
  runCommand(async () => {
    const startedAt = performance.now();
    const asked = parse(args, process.env);
    if (asked.help) return console.log(help(SERVICE_NAMES));
    const { names, chaos, watch, durable } = asked;
    const settings = join(ROOT, '.env');
    if (existsSync(settings)) process.loadEnvFile(settings);
    for (const line of misspelt(process.env)) console.warn(line);
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
      await rendering(),
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
    console.log(welcome(services, neededBy(services, process.env), (name) => supervisor.pidOf(name), seconds));
  });

function stopOnSignals(running) {
  let firstAt;
  whenToldToStop((signal) => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      stop(running);
    } else if (signal === 'SIGINT' && performance.now() - firstAt > SAME_SIGNAL_MS) {
      running.supervisor.kill('asked twice');
    }
  });
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
