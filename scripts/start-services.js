import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, runCommand } from './complaint.js';
import { build, ensureInstalled, ROOT } from './ensure-built.js';
import { chooseServices, environmentOf, refuseTakenPorts } from './services.js';
import { Supervisor } from './supervisor.js';
import { restartOnChange } from './watch.js';
import { welcome } from './welcome.js';

/** npm passes a Ctrl-C on that the terminal has sent to this process too: the two are one. */
const SAME_SIGNAL_MS = 300;
const PARENT_CHECK_MS = 200;

export const startServices = (args) =>
  runCommand(async () => {
    const startedAt = performance.now();
    const { names, chaos, watch } = parse(args);
    const settings = join(ROOT, '.env');
    if (existsSync(settings)) process.loadEnvFile(settings);
    const services = chooseServices(names, process.env);
    await refuseTakenPorts(services);
    await ensureInstalled();
    await build();

    const supervisor = new Supervisor(
      services,
      (service) => environmentOf(service, services, process.env, chaos),
      () => watch || stop(supervisor),
    );
    stopOnSignals(supervisor);
    try {
      await supervisor.start();
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
    if (watch) restartOnChange(supervisor);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(welcome(services, (name) => supervisor.pidOf(name), seconds));
  });

function parse(args) {
  const names = args.filter((arg) => !arg.startsWith('-'));
  const flags = args.filter((arg) => arg.startsWith('-'));
  const unknown = flags.filter((flag) => !['--chaos', '--watch'].includes(flag));
  if (unknown.length > 0) {
    throw new Complaint(`There is no option ${unknown.join(', ')}. The options are: --chaos, --watch.`);
  }
  return { names, chaos: flags.includes('--chaos'), watch: flags.includes('--watch') };
}

function stopOnSignals(supervisor) {
  let firstAt;
  const first = () => {
    if (firstAt !== undefined) return false;
    firstAt = performance.now();
    stop(supervisor);
    return true;
  };
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, first);
  process.on('SIGINT', () => {
    if (first() || performance.now() - firstAt < SAME_SIGNAL_MS) return;
    supervisor.kill('asked twice');
  });
  // Nobody reads any more what the services say.
  for (const output of [process.stdout, process.stderr]) output.on('error', first);
  // A signal to npm ends the shell between npm and this process, and goes no further.
  const shell = process.ppid;
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === shell || first(), PARENT_CHECK_MS).unref();
}

async function stop(supervisor) {
  await supervisor.stop();
  process.exit(supervisor.failed ? 1 : 0);
}
