import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { duesOf, duesOfOneCapture } from './dues.ts';
import { choose, counted, isAllBack, isOpen, keptOf, type Line, type LineState, linesOf, openOf } from './lines.ts';
import { type Charge, costOfFirst, divide, lineIdAt, type Shares, sharesOf } from './shares.ts';

const item = fc.record({
  productId: fc.constantFrom('A', 'B', 'C'),
  quantity: fc.oneof(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 100_000 })),
  priceCents: fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 100_000_000 })),
});
const charge = (lines: number) =>
  fc.record({
    kind: fc.constantFrom('SHIPPING' as const, 'TAX' as const, 'FEE' as const, 'DISCOUNT' as const),
    amount: fc.oneof(fc.integer({ min: 1, max: 3_000 }), fc.integer({ min: 1, max: 1_000_000_000 })),
    lineId: fc.option(fc.integer({ min: 0, max: lines - 1 }).map(lineIdAt), { nil: undefined }),
  });

interface Given {
  items: { productId: string; quantity: number; priceCents: number }[];
  charges: Charge[];
}
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
const totalOf = ({ items, charges }: Given) =>
  sum(items.map(({ quantity, priceCents }) => quantity * priceCents)) + sum(charges.map(({ cents }) => cents));

/** Orders that can be placed: neither the whole nor a line costs less than nothing. */
const order: fc.Arbitrary<Given> = fc
  .array(item, { minLength: 1, maxLength: 20 })
  .chain((items) => fc.record({ items: fc.constant(items), drawn: fc.array(charge(items.length), { maxLength: 50 }) }))
  .map(({ items, drawn }) => {
    const charges: Charge[] = [];
    for (const { kind, amount, lineId } of drawn) {
      const next = [...charges, { kind, lineId, cents: kind === 'DISCOUNT' ? -amount : amount }];
      const lines = items.map(({ quantity, priceCents }, i) => {
        return quantity * priceCents + sum(next.filter((one) => one.lineId === lineIdAt(i)).map(({ cents }) => cents));
      });
      if (totalOf({ items, charges: next }) >= 0 && lines.every((cents) => cents >= 0)) charges.push(...next.slice(-1));
    }
    return { items, charges };
  });

const step = fc.record({
  what: fc.constantFrom('fulfilled' as const, 'cancelled' as const, 'returned' as const),
  line: fc.nat(19),
  part: fc.constantFrom(0.01, 0.3, 0.5, 1),
});

class Life {
  states: readonly LineState[] | undefined;
  readonly shares: Shares;
  captured = 0;
  refunded = 0;

  constructor(
    private readonly given: Given,
    private readonly once = false,
  ) {
    this.shares = sharesOf(given.items, given.charges);
  }

  get lines(): Line[] {
    return linesOf(this.given.items, this.states);
  }

  get dues() {
    return this.once ? duesOfOneCapture(this.lines, this.shares, this.captured) : duesOf(this.lines, this.shares);
  }

  /** Some pieces of one line, or all that is left of all lines. */
  go(what: keyof LineState, which?: { line: number; part: number }): void {
    const leftOf = what === 'returned' ? keptOf : openOf;
    const line = which && (this.lines[which.line % this.lines.length] as Line);
    const quantity = line && Math.ceil(leftOf(line) * which.part);
    if (quantity === 0) return;
    const wanted = line && [{ lineId: line.lineId, quantity: quantity as number }];
    this.states = counted(this.lines, choose(this.lines, wanted, leftOf), what);
    const { due, owed } = this.dues;
    expect([due >= this.captured, owed >= this.refunded, owed <= due, Number.isSafeInteger(due)]).not.toContain(false);
    this.captured = due;
    this.refunded = owed;
  }
}

const lives = (check: (life: Life, given: Given) => void, once = false) =>
  fc.assert(
    fc.property(order, fc.array(step, { maxLength: 40 }), (given, steps) => {
      const life = new Life(given, once);
      for (const { what, ...which } of steps) life.go(what, which);
      check(life, given);
    }),
    { numRuns: 1_000 },
  );

