import { settle } from './settlement.ts';
import { type Moved, type Product, type Reservation, type Reserving, reserve, type Stock, sameLines } from './stock.ts';

/** Stock that is held for a while, for a cart that has not been ordered yet. */

export const isHold = (reservation: Reservation | undefined): reservation is Reservation =>
  reservation?.status === 'RESERVED' && reservation.holdUntil !== undefined;

/** The hold once its time is over; undefined: it is not over, or an order has taken it over. */
export function expire(stock: Stock, now: number): Moved | undefined {
  const { reservation } = stock;
  if (!isHold(reservation) || (reservation.holdUntil as number) > now) return undefined;
  return given(reservation, stock.products, now);
}

export interface Seen extends Stock {
  hold?: Reservation | undefined;
}

/**
 * Reserves with the stock of a hold, which is given up in the same moment: nobody can take it in between. A hold that is over
 * adds nothing. If the stock does not suffice, the hold stays.
 */
export function reserveFrom(
  { reservation, hold, products }: Seen,
  request: Reserving,
  now: number,
): Moved & { given?: Reservation } {
  const isOwn = hold?.orderId === request.orderId;
  const stays = isOwn ? sameLines(hold.items, request.items) : reservation !== undefined;
  if (!isHold(hold) || stays) return reserve({ reservation, products }, request, now);
  const { reservation: released, products: freed } = given(hold, products, now);
  const after = { reservation: isOwn ? undefined : reservation, products: merged(products, freed) };
  const moved = reserve(after, request, now);
  return { reservation: moved.reservation, products: merged(freed, moved.products), given: released };
}

function given(hold: Reservation, products: readonly Product[], now: number): Moved {
  const moved = settle('release', { reservation: hold, products }, { orderId: hold.orderId }, now);
  return { ...moved, reservation: { ...moved.reservation, over: true } };
}

/** Of each product the later state. */
function merged(before: readonly Product[], later: readonly Product[]): Product[] {
  const all = new Map([...before, ...later].map((product) => [product.productId, product]));
  return [...all.values()];
}
