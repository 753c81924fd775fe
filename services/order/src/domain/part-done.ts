import type { Decided, PartKind } from './events.ts';
import type { Order } from './order.ts';

const EVENTS = {
  parcel: 'order.parcel-shipped',
  cancellation: 'order.lines-cancelled',
  return: 'order.lines-returned',
  refund: 'order.refunded',
} as const satisfies Record<PartKind, Decided['type']>;

/** What a saga did with the part of the order that it worked on. */
export function partDone({ id: orderId, saga, shipment, currency, decimals }: Order): Decided[] {
  const part = saga?.part;
  if (!part) return [];
  const { kind, number, items, cents: amountCents, lost, by } = part;
  const data = { orderId, number, items, amountCents, currency, decimals, reason: saga.reason, by };
  const more = kind === 'parcel' ? { shipment } : kind === 'return' ? { restocked: !lost } : {};
  return [{ type: EVENTS[kind], data: { ...data, ...more } } as Decided];
}
