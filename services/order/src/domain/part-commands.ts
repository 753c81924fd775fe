import { Refusal } from '@oms/shared/errors';
import { moneyText, toAmount } from '@oms/shared/money';
import { type Dues, duesOf, duesOfOneCapture } from './dues.ts';
import type { PartKind, SagaPart } from './events.ts';
import {
  choose,
  counted,
  isOpen,
  type Line,
  type LineState,
  linesOf,
  openOf,
  type Part,
  type Wanted,
} from './lines.ts';
import type { Order } from './order.ts';
import { linesIn, partsOf, returnableOf, sharesIn } from './parts.ts';

/** The commands on parts of an order. What is left out means everything that is left. */

/** Everything that an untouched order has: that is treated as a whole. */
const isWhole = (order: Order, items: readonly Part[]): boolean =>
  !order.parts &&
  order.voided === 0 &&
  items.reduce((sum, { quantity }) => sum + quantity, 0) ===
    order.items.reduce((sum, { quantity }) => sum + quantity, 0);

/** A parcel with these items; undefined: with the order as a whole. */
export function parcelOf(order: Order, wanted: Wanted | undefined): SagaPart | undefined {
  const items = someOf(order, choose(linesIn(order), wanted, openOf), 'nothing is left to ship');
  if (isWhole(order, items)) return undefined;
  const { due } = after(order, items, 'fulfilled');
  return lastOf(order, part(order, 'parcel', items, due - partsOf(order).capturedCents), 'fulfilled');
}

/** Cancels open items; what was captured for them is given back. Undefined: the order as a whole is cancelled. */
export function cancellationOf(order: Order, wanted: Wanted | undefined): SagaPart | undefined {
  const lines = linesIn(order);
  const isSent = lines.some(({ fulfilled }) => fulfilled > 0);
  const items = choose(lines, wanted, openOf);
  const isAll = lines.every(
    (line) => openOf(line) === (items.find(({ lineId }) => lineId === line.lineId)?.quantity ?? 0),
  );
  if (!isSent && isAll) return undefined;
  someOf(order, items, 'nothing is left to cancel');
  return lastOf(order, part(order, 'cancellation', items, owedMore(order, items, 'cancelled')), 'cancelled');
}

export interface Returned {
  items?: Wanted | undefined;
  restock?: boolean | undefined;
  refundCents?: number | undefined;
}

/** Takes back items of parcels that have arrived. Undefined: the order as a whole is returned. */
export function returnOf(order: Order, { items: wanted, restock = true, refundCents }: Returned): SagaPart | undefined {
  const items = someOf(order, choose(linesIn(order), wanted, returnableOf(order)), 'nothing is left to return');
  if (isWhole(order, items) && restock && refundCents === undefined) return undefined;
  const share = owedMore(order, items, 'returned');
  if (refundCents !== undefined && refundCents > share) throw tooHigh(order, share, 'is the share of these items');
  const returned = part(order, 'return', items, refundCents ?? share);
  return restock ? returned : { ...returned, lost: true };
}

/** Gives money back without goods. */
export function refundOf(order: Order, cents: number): SagaPart {
  const { capturedCents, refundedCents } = partsOf(order);
  const left = capturedCents - refundedCents;
  if (cents > left) throw tooHigh(order, left, 'is left to refund');
  return part(order, 'refund', [], cents);
}

const part = (order: Order, kind: PartKind, items: readonly Part[], cents: number): SagaPart => ({
  kind,
  number: (partsOf(order).begun[kind] ?? 0) + 1,
  items,
  cents,
});

/** Only gifts were sent, and nothing else will be: no money will be taken any more. */
function lastOf(order: Order, last: SagaPart, field: keyof LineState): SagaPart {
  const isTaken = last.cents > 0 || partsOf(order).capturedCents > 0;
  return isTaken || isOpen(linesAfter(order, last.items, field)) ? last : { ...last, voids: true };
}

const linesAfter = (order: Order, items: readonly Part[], field: keyof LineState): Line[] =>
  linesOf(order.items, counted(linesIn(order), items, field));

/** The money of the order after a change of its lines. */
function after(order: Order, items: readonly Part[], field: keyof LineState): Dues {
  const lines = linesAfter(order, items, field);
  const { capturedCents } = partsOf(order);
  return order.payment?.capturesOnce
    ? duesOfOneCapture(lines, sharesIn(order), capturedCents)
    : duesOf(lines, sharesIn(order));
}

/** What more is to be given back; never more than there is, whatever was refunded without goods. */
function owedMore(order: Order, items: readonly Part[], field: keyof LineState): number {
  const { capturedCents, refundedCents } = partsOf(order);
  const more = after(order, items, field).owed - after(order, [], field).owed;
  return Math.min(more, capturedCents - refundedCents);
}

function someOf(order: Order, items: readonly Part[], otherwise: string): readonly Part[] {
  if (items.length > 0) return items;
  const detail = `Order ${order.id} is ${order.status}, and ${otherwise}.`;
  throw new Refusal(409, 'INVALID_TRANSITION', detail, { orderStatus: order.status });
}

function tooHigh({ currency, decimals }: Order, cents: number, what: string): Refusal {
  const text = `Only ${moneyText(cents, currency, decimals)} ${what}.`;
  return new Refusal(409, 'AMOUNT_TOO_HIGH', text, { most: toAmount(cents, decimals), currency });
}
