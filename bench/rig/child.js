import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const STOP_LIMIT_MS = 10_000;
const running = new Set();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Runs a module of ours as a process, until it says on which port it listens. Its channel ends it should we be killed. */
export async function startModule(path, { args = [], env = {}, execArgv = [], logTo = '/dev/null' } = {}) {
  const log = openSync(logTo, 'a');
  const child = fork(path, args, {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    execArgv,
    stdio: ['ignore', log, 'inherit', 'ipc'],
  });
  const ended = watch(child);
  const [message] = await Promise.race([once(child, 'message'), ended.then((how) => failedToStart(path, how))]);
  return {
    child,
    pid: child.pid,
    port: message.ready,
    ended,
    stop: () => stop(child, ended),
    kill: () => kill(child, ended),
  };
}

/** Runs a program that is not ours, until `isReady` says so. */
export async function startProgram(command, args, { env = {}, logTo = '/dev/null', isReady, limitMs = 60_000 }) {
  const log = openSync(logTo, 'a');
  const child = spawn(command, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', log, log] });
  const ended = watch(child);
  let end;
  ended.then((how) => (end = how));
  for (const until = performance.now() + limitMs; !(await isReady().catch(() => false)); await pause(50)) {
    if (end !== undefined || performance.now() > until) failedToStart(command, end ?? 'is not ready');
  }
  return { child, pid: child.pid, ended, stop: () => stop(child, ended), kill: () => kill(child, ended) };
}

function watch(child) {
  running.add(child);
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
  }).finally(() => running.delete(child));
}

function failedToStart(what, how) {
  throw new Error(`${what} did not start: ${how}`);
}

async function stop(child, ended) {
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  await ended;
  clearTimeout(limit);
}

async function kill(child, ended) {
  child.kill('SIGKILL');
  await ended;
}
