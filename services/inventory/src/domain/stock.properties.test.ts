import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@oms/shared/errors';
import fc from 'fast-check';
import {
  add,
  available,
  commit,
  hold,
  newProduct,
  type Product,
  type Reservation,
  release,
  reserve,
  restock,
  totals,
  unhold,
} from './stock.ts';

const SETTLE = { release, commit, restock };
const CHANGE = { hold, unhold, add };
const namesOf = <T extends object>(of: T) => Object.keys(of) as (keyof T)[];

/** A warehouse, and whatever may be wanted of it in any order, sensible or not. */
class Warehouse {
  readonly products = new Map<string, Product>();
  readonly reservations = new Map<string, Reservation>();

  constructor(initial: readonly number[]) {
    for (const [i, quantity] of initial.entries()) this.#keep([newProduct(PRODUCTS[i] as string, quantity)]);
  }

  settle(wish: Extract<Wish, { orderId: string }>): void {
    const { orderId } = wish;
    const reservation = this.reservations.get(orderId);
    const lines = wish.kind === 'reserve' ? wish.items : (reservation?.items ?? []);
    const products = [...totals(lines).keys()].flatMap((id) => this.products.get(id) ?? []);
    const seen = { reservation, products };
    const { reservation: now, products: moved } =
      wish.kind === 'reserve' ? reserve(seen, orderId, wish.items, 1) : SETTLE[wish.kind](seen, orderId, 1);
    this.reservations.set(orderId, Object.freeze(now));
    this.#keep(moved);
  }

  change({ kind, productId, quantity }: Extract<Wish, { productId: string }>): void {
    this.#keep([CHANGE[kind](this.products.get(productId) as Product, quantity)]);
  }

  #keep(products: readonly Product[]): void {
    for (const product of products) this.products.set(product.productId, Object.freeze(product));
  }

  /** How much of a product the reservations of this status are about. */
  inStatus(status: Reservation['status'], productId: string): number {
    const some = [...this.reservations.values()].filter((reservation) => reservation.status === status);
    const lines = some.flatMap(({ items }) => items).filter((line) => line.productId === productId);
    return lines.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  get picture() {
    return { products: [...this.products.values()], reservations: [...this.reservations.values()] };
  }
}

type Line = { productId: string; quantity: number };
type Wish =
  | { kind: 'reserve'; orderId: string; items: Line[] }
  | { kind: keyof typeof SETTLE; orderId: string }
  | { kind: keyof typeof CHANGE; productId: string; quantity: number };

const PRODUCTS = ['A', 'B', 'C'];
const product = fc.constantFrom(...PRODUCTS);
const orderId = fc.constantFrom('O1', 'O2', 'O3', 'O4');
const quantity = fc.integer({ min: 1, max: 8 });
const line = fc.record({ productId: fc.oneof({ weight: 9, arbitrary: product }, fc.constant('unknown')), quantity });
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), orderId, items: fc.array(line, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom(...namesOf(SETTLE)), orderId }),
  fc.record({
    kind: fc.constantFrom(...namesOf(CHANGE)),
    productId: product,
    quantity,
  }),
);
const initial = fc.array(fc.nat(12), { minLength: 3, maxLength: 3 });
const wishes = fc.array(wish, { maxLength: 40, size: 'max' });

/** Says whether it was carried out; a refusal is no failure, anything else is. */
function carriedOut(warehouse: Warehouse, one: Wish): boolean {
  try {
    if ('orderId' in one) warehouse.settle(one);
    else warehouse.change(one);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const afterEachWish = (check: (warehouse: Warehouse, one: Wish, wasCarriedOut: boolean) => void) =>
  fc.assert(
    fc.property(initial, wishes, (quantities, all) => {
      const warehouse = new Warehouse(quantities);
      for (const one of all) check(warehouse, one, carriedOut(warehouse, one));
    }),
    { numRuns: 200 },
  );

describe('stock never oversells, whatever is wanted of it in whatever order', () => {
  it('balances: what there was and what came is here or has left, and nothing is oversold', () => {
    afterEachWish(({ products }) => {
      for (const { initial, added, restocked, shipped, onHand, reserved, held } of products.values()) {
        expect(initial + added + restocked - shipped).toBe(onHand);
        expect([held >= 0, reserved >= held, onHand >= reserved]).toEqual([true, true, true]);
      }
    });
  });

  it('is reserved and shipped exactly as the reservations say', () => {
    afterEachWish((warehouse) => {
      for (const { productId, reserved, held, shipped, restocked } of warehouse.products.values()) {
        expect(reserved - held).toBe(warehouse.inStatus('RESERVED', productId));
        expect(shipped - restocked).toBe(warehouse.inStatus('COMMITTED', productId));
      }
    });
  });

  it('does not move when the same is wanted of an order again at once', () => {
    afterEachWish((warehouse, one, wasCarriedOut) => {
      if (!wasCarriedOut || !('orderId' in one)) return;
      const { picture } = warehouse;
      expect(carriedOut(warehouse, one)).toBe(true);
      expect(warehouse.picture).toEqual(picture);
    });
  });

  it('is not moved by what is refused', () => {
    fc.assert(
      fc.property(initial, wishes, (quantities, all) => {
        const warehouse = new Warehouse(quantities);
        for (const one of all) {
          const { picture } = warehouse;
          if (!carriedOut(warehouse, one)) expect(warehouse.picture).toEqual(picture);
        }
      }),
    );
  });

  it('is refused to a new order only if there really is too little', () => {
    fc.assert(
      fc.property(initial, wishes, fc.array(fc.record({ productId: product, quantity })), (quantities, all, items) => {
        const warehouse = new Warehouse(quantities);
        for (const one of all) carriedOut(warehouse, one);
        const isEnough = [...totals(items)].every(
          ([id, wanted]) => wanted <= available(warehouse.products.get(id) as Product),
        );
        expect(carriedOut(warehouse, { kind: 'reserve', orderId: 'new', items })).toBe(isEnough);
      }),
    );
  });

  it('is never given to an order that was released, however late it asks', () => {
    fc.assert(
      fc.property(initial, wishes, (quantities, all) => {
        const warehouse = new Warehouse(quantities);
        const released = new Set<string>();
        for (const one of all) {
          const isDone = carriedOut(warehouse, one);
          if (one.kind === 'release' && isDone) released.add(one.orderId);
          for (const id of released) expect(warehouse.reservations.get(id)?.status).toBe('RELEASED');
        }
      }),
    );
  });
});
