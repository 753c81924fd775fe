import { installFakeGlobals } from './fake-globals.ts';
import { ALL_KINDS } from './faults.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { failureReport, readable, Tally } from './report.ts';
import { customersOf, run } from './schedule.ts';
import { shrink } from './shrink.ts';

/** Violations that are made small and shown in full. */
const MOST_SHOWN = 5;

let options: Options;
try {
  options = readOptions(process.argv.slice(2));
} catch (error) {
  console.error(`${(error as Error).message}\n${USAGE}`);
  process.exit(2);
}
const { schedules, seed: first, customers, faults, traced, hurried } = options;
const { hrtime } = process;
const startedAt = hrtime.bigint();
installFakeGlobals();

const tally = new Tally(ALL_KINDS);
for (let seed = first; seed < first + schedules; seed++) {
  const result = await run({ seed, customers: customers ?? customersOf(seed), faults, keepsTrace: traced });
  tally.add(result);
  if (traced) console.log(`${readable(result.trace).join('\n')}\nschedule ${seed}: trace ${result.hash}`);
  if (result.violations.length === 0) continue;
  if (tally.violations <= MOST_SHOWN) {
    const smallest = traced || hurried ? result : await shrink(seed, result, run);
    for (const line of failureReport(seed, smallest)) console.log(line);
  }
  if (hurried) break;
}
console.log(
  `${Number((hrtime.bigint() - startedAt) / 1_000_000n) / 1_000} s, seeds ${first} to ${first + tally.schedules - 1}`,
);
console.log(tally.seen());
console.log(tally.summary());
process.exit(tally.violations === 0 ? 0 : 1);
