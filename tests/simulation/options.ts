import { parseArgs } from 'node:util';

export interface Options {
  schedules: number;
  /** Of the first schedule; each further one has the next. */
  seed: number;
  /** Replay: only these customers come. */
  customers: readonly number[] | undefined;
  /** Replay: only these faults strike. */
  faults: ReadonlySet<string> | undefined;
  /** Ends with the first violation, and does not look for its smallest form. */
  hurried: boolean;
  /** Shows what happens, event for event. */
  traced: boolean;
}

export const USAGE =
  'usage: npm run simulate -- [--schedules N] [--seed N] [--customers 1,2] [--faults id,id] [--trace] [--hurried]';

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
    },
  });
  return {
    schedules: whole(values.schedules),
    seed: whole(values.seed),
    customers: listed(values.customers)?.map(whole),
    faults: values.faults === undefined ? undefined : new Set(listed(values.faults)),
    hurried: values.hurried,
    traced: values.trace,
  };
}

const listed = (text: string | undefined): string[] | undefined => text?.split(',').filter((one) => one !== '');

function whole(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Error(`${text} is no whole number`);
}
