import { variable } from '../service/config.ts';
import type { BreakerSettings } from './breaker.ts';

const { wholeNumber } = variable;
const LONGEST_MS = 600_000;

/** The defaults for every target. */
export const USUAL = { errorPercent: 50, volume: 5, windowMs: 10_000, capacity: 512 };
type Usual = Omit<BreakerSettings, 'name'>;

const numbers = ({ timeoutMs, resetMs, errorPercent, volume, windowMs, capacity }: Usual, leastTimeoutMs: number) => ({
  TIMEOUT_MS: wholeNumber(leastTimeoutMs, LONGEST_MS, timeoutMs).describe('How long a call may take'),
  RESET_MS: wholeNumber(1, LONGEST_MS, resetMs).describe(
    'How long an open breaker waits before it lets a probe through',
  ),
  ERROR_PERCENT: wholeNumber(1, 100, errorPercent).describe('The breaker opens when so many of a hundred calls failed'),
  VOLUME: wholeNumber(1, 100_000, volume).describe('The breaker stays closed below so many calls'),
  WINDOW_MS: wholeNumber(1_000, LONGEST_MS, windowMs).describe('How far back the breaker looks'),
  CAPACITY: wholeNumber(1, 100_000, capacity).describe('How many calls may be under way at once (the bulkhead)'),
});
type Numbers = ReturnType<typeof numbers>;

type Name<T extends string, N extends keyof Numbers> = `BREAKER_${Uppercase<T>}_${N}`;
const nameOf = <T extends string, N extends keyof Numbers>(target: T, number: N) =>
  `BREAKER_${target.toUpperCase()}_${number}` as Name<T, N>;

/** The variables of the breaker before this target. */
export function breakerVariables<T extends string>(
  target: T,
  usual: Pick<Usual, 'timeoutMs' | 'resetMs'> & Partial<Usual>,
  leastTimeoutMs = 1,
) {
  const own = Object.entries(numbers({ ...USUAL, ...usual }, leastTimeoutMs));
  const named = own.map(([number, about]) => [nameOf(target, number as keyof Numbers), about]);
  return Object.fromEntries(named) as { [N in keyof Numbers as Name<T, N>]: Numbers[N] };
}

export type BreakersOf<T extends string> = { [N in keyof Numbers as Name<T, N>]: number };

export function breakerSettings<T extends string>(target: T, config: BreakersOf<T>): BreakerSettings {
  const value = (number: keyof Numbers) => (config as Record<string, number>)[nameOf(target, number)] as number;
  return {
    name: target,
    timeoutMs: value('TIMEOUT_MS'),
    resetMs: value('RESET_MS'),
    errorPercent: value('ERROR_PERCENT'),
    volume: value('VOLUME'),
    windowMs: value('WINDOW_MS'),
    capacity: value('CAPACITY'),
  };
}
