import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from './root.js';

const FILE = join(ROOT, '.data/preparing');
const LOOK_MS = 200;
const TOUCH_MS = 1_000;
/** One that was not touched for so long is of a process that is gone, even if another one has its id by now. */
const STALE_MS = 30_000;

/** Several terminals may start services at the same moment: one installs and builds, the others wait for it. */
export async function oneAtATime(work, file = FILE) {
  mkdirSync(dirname(file), { recursive: true });
  let said = false;
  while (!take(file)) {
    const holder = holderOf(file);
    if (holder && isGone(holder)) evict(file, holder);
    else if (holder?.pid && !said) {
      console.log(`Waiting for process ${holder.pid}, which is installing or building.`);
      said = true;
    }
    await pause(LOOK_MS);
  }
  const touched = setInterval(() => touch(file), TOUCH_MS).unref();
  try {
    return await work();
  } finally {
    clearInterval(touched);
    if (holderOf(file)?.pid === process.pid) rmSync(file);
  }
}

function touch(file) {
  const now = new Date();
  if (holderOf(file)?.pid === process.pid) utimesSync(file, now, now);
}

/** Whoever makes the file has it. It is empty for a moment, which is nobody's id. */
function take(file, pid = process.pid) {
  try {
    writeFileSync(file, String(pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

function holderOf(file) {
  try {
    return { pid: Number(readFileSync(file, 'utf8')), touchedAt: statSync(file).mtimeMs };
  } catch {
    return undefined;
  }
}

function isGone({ pid, touchedAt }) {
  if (Date.now() - touchedAt > STALE_MS) return true;
  try {
    return pid > 0 && !process.kill(pid, 0);
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

/** Of several that see the same dead holder one moves it away. Who moves a living one in its place puts it back. */
function evict(file, { pid }) {
  const moved = `${file}.gone.${process.pid}`;
  try {
    renameSync(file, moved);
  } catch {
    return;
  }
  const found = holderOf(moved);
  rmSync(moved);
  if (found && found.pid !== pid) take(file, found.pid);
}
