import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts processor time in hundredths of a second. */
const TICKS_PER_S = 100;

const statOf = (pid) => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name may hold anything, also spaces and brackets.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** Processor time of a whole process, user and system, in milliseconds. */
export function cpuMsOf(pid) {
  const [, , , , , , , , , , , user, system] = statOf(pid);
  return ((Number(user) + Number(system)) * 1000) / TICKS_PER_S;
}

/** The same of a process and its children, those among them that have ended. */
export function cpuMsOfFamily(pid) {
  const fields = statOf(pid);
  const ended = ((Number(fields[13]) + Number(fields[14])) * 1000) / TICKS_PER_S;
  return childrenOf(pid).reduce((sum, child) => sum + quietly(() => cpuMsOf(child)), cpuMsOf(pid) + ended);
}

function childrenOf(pid) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => quietly(() => Number(statOf(name)[1]) === pid, false));
}

function quietly(read, otherwise = 0) {
  try {
    return read();
  } catch {
    return otherwise;
  }
}

/** What a process holds in memory, in MiB. */
export function memoryMiBOf(pid) {
  const [, kB] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(kB) / 1024;
}
