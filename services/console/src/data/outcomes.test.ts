import { describe, expect, it } from '@jest/globals';
import { barsOf, ceiling, placedPerSecond, totalsOf } from './outcomes.ts';

const at = (second: number) => new Date(second * 1_000).toISOString();

describe('the outcomes of orders', () => {
  const past = [
    { at: at(1), seconds: 1, orders: { CONFIRMED: 99 } },
    { at: at(91), seconds: 1, orders: { PENDING: 4, CONFIRMED: 3, REJECTED: 1 } },
    { at: at(94), seconds: 1, orders: { PENDING: 2, CONFIRMED: 2 } },
    { at: at(96), seconds: 2, orders: { CANCELLED: 1 } },
  ];

  it('are counted in bars of equal length, without those that are too old', () => {
    const bars = barsOf(past, 97_000, 5_000, 3);
    expect(bars.map(({ from }) => from)).toEqual([85_000, 90_000, 95_000]);
    expect(bars.map(({ counts }) => counts.CONFIRMED)).toEqual([0, 5, 0]);
    expect(totalsOf(bars)).toEqual({ CONFIRMED: 5, REJECTED: 1, SHIPPED: 0, CANCELLED: 1 });
  });

  it('give the rate of orders per second', () => {
    expect(placedPerSecond(past, 3)).toBe(1.5);
    expect(placedPerSecond([], 3)).toBe(0);
  });

  it('have a scale with a round number at its top', () => {
    expect([0, 5, 6, 11, 20, 21, 99, 101].map(ceiling)).toEqual([5, 5, 10, 20, 20, 50, 100, 200]);
  });
});
