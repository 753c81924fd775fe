import type { StockLine } from '@oms/shared/contracts/inventory';
import { Refusal } from '@oms/shared/errors';

/** Always: initial + added + restocked − shipped = onHand, and 0 ≤ held ≤ reserved ≤ onHand. */
export interface Product {
  kind: 'product';
  productId: string;
  initial: number;
  added: number;
  restocked: number;
  shipped: number;
  onHand: number;
  reserved: number;
  /** The part of `reserved` that belongs to no order. */
  held: number;
  /** Counts the changes, so that a reader can tell whether there was one. */
  movements: number;
  /** What the catalog said last; absent: it has said nothing yet. */
  catalog?: Listing;
}

/** Whether a product is offered, according to an event of the catalog, and the place of that event among its events. */
export interface Listing {
  offered: boolean;
  sequence: number;
  at: number;
}

/** RELEASED without items: released before it was reserved, so that a request that arrives late is refused. */
export interface Reservation {
  kind: 'reservation';
  orderId: string;
  status: 'RESERVED' | 'RELEASED' | 'COMMITTED' | 'RESTOCKED';
  items: readonly StockLine[];
  /** What was settled part by part; absent: it was always settled as a whole. */
  parts?: readonly SettledPart[];
  /** A hold: unless an order takes it over, it is released at this time. */
  holdUntil?: number | undefined;
  /** A hold that expired, or that an order took over: its id may hold stock anew. */
  over?: true;
  updatedAt: number;
}

/** A part of the items that were shipped, given up or brought back; each `ref` once. */
export interface SettledPart {
  ref?: string | undefined;
  what: 'release' | 'commit' | 'restock';
  items: readonly StockLine[];
}

export type InventoryDoc = Product | Reservation;

/** A reservation with the stock of its products, before a decision … */
export interface Stock {
  reservation: Reservation | undefined;
  products: readonly Product[];
}
/** … and after it. */
export interface Moved {
  reservation: Reservation;
  products: readonly Product[];
}

export const newProduct = (productId: string, initial: number): Product => ({
  kind: 'product',
  productId,
  initial,
  added: 0,
  restocked: 0,
  shipped: 0,
  onHand: initial,
  reserved: 0,
  held: 0,
  movements: 0,
});

export const available = ({ onHand, reserved }: Product): number => onHand - reserved;

/** A product that the catalog does not know is offered: whoever added its stock wants it sold. */
export const isOffered = ({ catalog }: Product): boolean => catalog?.offered ?? true;

/**
 * The product after an event of the catalog; a new one has no stock yet. Only the newest event counts, however often and in
 * whichever order they come. A catalog that begins anew counts from 1 again, but its time goes on.
 */
export function listed(known: Product | undefined, productId: string, said: Listing): Product {
  const before = known?.catalog;
  if (known && before && said.sequence <= before.sequence && said.at <= before.at) return known;
  return { ...(known ?? newProduct(productId, 0)), catalog: said };
}

export interface Reserving {
  orderId: string;
  items: readonly StockLine[];
  /** Absent: for as long as the order needs it. */
  holdUntil?: number | undefined;
}

/** All lines or none; several lines of one product count together. */
export function reserve(stock: Stock, { orderId, items, holdUntil }: Reserving, now: number): Moved {
  const { reservation, products } = stock;
  if (reservation?.status === 'RESERVED' && sameLines(reservation.items, items)) {
    const isSame = reservation.holdUntil === holdUntil || reservation.holdUntil === undefined;
    return { reservation: isSame ? reservation : { ...reservation, holdUntil, updatedAt: now }, products: [] };
  }
  if (reservation && !reservation.over) throw closed(reservation, 'reserved');

  const wanted = totals(items);
  const unknown = [...wanted.keys()].filter((id) => !products.some((one) => one.productId === id && isOffered(one)));
  if (unknown.length > 0) {
    throw new Refusal(409, 'PRODUCT_NOT_FOUND', `There is no product ${unknown.join(', ')}.`, { products: unknown });
  }
  const asked = products.filter(({ productId }) => wanted.has(productId));
  const short = asked
    .map((product) => ({
      productId: product.productId,
      requested: wanted.get(product.productId) as number,
      available: available(product),
    }))
    .filter(({ requested, available }) => requested > available);
  if (short.length > 0) {
    const list = short.map(
      ({ productId, requested, available }) => `${productId}: ${requested} wanted, ${available} left`,
    );
    throw new Refusal(409, 'OUT_OF_STOCK', `Not enough in stock. ${list.join('; ')}.`, { items: short });
  }
  return {
    reservation: {
      ...{ kind: 'reservation', orderId, status: 'RESERVED', items, updatedAt: now },
      ...(holdUntil === undefined ? {} : { holdUntil }),
    },
    products: move(asked, wanted, (product, quantity) => ({ reserved: product.reserved + quantity })),
  };
}

export function hold(product: Product, quantity: number): Product {
  if (quantity > available(product)) {
    const items = [{ productId: product.productId, requested: quantity, available: available(product) }];
    throw new Refusal(409, 'OUT_OF_STOCK', `Only ${available(product)} of ${product.productId} are left.`, { items });
  }
  return moved(product, { reserved: product.reserved + quantity, held: product.held + quantity });
}

export function unhold(product: Product, quantity: number): Product {
  if (quantity > product.held) {
    throw new Refusal(409, 'NOT_RESERVED', `Only ${product.held} of ${product.productId} are held.`);
  }
  return moved(product, { reserved: product.reserved - quantity, held: product.held - quantity });
}

export const add = (product: Product, quantity: number): Product =>
  moved(product, { onHand: product.onHand + quantity, added: product.added + quantity });

export function totals(items: readonly StockLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { productId, quantity } of items) sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  return sums;
}

export function move(
  products: readonly Product[],
  quantities: ReadonlyMap<string, number>,
  change: (product: Product, quantity: number) => Partial<Product>,
): Product[] {
  return products.map((product) => moved(product, change(product, quantities.get(product.productId) as number)));
}

const moved = (product: Product, change: Partial<Product>): Product => ({
  ...product,
  ...change,
  movements: product.movements + 1,
});

export const closed = ({ orderId, status }: Reservation, what: string): Refusal =>
  new Refusal(409, 'RESERVATION_CLOSED', `The reservation of order ${orderId} is ${status} and cannot be ${what}.`);

export const sameLines = (a: readonly StockLine[], b: readonly StockLine[]): boolean => {
  const [left, right] = [totals(a), totals(b)];
  return left.size === right.size && [...left].every(([id, quantity]) => right.get(id) === quantity);
};
