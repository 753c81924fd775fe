import { describe, expect, it } from '@jest/globals';
import { failureReport } from './report.ts';
import type { Result, Schedule } from './schedule.ts';
import { shrink } from './shrink.ts';

const FAULTS = Array.from({ length: 40 }, (_, i) => `message:order-1:payment:${i}`);
const ORDER = '019b76da-ae92-779a-8ca3-aeda98697805';

/** A world with a violation if two faults happen together and the third customer is active. */
async function brokenWorld({
  customers = [1, 2, 3, 4],
  faults = new Set(FAULTS),
  keepsTrace,
}: Schedule): Promise<Result> {
  const isBroken = customers.includes(3) && [FAULTS[7], FAULTS[31]].every((id) => faults.has(id as string));
  return {
    customers,
    faults: [...faults].map((id) => ({ id, kind: 'drop answer' })),
    violations: isBroken ? [{ rule: 'balance', id: ORDER, detail: 'charged twice' }] : [],
    hash: 'abcdef01',
    trace: keepsTrace ? [`0.001 s  payment  writes payment/${ORDER}`] : [],
    sights: new Map(),
    moments: [],
  };
}

describe('a violation', () => {
  it('is shrunk to the customers and faults that cause it', async () => {
    const smallest = await shrink(17, await brokenWorld({ seed: 17 }), brokenWorld);
    expect(smallest.customers).toEqual([3]);
    expect(smallest.faults.map(({ id }) => id)).toEqual([FAULTS[7], FAULTS[31]]);
  });

  it('is reported with its seed, its trace, the broken rule and the command that repeats it', async () => {
    const smallest = await shrink(17, await brokenWorld({ seed: 17 }), brokenWorld);
    const lines = [...failureReport(17, smallest)].map((line) => line.trim());
    expect(lines).toEqual([
      'VIOLATION in schedule 17, with 1 customers and 2 faults (trace abcdef01)',
      '0.001 s  payment  writes payment/#1',
      `VIOLATION balance: ${ORDER}: charged twice`,
      `again: npm run simulate -- --schedules 1 --seed 17 --customers 3 --faults ${FAULTS[7]},${FAULTS[31]} --trace`,
    ]);
  });
});
