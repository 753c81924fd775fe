import { CRASHES, ordering } from './faults.ts';
import type { Options } from './options.ts';
import { failureReport, type Judged, readable } from './report.ts';
import { customersOf, run } from './schedule.ts';
import { shrink } from './shrink.ts';

/** Runs the schedules of one seed: the random one, or one for every possible crash in it. */
export async function* judged(seed: number, options: Options): AsyncIterable<Judged> {
  if (!options.crashesEverywhere) return yield await judge(seed, options.faults, options);
  const calm = new Set<string>();
  const { moments } = await run({ seed, customers: options.customers, faults: calm });
  yield await judge(seed, calm, options);
  for (const moment of moments)
    for (const kind of CRASHES) yield await judge(seed, new Set([ordering(moment, kind)]), options);
}

async function judge(
  seed: number,
  wanted: ReadonlySet<string> | undefined,
  { customers = customersOf(seed), traced, hurried }: Options,
): Promise<Judged> {
  const result = await run({ seed, customers, faults: wanted, keepsTrace: traced });
  const lines = traced ? [...readable(result.trace), `schedule ${seed}: trace ${result.hash}`] : [];
  const violated = result.violations.length > 0;
  if (violated) lines.push(...failureReport(seed, traced || hurried ? result : await shrink(seed, result, run)));
  return { seed, faults: result.faults, sights: result.sights, violated, lines };
}
