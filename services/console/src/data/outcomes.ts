import type { LivePast } from '@oms/shared/contracts/gateway';

/** The outcomes of orders, from the bottom of the chart to its top. */
export const OUTCOMES = [
  ['CONFIRMED', 'ok', 'confirmed'],
  ['REJECTED', 'bad', 'rejected'],
  ['SHIPPED', 'busy', 'shipped'],
  ['CANCELLED', 'plain', 'cancelled'],
] as const;
export type Outcome = (typeof OUTCOMES)[number][0];

export interface Bar {
  from: number;
  counts: Record<Outcome, number>;
}

/** The last minutes in bars of equal length, oldest first. The last one is not over yet. */
export function barsOf(past: LivePast, now: number, barMs: number, count: number): Bar[] {
  const end = Math.floor(now / barMs) * barMs + barMs;
  const first = end - barMs * count;
  const bars = Array.from({ length: count }, (_, i) => ({ from: first + i * barMs, counts: none() }));
  for (const { at, orders } of past) {
    const bar = bars[Math.floor((Date.parse(at) - first) / barMs)];
    if (!bar) continue;
    for (const [outcome] of OUTCOMES) bar.counts[outcome] += orders[outcome] ?? 0;
  }
  return bars;
}

export const totalsOf = (bars: readonly Bar[]): Record<Outcome, number> =>
  bars.reduce((totals, { counts }) => {
    for (const [outcome] of OUTCOMES) totals[outcome] += counts[outcome];
    return totals;
  }, none());

/** Orders placed per second, on average over the last samples. */
export function placedPerSecond(past: LivePast, samples: number): number {
  const last = past.slice(-samples);
  const seconds = last.reduce((sum, one) => sum + one.seconds, 0);
  return seconds === 0 ? 0 : last.reduce((sum, { orders }) => sum + (orders.PENDING ?? 0), 0) / seconds;
}

/** The next round number, for the top of a scale. */
export function ceiling(most: number): number {
  if (most <= 5) return 5;
  const magnitude = 10 ** Math.floor(Math.log10(most));
  return [1, 2, 5, 10].map((factor) => factor * magnitude).find((one) => one >= most) as number;
}

const none = (): Record<Outcome, number> => ({ CONFIRMED: 0, REJECTED: 0, SHIPPED: 0, CANCELLED: 0 });
