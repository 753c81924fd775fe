import { parentPort, workerData } from 'node:worker_threads';
import { installFakeGlobals } from './fake-globals.ts';
import { judged } from './judge.ts';
import type { Options } from './options.ts';

/** One of several threads that share the schedules: this one runs every so manieth, from the seed that it was given. */
const { options, from, step } = workerData as { options: Options; from: number; step: number };
installFakeGlobals();
// Faults make errors by the thousand. Where they come from is dear to find out, and shown to whoever looks at one schedule.
if (!options.traced) Error.stackTraceLimit = 0;
for (let seed = from; seed < options.seed + options.schedules; seed += step)
  for await (const one of judged(seed, options)) parentPort?.postMessage(one);
process.exit();
