import { describe, expect, it } from '@jest/globals';
import { RetryBudget } from './budget.ts';

const spendAll = (budget: RetryBudget): number => {
  let spent = 0;
  while (spent < 1_000 && budget.spend()) spent++;
  return spent;
};

describe('a retry budget', () => {
  it('has fifty retries after a quiet time', () => {
    expect(spendAll(new RetryBudget())).toBe(50);
  });

  it('gains one retry for every five calls', () => {
    const budget = new RetryBudget();
    spendAll(budget);
    for (let i = 0; i < 26; i++) budget.called();
    expect(spendAll(budget)).toBe(5);
  });

  it('never holds more than fifty', () => {
    const budget = new RetryBudget();
    for (let i = 0; i < 1_000; i++) budget.called();
    expect(spendAll(budget)).toBe(50);
  });
});
