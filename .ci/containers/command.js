import { spawn, spawnSync } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** Ends the program that is being waited for. */
export const interrupted = new AbortController();
// One for each program at work.
setMaxListeners(0, interrupted.signal);

const PAUSE_MS = 300;
const LAST_WORDS = 3_000;

/** Runs a program to its end and answers what it printed. One that fails throws with the end of what it said. */
export async function run(program, args, env = {}) {
  const child = spawn(program, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: interrupted.signal,
    killSignal: 'SIGKILL',
  });
  let out = '';
  let all = '';
  child.stdout.on('data', (text) => {
    out += text;
    all += text;
  });
  child.stderr.on('data', (text) => {
    all += text;
  });
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code === 0) return out.trim();
  throw new Error(`${program} ${args.slice(0, 4).join(' ')} … ended with ${code}:\n${all.trim().slice(-LAST_WORDS)}`);
}

/** Runs a program without letting anything else happen, and says whether it succeeded. */
export const runNow = (program, args, env = {}, stdio = 'ignore') =>
  spawnSync(program, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio }).status === 0;

export const docker = (...args) => run('docker', args);

/** Waits until `look` answers something; when it never does, `complaint` says what was to be seen. */
export async function until(limitMs, look, complaint) {
  const end = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > end) throw new Error(await complaint());
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
