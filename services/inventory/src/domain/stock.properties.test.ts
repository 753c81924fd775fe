import { describe, expect, it } from '@jest/globals';
import { Refusal } from '@oms/shared/errors';
import fc from 'fast-check';
import { openOf, settle } from './settlement.ts';
import { add, available, hold, newProduct, type Product, type Reservation, reserve, totals, unhold } from './stock.ts';

const SETTLE = ['release', 'commit', 'restock'] as const;
const CHANGE = { hold, unhold, add };
const namesOf = <T extends object>(of: T) => Object.keys(of) as (keyof T)[];

/** A warehouse, and any sequence of requests, sensible or not. */
class Warehouse {
  readonly products = new Map<string, Product>();
  readonly reservations = new Map<string, Reservation>();

  constructor(initial: readonly number[]) {
    for (const [i, quantity] of initial.entries()) this.#keep([newProduct(PRODUCTS[i] as string, quantity)]);
  }

  settle(request: Extract<Request, { orderId: string }>): void {
    const { orderId } = request;
    const reservation = this.reservations.get(orderId);
    const lines = request.kind === 'reserve' ? request.items : (reservation?.items ?? []);
    const products = [...totals(lines).keys()].flatMap((id) => this.products.get(id) ?? []);
    const seen = { reservation, products };
    const { reservation: now, products: moved } =
      request.kind === 'reserve' ? reserve(seen, request, 1) : settle(request.kind, seen, request, 1);
    this.reservations.set(orderId, Object.freeze(now));
    this.#keep(moved);
  }

  change({ kind, productId, quantity }: Extract<Request, { productId: string }>): void {
    this.#keep([CHANGE[kind](this.products.get(productId) as Product, quantity)]);
  }

  #keep(products: readonly Product[]): void {
    for (const product of products) this.products.set(product.productId, Object.freeze(product));
  }

  /** The quantity of a product that all reservations keep, or have sent and not got back. */
  inAll(which: 'kept' | 'sent', productId: string): number {
    const lines = [...this.reservations.values()].flatMap((one) => (which === 'kept' ? openOf(one) : sentOf(one)));
    return lines.reduce((sum, line) => sum + (line.productId === productId ? line.quantity : 0), 0);
  }

  get picture() {
    return { products: [...this.products.values()], reservations: [...this.reservations.values()] };
  }
}

function sentOf({ items, status, parts }: Reservation): Line[] {
  if (!parts) return status === 'COMMITTED' ? [...items] : [];
  const back = parts.filter(({ what }) => what === 'restock').flatMap((part) => part.items);
  const sent = parts.filter(({ what }) => what === 'commit').flatMap((part) => part.items);
  return [...sent, ...back.map(({ productId, quantity }) => ({ productId, quantity: -quantity }))];
}

type Line = { productId: string; quantity: number };
type Request =
  | { kind: 'reserve'; orderId: string; items: Line[] }
  | { kind: (typeof SETTLE)[number]; orderId: string; items?: Line[] | undefined; ref?: string | undefined }
  | { kind: keyof typeof CHANGE; productId: string; quantity: number };

const PRODUCTS = ['A', 'B', 'C'];
const product = fc.constantFrom(...PRODUCTS);
const orderId = fc.constantFrom('O1', 'O2', 'O3', 'O4');
const quantity = fc.integer({ min: 1, max: 8 });
const line = fc.record({ productId: fc.oneof({ weight: 9, arbitrary: product }, fc.constant('unknown')), quantity });
const request: fc.Arbitrary<Request> = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), orderId, items: fc.array(line, { minLength: 1, maxLength: 4 }) }),
  fc.record({ kind: fc.constantFrom(...SETTLE), orderId }),
  fc.record({
    ...{ kind: fc.constantFrom(...SETTLE), orderId, ref: fc.constantFrom('a', 'b', 'c', undefined) },
    items: fc.option(
      fc.array(fc.record({ productId: product, quantity: fc.integer({ min: 1, max: 3 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
      { nil: undefined },
    ),
  }),
  fc.record({
    kind: fc.constantFrom(...namesOf(CHANGE)),
    productId: product,
    quantity,
  }),
);
const initial = fc.array(fc.nat(12), { minLength: 3, maxLength: 3 });
const requests = fc.array(request, { maxLength: 40, size: 'max' });

/** True if it was carried out, false if it was refused. */
function carriedOut(warehouse: Warehouse, one: Request): boolean {
  try {
    if ('orderId' in one) warehouse.settle(one);
    else warehouse.change(one);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

const afterEachWish = (check: (warehouse: Warehouse, one: Request, wasCarriedOut: boolean) => void) =>
  fc.assert(
    fc.property(initial, requests, (quantities, all) => {
      const warehouse = new Warehouse(quantities);
      for (const one of all) check(warehouse, one, carriedOut(warehouse, one));
    }),
    { numRuns: 200 },
  );

describe('stock, whatever is requested in whatever order', () => {
  it('never oversells, and balances: initial, added and restocked units are on hand or shipped', () => {
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
        expect(reserved - held).toBe(warehouse.inAll('kept', productId));
        expect(shipped - restocked).toBe(warehouse.inAll('sent', productId));
      }
    });
  });

  it('does not change when a request of an order is repeated', () => {
    afterEachWish((warehouse, one, wasCarriedOut) => {
      if (!wasCarriedOut || !('orderId' in one)) return;
      // A part without a name is known by the key of its request only.
      if (one.kind !== 'reserve' && one.items && one.ref === undefined) return;
      const { picture } = warehouse;
      expect(carriedOut(warehouse, one)).toBe(true);
      expect(warehouse.picture).toEqual(picture);
    });
  });

  it('is not changed by a refused request', () => {
    fc.assert(
      fc.property(initial, requests, (quantities, all) => {
        const warehouse = new Warehouse(quantities);
        for (const one of all) {
          const { picture } = warehouse;
          if (!carriedOut(warehouse, one)) expect(warehouse.picture).toEqual(picture);
        }
      }),
    );
  });

  it('is refused to a new order only if there is too little', () => {
    fc.assert(
      fc.property(
        initial,
        requests,
        fc.array(fc.record({ productId: product, quantity })),
        (quantities, all, items) => {
          const warehouse = new Warehouse(quantities);
          for (const one of all) carriedOut(warehouse, one);
          const isEnough = [...totals(items)].every(
            ([id, wanted]) => wanted <= available(warehouse.products.get(id) as Product),
          );
          expect(carriedOut(warehouse, { kind: 'reserve', orderId: 'new', items })).toBe(isEnough);
        },
      ),
    );
  });

  it('is never given to an order that was released, however late its reserve arrives', () => {
    fc.assert(
      fc.property(initial, requests, (quantities, all) => {
        const warehouse = new Warehouse(quantities);
        const released = new Set<string>();
        for (const one of all) {
          const isDone = carriedOut(warehouse, one);
          if (one.kind === 'release' && isDone && warehouse.reservations.get(one.orderId)?.status === 'RELEASED') {
            released.add(one.orderId);
          }
          for (const id of released) expect(warehouse.reservations.get(id)?.status).toBe('RELEASED');
        }
      }),
    );
  });
});
