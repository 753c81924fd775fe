import { parseArgs } from 'node:util';

export interface Options {
  seed: number;
  /** How long faults happen and customers order. */
  durationMs: number;
  /** The load ends early once so many orders were placed. */
  mostOrders: number;
  /** Where the processes' logs are kept; absent: nowhere. */
  logs: string | undefined;
}

export const USAGE = `usage: npm run crash -- [--seconds N | --minutes N] [--orders N] [--seed N] [--logs FOLDER]`;

export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1_000_000)) },
      minutes: { type: 'string' },
      seconds: { type: 'string' },
      orders: { type: 'string' },
      logs: { type: 'string' },
    },
  });
  const minutes = values.minutes === undefined ? undefined : positive(values.minutes) * 60;
  const seconds = values.seconds === undefined ? (minutes ?? 60) : positive(values.seconds);
  return {
    seed: Number.parseInt(values.seed, 10) || 0,
    durationMs: seconds * 1_000,
    mostOrders: values.orders === undefined ? Number.POSITIVE_INFINITY : positive(values.orders),
    logs: values.logs,
  };
}

function positive(text: string): number {
  const number = Number(text);
  if (number > 0) return number;
  throw new Error(`${text} is no positive number`);
}
