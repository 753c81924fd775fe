import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ALL_KINDS } from './faults.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import type { Judged } from './report.ts';
import { Tally } from './report.ts';

/** Violations that are shown in full. */
const MOST_SHOWN = 5;

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exit(2);
}
const { seed: first, schedules, hurried } = options;
const startedAt = performance.now();
const tally = new Tally(ALL_KINDS);
const workers = Array.from({ length: Math.min(options.workers, schedules) }, (_, i) => {
  const workerData = { options, from: first + i, step: options.workers };
  return new Worker(new URL('./worker.js', import.meta.url), { workerData });
});
for (const worker of workers) worker.on('message', (one: Judged) => hear(one));
// On Ctrl-C the result so far is printed, marked as incomplete.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => conclude(130));
await Promise.all(workers.map((worker) => once(worker, 'exit')));
conclude(0);

function hear(one: Judged): void {
  tally.add(one);
  if (!one.violated || tally.violations <= MOST_SHOWN) for (const line of one.lines) console.log(line);
  if (one.violated && hurried) conclude(0);
}

function conclude(code: number): never {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${seconds} s, seeds ${first} to ${first + schedules - 1}, ${workers.length} threads`);
  console.log(tally.seen());
  console.log(tally.injected());
  console.log(tally.summary());
  process.exit(tally.violations === 0 ? code : 1);
}
