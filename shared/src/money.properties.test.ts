import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Money } from './contracts/common.ts';
import { toAmount, toCents } from './money.ts';

/** A hundred lines of a hundred thousand pieces at a million: what the contracts let an order come to. */
const MOST_CENTS = 100 * 100_000 * 100_000_000;

const written = (cents: number) => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
const price = fc.integer({ min: 0, max: 100_000_000 });

describe('money', () => {
  it('is the same cents after a journey through the API, up to the most that an order can come to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MOST_CENTS }), (cents) => {
        expect(toCents(JSON.parse(JSON.stringify(toAmount(cents))))).toBe(cents);
      }),
      { numRuns: 5_000, examples: [[MOST_CENTS], [MOST_CENTS - 1], [1], [0]] },
    );
  });

  it('is read as it is written, to the cent', () => {
    fc.assert(
      fc.property(price, (cents) => {
        expect(toCents(Money.parse(JSON.parse(written(cents))))).toBe(cents);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is written with no more than two places', () => {
    fc.assert(
      fc.property(price, (cents) => {
        expect(JSON.stringify(toAmount(cents))).toMatch(/^\d+(\.\d{1,2})?$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('of a fraction of a cent is refused', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), fc.integer({ min: 1, max: 99 }), (cents, hundredths) => {
        const amount = `${written(cents)}${String(hundredths).padStart(2, '0')}`;
        expect(Money.safeParse(JSON.parse(amount)).success).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });
});
