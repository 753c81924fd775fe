import { parentPort, workerData } from 'node:worker_threads';
import { installFakeGlobals } from './fake-globals.ts';
import { judged } from './judge.ts';
import type { Options } from './options.ts';

/** One of several threads that share the schedules: this one runs every nth, from its first seed. */
const { options, from, step } = workerData as { options: Options; from: number; step: number };
installFakeGlobals();
// Faults create thousands of errors. Their stacks are slow to record, so only a single schedule has them.
if (!options.traced) Error.stackTraceLimit = 0;
for (let seed = from; seed < options.seed + options.schedules; seed += step)
  for await (const one of judged(seed, options)) parentPort?.postMessage(one);
process.exit();
