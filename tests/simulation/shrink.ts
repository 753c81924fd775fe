import type { Result, Schedule } from './schedule.ts';

/** The maximum number of runs; after that, the violation is reported as it is. */
const MOST_RUNS = 300;

/** The same violation with as few customers and faults as possible, and its trace. */
export async function shrink(
  seed: number,
  { customers, faults, violations }: Result,
  run: (schedule: Schedule) => Promise<Result>,
): Promise<Result> {
  const rules = new Set(violations.map(({ rule }) => rule));
  let runs = 0;
  const fails = async (few: readonly number[], ids: readonly string[]): Promise<boolean> => {
    if (++runs > MOST_RUNS) return false;
    const result = await run({ seed, customers: few, faults: new Set(ids) });
    return result.violations.some(({ rule }) => rules.has(rule));
  };

  const ids = faults.map(({ id }) => id);
  const fewFaults = await fewest(ids, (some) => fails(customers, some));
  const fewCustomers = await fewest(customers, (some) => fails(some, fewFaults));
  const fewer = await fewest(fewFaults, (some) => fails(fewCustomers, some));
  return run({ seed, customers: fewCustomers, faults: new Set(fewer), keepsTrace: true });
}

/** Removes smaller and smaller parts while the violation stays (delta debugging). */
async function fewest<T>(all: readonly T[], suffices: (some: readonly T[]) => Promise<boolean>): Promise<readonly T[]> {
  let left = all;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length; ) {
      const some = [...left.slice(0, at), ...left.slice(at + size)];
      if (await suffices(some)) left = some;
      else at += size;
    }
  }
  return left;
}
