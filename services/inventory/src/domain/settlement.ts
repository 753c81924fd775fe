import type { StockLine } from '@oms/shared/contracts/inventory';
import { Refusal } from '@oms/shared/errors';
import {
  closed,
  type Moved,
  move,
  type Product,
  type Reservation,
  type SettledPart,
  type Stock,
  sameLines,
  totals,
} from './stock.ts';

/** What becomes of a reservation: its goods leave, are given up, or come back; as a whole or part by part. */

export interface Settling {
  orderId: string;
  /** Absent: everything that is left. */
  items?: readonly StockLine[] | undefined;
  /** Names the part: it is settled once, however often it is requested. */
  ref?: string | undefined;
}

type Settlement = SettledPart['what'];
type Counts = Record<'reserved' | 'committed' | 'restocked', Map<string, number>>;

const RULES: Record<
  Settlement,
  {
    from: Reservation['status'];
    to: Reservation['status'];
    done: string;
    change(product: Product, quantity: number): Partial<Product>;
  }
> = {
  release: {
    ...{ from: 'RESERVED', to: 'RELEASED', done: 'released' },
    change: ({ reserved }, quantity) => ({ reserved: reserved - quantity }),
  },
  commit: {
    ...{ from: 'RESERVED', to: 'COMMITTED', done: 'committed' },
    change: ({ reserved, onHand, shipped }, quantity) => ({
      reserved: reserved - quantity,
      onHand: onHand - quantity,
      shipped: shipped + quantity,
    }),
  },
  restock: {
    ...{ from: 'COMMITTED', to: 'RESTOCKED', done: 'restocked' },
    change: ({ onHand, restocked }, quantity) => ({ onHand: onHand + quantity, restocked: restocked + quantity }),
  },
};

export function settle(what: Settlement, stock: Stock, settling: Settling, now: number): Moved {
  const { orderId, items, ref } = settling;
  const isWhole = items === undefined && ref === undefined;
  const known = stock.reservation ?? unknown(what, orderId, isWhole, now);
  if (known !== stock.reservation) return { reservation: known, products: [] };
  const { from, to, done, change } = RULES[what];
  if (isWhole) {
    if (known.status === to) return { reservation: known, products: [] };
    if (known.status !== from && !known.parts) throw closed(known, done);
  }
  const before = ref === undefined ? undefined : known.parts?.find((part) => part.ref === ref);
  if (before) return { reservation: sameAgain(known, before, what, items), products: [] };

  const counts = countsOf(known);
  const left = what === 'restock' ? without(counts.committed, counts.restocked) : counts.reserved;
  if (isWhole && left.size === 0 && known.parts?.some((part) => part.what === what)) {
    return { reservation: known, products: [] };
  }
  const wanted = items ? totals(items) : left;
  mustBeLeft(wanted, left, known, done);
  const lines = [...wanted].map(([productId, quantity]) => ({ productId, quantity }));
  const parts = isWhole && !known.parts ? {} : { parts: [...partsOf(known), { ref, what, items: lines }] };
  const settled = { ...known, ...parts, updatedAt: now };
  return {
    reservation: { ...settled, status: isWhole && !known.parts ? to : statusOf(settled) },
    products: move(
      stock.products.filter(({ productId }) => wanted.has(productId)),
      wanted,
      change,
    ),
  };
}

/** What of a reservation is still reserved. */
export const openOf = (reservation: Reservation): StockLine[] =>
  [...countsOf(reservation).reserved].map(([productId, quantity]) => ({ productId, quantity }));

/** Given up before it was reserved: a request that arrives late is refused. */
function unknown(what: Settlement, orderId: string, isWhole: boolean, now: number): Reservation {
  if (what === 'release' && isWhole) {
    return { kind: 'reservation', orderId, status: 'RELEASED', items: [], updatedAt: now };
  }
  throw new Refusal(409, 'RESERVATION_NOT_FOUND', `Nothing was ever reserved for order ${orderId}.`);
}

function sameAgain(
  known: Reservation,
  before: SettledPart,
  what: Settlement,
  items: readonly StockLine[] | undefined,
): Reservation {
  if (before.what === what && (!items || sameLines(before.items, items))) return known;
  const detail = `The part ${before.ref} of order ${known.orderId} was settled with other items, or in another way.`;
  throw new Refusal(409, 'PART_MISMATCH', detail, { ref: before.ref });
}

function mustBeLeft(
  wanted: ReadonlyMap<string, number>,
  left: ReadonlyMap<string, number>,
  known: Reservation,
  done: string,
): void {
  if (left.size === 0) throw closed(known, done);
  const items = [...wanted]
    .map(([productId, requested]) => ({ productId, requested, most: left.get(productId) ?? 0 }))
    .filter(({ requested, most }) => requested > most);
  if (items.length === 0) return;
  const list = items.map(({ productId, requested, most }) => `${productId}: ${requested} wanted, ${most} left`);
  throw new Refusal(409, 'QUANTITY_TOO_HIGH', `Not so much can be ${done}. ${list.join('; ')}.`, { items });
}

/** What was settled as a whole is one part. */
function partsOf({ items, status, parts }: Reservation): readonly SettledPart[] {
  if (parts) return parts;
  const whole = (what: Settlement): SettledPart => ({ what, items });
  switch (status) {
    case 'RESERVED':
      return [];
    case 'RELEASED':
      return [whole('release')];
    case 'COMMITTED':
      return [whole('commit')];
    case 'RESTOCKED':
      return [whole('commit'), whole('restock')];
  }
}

/** How many pieces of each product are where; products without any are left out. */
function countsOf(reservation: Reservation): Counts {
  const parts = partsOf(reservation);
  const sumOf = (what: Settlement) => totals(parts.filter((part) => part.what === what).flatMap((part) => part.items));
  const committed = sumOf('commit');
  const reserved = without(without(totals(reservation.items), sumOf('release')), committed);
  return { reserved, committed, restocked: sumOf('restock') };
}

const without = (some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): Map<string, number> =>
  new Map(
    [...some].flatMap(([id, quantity]) => {
      const left = quantity - (others.get(id) ?? 0);
      return left > 0 ? [[id, left] as const] : [];
    }),
  );

function statusOf(reservation: Reservation): Reservation['status'] {
  const { reserved, committed, restocked } = countsOf(reservation);
  if (reserved.size > 0) return 'RESERVED';
  if (committed.size === 0) return 'RELEASED';
  return without(committed, restocked).size === 0 ? 'RESTOCKED' : 'COMMITTED';
}
