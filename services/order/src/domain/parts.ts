import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Item, LaterEvent, Parcel, PartKind, SagaPart } from './events.ts';
import { counted, isAllBack, isOpen, type Line, type LineState, linesOf, type Part } from './lines.ts';
import { type Charge, type Shares, sharesOf } from './shares.ts';

/** A parcel with what is in it. */
export interface SentParcel extends Parcel {
  /** Absent in a parcel of a whole order. */
  number?: number | undefined;
  items: readonly Part[];
}

/** What has become of an order part by part; absent in an order that was always treated as a whole. */
export interface Parts {
  lines: readonly LineState[];
  begun: Readonly<Partial<Record<PartKind, number>>>;
  parcels: readonly SentParcel[];
  capturedCents: number;
  refundedCents: number;
}

/** What of an order tells its parts. */
interface Whole {
  status: OrderStatus;
  items: readonly Item[];
  charges?: readonly Charge[];
  totalCents: number;
  shipment?: Parcel;
  parts?: Parts;
}

const SENT: ReadonlySet<OrderStatus> = new Set(['SHIPPED', 'DELIVERED', 'RETURNED']);

const UNTOUCHED: Parts = { lines: [], begun: {}, parcels: [], capturedCents: 0, refundedCents: 0 };

/** The same of every order: what was done with it as a whole was done with all its parts. */
export function partsOf({ parts, items, status, totalCents, shipment }: Whole): Parts {
  if (parts) return parts;
  if (!SENT.has(status)) return UNTOUCHED;
  const isBack = status === 'RETURNED';
  const all = linesOf(items, undefined).map(({ lineId, productId, quantity }) => ({ lineId, productId, quantity }));
  return {
    lines: items.map(({ quantity }) => ({ fulfilled: quantity, cancelled: 0, returned: isBack ? quantity : 0 })),
    begun: {},
    parcels: shipment ? [{ ...shipment, items: all }] : [],
    capturedCents: totalCents,
    refundedCents: isBack ? totalCents : 0,
  };
}

export const linesIn = (order: Whole): Line[] => linesOf(order.items, partsOf(order).lines);

export const sharesIn = ({ items, charges }: Whole): Shares => sharesOf(items, charges ?? []);

/** The status of an order that is treated in parts. */
export function statusOfParts(order: Whole): OrderStatus {
  const lines = linesIn(order);
  const isAny = (field: 'fulfilled' | 'returned') => lines.some((line) => line[field] > 0);
  if (isAny('returned')) return !isOpen(lines) && isAllBack(lines) ? 'RETURNED' : 'PARTIALLY_RETURNED';
  if (!isAny('fulfilled')) return order.status;
  if (isOpen(lines)) return 'PARTIALLY_SHIPPED';
  return partsOf(order).parcels.every(({ status }) => status === 'DELIVERED') ? 'DELIVERED' : 'SHIPPED';
}

/** How many pieces of a line have arrived, or come back to the sender, and were not returned yet. */
export function returnableOf(order: Whole): (line: Line) => number {
  if (!order.parts && order.status === 'DELIVERED') return ({ quantity }) => quantity;
  const { parcels } = partsOf(order);
  const there = parcels.filter(({ status }) => ['DELIVERED', 'RETURNED', 'CANCELLED'].includes(status));
  return ({ lineId, returned }) => {
    const arrived = there.flatMap(({ items }) => items.filter((one) => one.lineId === lineId));
    return arrived.reduce((sum, { quantity }) => sum + quantity, 0) - returned;
  };
}

type PartDone = Extract<
  LaterEvent,
  { type: 'order.parcel-shipped' | 'order.lines-cancelled' | 'order.lines-returned' | 'order.refunded' }
>;

export function withPartDone(order: Whole, { type, data }: PartDone): Parts {
  const parts = partsOf(order);
  const { number, items, amountCents } = data;
  const countedAs = (field: keyof LineState) => counted(linesIn(order), items, field);
  switch (type) {
    case 'order.parcel-shipped': {
      const parcel = { ...data.shipment, number, items };
      const capturedCents = parts.capturedCents + amountCents;
      return { ...parts, lines: countedAs('fulfilled'), parcels: [...parts.parcels, parcel], capturedCents };
    }
    case 'order.lines-cancelled':
      return { ...parts, lines: countedAs('cancelled'), refundedCents: parts.refundedCents + amountCents };
    case 'order.lines-returned': {
      const returned = countedAs('returned');
      const lines = data.restocked ? returned : counted(linesOf(order.items, returned), items, 'lost');
      return { ...parts, lines, refundedCents: parts.refundedCents + amountCents };
    }
    case 'order.refunded':
      return { ...parts, refundedCents: parts.refundedCents + amountCents };
  }
}

export function withPartBegun(order: Whole, { kind, number }: SagaPart): Parts {
  const parts = partsOf(order);
  return { ...parts, begun: { ...parts.begun, [kind]: number } };
}

export function withParcelMoved(parts: Parts, moved: Parcel): Parts {
  return { ...parts, parcels: parts.parcels.map((one) => (one.id === moved.id ? { ...one, ...moved } : one)) };
}