describe('the money of an order, whatever is shipped, cancelled and returned in whatever sequence', () => {
  it('is captured as a whole once everything is shipped', () =>
    lives((life, given) => {
      const cancelled = life.lines.some((line) => line.cancelled > 0);
      life.go('fulfilled');
      if (!cancelled) expect(life.captured).toBe(totalOf(given));
      expect(life.captured).toBeLessThanOrEqual(totalOf(given));
    }));

  it('is given back as a whole once nothing is open and everything is back: charges included', () =>
    lives((life) => {
      life.go('cancelled');
      life.go('returned');
      expect([isOpen(life.lines), isAllBack(life.lines)]).toEqual([false, true]);
      expect(life.refunded).toBe(life.captured);
    }));

  it('is captured once, with the first parcel, where the provider captures once only, and comes back as a whole', () =>
    lives((life, given) => {
      const captured = life.captured;
      life.go('fulfilled');
      if (captured > 0) expect(life.captured).toBe(captured);
      const cancelled = life.lines.some((line) => line.cancelled > 0);
      if (!cancelled) expect(life.captured).toBe(totalOf(given));
      life.go('returned');
      expect(life.refunded).toBe(life.captured);
    }, true));

  it('depends on what was shipped and returned, and not on the sequence', () =>
    fc.assert(
      fc.property(order, fc.array(step, { maxLength: 20 }), (given, steps) => {
        const life = new Life(given);
        for (const { what, ...which } of steps) life.go(what, which);
        const atOnce = new Life(given);
        atOnce.states = life.states;
        expect(atOnce.dues).toEqual({ due: life.captured, owed: life.refunded });
      }),
    ));

  it('keeps the quantities of each line in order', () =>
    lives((life) => {
      for (const { quantity, fulfilled, cancelled, returned } of life.lines) {
        expect([
          fulfilled >= 0,
          cancelled >= 0,
          fulfilled + cancelled <= quantity,
          returned <= fulfilled,
        ]).not.toContain(false);
      }
    }));
});

describe('the shares of an order', () => {
  it('add up to the total, and none is below zero', () => {
    fc.assert(
      fc.property(order, (given) => {
        const { lines, shipping } = sharesOf(given.items, given.charges);
        expect(sum(lines) + shipping).toBe(totalOf(given));
        expect([...lines, shipping].filter((cents) => cents < 0)).toEqual([]);
      }),
      {
        numRuns: 2_000,
        examples: [
          [
            {
              items: [{ productId: 'A', quantity: 1, priceCents: 5 }],
              charges: [
                { kind: 'SHIPPING', cents: 10 },
                { kind: 'DISCOUNT', cents: -12 },
              ],
            },
          ],
        ],
      },
    );
  });

  it('are divided by largest remainder: each is its quotient rounded up or down', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000, max: 1_000_000 }),
        fc.array(fc.nat(1_000), { minLength: 1 }),
        (cents, weights) => {
          fc.pre(sum(weights) > 0);
          const parts = divide(cents, weights);
          expect(sum(parts)).toBe(cents);
          parts.forEach((part, i) => {
            const exact = (cents * (weights[i] as number)) / sum(weights);
            expect(Math.abs(part - exact)).toBeLessThan(1);
          });
        },
      ),
    );
  });

  it.each([
    [100, [1, 1, 1], [34, 33, 33]],
    [-100, [1, 1, 1], [-34, -33, -33]],
    [5, [0, 3, 0], [0, 5, 0]],
    [7, [1, 2, 4], [1, 2, 4]],
  ])('of %i by %j are %j', (cents, weights, parts) => expect(divide(cents, weights)).toEqual(parts));

  it('of the pieces of a line differ by one cent at most', () => {
    const costs = [1, 2, 3].map((pieces) => costOfFirst(pieces, 3, 1000) - costOfFirst(pieces - 1, 3, 1000));
    expect([costs, sum(costs)]).toEqual([[333, 333, 334], 1000]);
  });
});
