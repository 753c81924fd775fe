import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { amountFault, CURRENCIES, decimalsOf, hasDecimals, MOST_CENTS, moneyText, toAmount, toCents } from './money.ts';

const RUNS = { numRuns: 5_000 };
const decimals = fc.constantFrom(0, 2, 3, 4);
const price = fc.integer({ min: 0, max: MOST_CENTS.price });

/** As somebody writes it by hand. */
function written(cents: number, places: number): string {
  const digits = String(cents).padStart(places + 1, '0');
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
const sent = (text: string): number => JSON.parse(JSON.stringify(JSON.parse(text)));

describe('money', () => {
  it('is the same minor units after a journey through the API, up to the most that an order can come to', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MOST_CENTS.total }), decimals, (cents, places) => {
        expect(toCents(JSON.parse(JSON.stringify(toAmount(cents, places))), places)).toBe(cents);
      }),
      {
        ...RUNS,
        examples: [0, 2, 3, 4].flatMap((d) =>
          [0, 1, MOST_CENTS.total - 1, MOST_CENTS.total].map((c) => [c, d]),
        ) as never,
      },
    );
  });

  it('of every currency is read as it is written, to the last place', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: MOST_CENTS.total }), fc.constantFrom(...CURRENCIES), (cents, currency) => {
        const places = decimalsOf(currency);
        const amount = sent(written(cents, places));
        expect(amountFault(amount, currency, MOST_CENTS.total)).toBeUndefined();
        expect(toCents(amount, places)).toBe(cents);
      }),
      RUNS,
    );
  });

  it('is written with no more places than its currency has, and as many for people', () => {
    fc.assert(
      fc.property(price, decimals, (cents, places) => {
        const [, fraction = ''] = JSON.stringify(toAmount(cents, places)).split('.');
        expect(fraction.length).toBeLessThanOrEqual(places);
        expect(moneyText(cents, 'XYZ', places)).toBe(`${written(cents, places)} XYZ`);
      }),
      RUNS,
    );
  });

  it('of a fraction of the smallest unit is refused', () => {
    const fraction = fc.integer({ min: 1, max: 99 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: MOST_CENTS.price - 1 }),
        fraction,
        decimals,
        (cents, hundredths, places) => {
          const point = places === 0 ? '.' : '';
          const amount = `${written(cents, places)}${point}${String(hundredths).padStart(2, '0')}`;
          expect(hasDecimals(sent(amount), places)).toBe(false);
        },
      ),
      RUNS,
    );
  });

  it('that was added up in floating point is still the sum', () => {
    fc.assert(
      fc.property(fc.array(price, { minLength: 1, maxLength: 20 }), decimals, (all, places) => {
        const sum = all.reduce((amount, cents) => amount + toAmount(cents, places), 0);
        expect(hasDecimals(sum, places)).toBe(true);
        expect(toCents(sum, places)).toBe(all.reduce((a, b) => a + b, 0));
      }),
      RUNS,
    );
  });

  it('stays an exact integer at the most that an order can hold: a hundred lines of a hundred thousand', () => {
    const lines = Array.from({ length: 100 }, () => MOST_CENTS.price * 100_000);
    expect(lines.reduce((a, b) => a + b, 0)).toBe(MOST_CENTS.total);
    expect(Number.isSafeInteger(MOST_CENTS.total)).toBe(true);
  });
});

describe('the decimals of a currency', () => {
  // Node's own tables follow usage instead (HUF 0, IDR 0), and change with its version: stored amounts must not.
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['JPY', 0],
    ['VND', 0],
    ['KWD', 3],
    ['IQD', 3],
    ['HUF', 2],
    ['IDR', 2],
    ['MGA', 2],
    ['MRU', 2],
    ['UYW', 4],
  ])('are those of ISO 4217: %s %i', (currency, places) => {
    expect(CURRENCIES).toContain(currency);
    expect(decimalsOf(currency)).toBe(places);
  });

  it('are two for letters that once were taken for a currency, which is none any more', () => {
    expect(decimalsOf('QQQ')).toBe(2);
    for (const none of ['QQQ', 'usd', 'XXX', 'XAU', 'DEM', '']) expect(CURRENCIES).not.toContain(none);
  });

  it.each([
    ['USD', 29.999, 'must have at most 2 decimal places in USD'],
    ['JPY', 10.5, 'must have at most 0 decimal places in JPY'],
    ['KWD', 1.234, undefined],
    ['USD', 1_000_000, undefined],
    ['USD', 1_000_000.01, 'must be at most 1000000 USD'],
    ['JPY', 100_000_000, undefined],
    ['KWD', 100_000.001, 'must be at most 100000 KWD'],
  ])('decide what a price in %s may be: %d', (currency, amount, fault) => {
    expect(amountFault(amount, currency, MOST_CENTS.price)).toBe(fault);
  });
});
