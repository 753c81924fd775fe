import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Complaint } from './complaint.js';
import { isInstalled, isUsable, remembered } from './installed.js';
import { oneAtATime } from './one-at-a-time.js';
import { withProgress } from './progress.js';
import { ROOT } from './root.js';
import { runStep } from './steps.js';

export const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');

/** Installs what the lock file asks for, unless that has been done. */
export async function ensureInstalled() {
  if (!isInstalled(ROOT)) await oneAtATime(install);
}

async function install() {
  if (isInstalled(ROOT)) return;

  const npm = process.env.npm_execpath;
  if (!npm) throw new Complaint('The dependencies are not installed yet: run `npm ci`, or start with `npm start`.');
  console.log('Installing dependencies; this is needed once.');
  const quietly = ['--include=dev', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  // npm ci throws away what there is before it knows whether it can get anything else.
  const how = isUsable(ROOT) ? ['install', '--no-save'] : ['ci'];
  const run = () => withProgress('installing', () => runStep([npm, ...how, ...quietly]));
  if ((await remembered(ROOT, run)) === 0) return;
  throw new Complaint('The dependencies could not be installed (see above). A network is needed for this once.');
}

const CONSOLE = join(ROOT, 'services/console/build.js');

/** Compiles what has changed since the last time, and builds the console the gateway serves. */
export const build = () => oneAtATime(compileAll);

async function compileAll() {
  const [compiled, bundled] = await Promise.all([runStep([TSC, '-b']), runStep([CONSOLE])]);
  if (compiled !== 0) throw new Complaint('The sources do not compile (see above).');
  if (bundled !== 0) throw new Complaint('The console could not be built (see above).');
}

/** Runs node on a script and answers its exit code. No shell, so that it is the same on every system. */
export function runNode(args, env = process.env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
