import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { ROOT } from './root.js';
import { whenToldToStop } from './told-to-stop.js';

/** How long npm has to put back what it was replacing. */
const STOP_LIMIT_MS = 5_000;
/** The exit code of a step that somebody else ended, as a shell has it; those of tools are lower. */
export const KILLED = 128;

/** Somebody did not want to wait for the end of a step. */
class Interrupted extends Error {
  name = 'Interrupted';

  constructor(signal) {
    super('Interrupted.');
    this.exitCode = KILLED + constants.signals[signal];
  }
}

/**
 * Runs node on the script of a tool to its end, and answers its exit code. Told to stop meanwhile, it takes the tool with it, and
 * all that the tool has started.
 */
export async function runStep(args) {
  // A group of its own, so that it can be ended as a whole; there are none on Windows.
  const detached = process.platform !== 'win32';
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], detached });
  let told;
  let limit;
  const release = whenToldToStop((signal) => {
    if (told) return;
    told = signal;
    endGroup(child, signal);
    limit = setTimeout(() => endGroup(child, 'SIGKILL'), STOP_LIMIT_MS);
  });
  try {
    const code = await new Promise((resolve, reject) => child.on('error', reject).on('exit', resolve));
    if (!told) return code ?? KILLED;
    // Who was started by it may still be there.
    endGroup(child, 'SIGKILL');
    throw new Interrupted(told);
  } finally {
    clearTimeout(limit);
    release();
  }
}

function endGroup({ pid }, signal) {
  if (process.platform === 'win32')
    return void spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}
