import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export interface Options {
  schedules: number;
  /** The seed of the first schedule; each further one has the next seed. */
  seed: number;
  /** Replay: only these customers are active. */
  customers: readonly number[] | undefined;
  /** Replay: only these faults happen. */
  faults: ReadonlySet<string> | undefined;
  /** Ends with the first violation, and does not look for its smallest form. */
  hurried: boolean;
  /** Shows what happens, event for event. */
  traced: boolean;
  /** Instead of random faults: two schedules for every write and every send, with a crash before it and one after. */
  crashesEverywhere: boolean;
  /** How many threads share the schedules. What happens in each schedule does not depend on it. */
  workers: number;
}

export const USAGE = `usage: npm run simulate -- [--schedules N] [--seed N] [--workers N] [--crashes-everywhere] [--hurried]
       npm run simulate -- --schedules 1 --seed N [--customers 1,2] [--faults id,id] [--trace]`;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      schedules: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      customers: { type: 'string' },
      faults: { type: 'string' },
      hurried: { type: 'boolean', default: false },
      trace: { type: 'boolean', default: false },
      'crashes-everywhere': { type: 'boolean', default: false },
      workers: { type: 'string', default: String(availableParallelism()) },
    },
  });
  return {
    schedules: whole(values.schedules),
    seed: whole(values.seed),
    customers: listed(values.customers)?.map(whole),
    faults: values.faults === undefined ? undefined : new Set(listed(values.faults)),
    hurried: values.hurried,
    traced: values.trace,
    crashesEverywhere: values['crashes-everywhere'],
    // One worker where the order of the output matters.
    workers: values.trace || values.hurried ? 1 : Math.max(1, whole(values.workers)),
  };
}

const listed = (text: string | undefined): string[] | undefined => text?.split(',').filter((one) => one !== '');

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${text} is no whole number`);
}
