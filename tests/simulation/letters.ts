import type { NotificationKind } from '@oms/shared/contracts/notification';
import type { StoredEvent } from '@oms/shared/store/store';
import type { Violation } from '../crash/checks/violation.ts';
import type { Records } from '../crash/records.ts';
import type { Kept } from './services.ts';

/** The notifications that customers should get, from the records. */
const OF_ORDERS: Record<string, NotificationKind> = {
  AWAITING_CONFIRMATION: 'order-awaiting-confirmation',
  CONFIRMED: 'order-confirmed',
  PROCESSING: 'order-processing',
  SHIPPED: 'order-shipped',
  DELIVERED: 'order-delivered',
  REJECTED: 'order-rejected',
  CANCELLED: 'order-cancelled',
  RETURNED: 'order-returned',
};
const OF_SHIPMENTS: Record<string, NotificationKind> = {
  OUT_FOR_DELIVERY: 'shipment-out-for-delivery',
  EXCEPTION: 'shipment-exception',
};
const OF_EVENTS: Record<string, NotificationKind> = {
  'order.placed': 'order-received',
  'order.parcel-shipped': 'parcel-shipped',
  'order.lines-cancelled': 'items-cancelled',
  'order.lines-returned': 'items-returned',
  'payment.captured': 'payment-received',
  'payment.refunded': 'payment-refunded',
};

/** One notification for every event that matters to a customer; a second delivery is the same. */
export const notifiedOnce = ({ letters }: Kept) =>
  function* ({ records }: { records: Records }): Iterable<Violation> {
    const { orderEvents, paymentEvents, shipmentEvents } = records;
    const sent = new Map(letters.map((letter) => [letter.id, letter]));
    const balance = new Map<string, number>();
    const count = (orderId: string, kind: string, by: number) => {
      const name = `${orderId} ${kind}`;
      balance.set(name, (balance.get(name) ?? 0) + by);
    };
    const received = new Set(letters.flatMap(({ orderId, kind }) => (kind === 'order-received' ? [orderId] : [])));
    const waitedUntil = new Map(orderEvents.map(answeredBy).filter((one) => one !== undefined));
    for (const event of [...orderEvents, ...paymentEvents, ...shipmentEvents]) {
      const kind = kindOf(event);
      // A refusal is in the answer, so it is not sent as well, unless another notification was sent before.
      if (
        kind === 'order-rejected' &&
        event.at <= (waitedUntil.get(event.stream) ?? 0) &&
        !received.has(event.stream)
      ) {
        count(event.stream, 'order-received', -1);
        continue;
      }
      if (kind) count((event.data as { orderId?: string }).orderId ?? event.stream, kind, 1);
    }
    for (const { orderId, kind } of sent.values()) count(orderId, kind, -1);
    for (const [name, missing] of balance) {
      const [id = '', kind] = name.split(' ');
      if (missing !== 0)
        yield { rule: 'notified once', id, detail: `${kind}: ${missing} more events than notifications` };
    }
  };

const answeredBy = ({ type, stream, at, data }: StoredEvent): [string, number] | undefined =>
  type === 'order.placed' ? [stream, at + ((data as { waitMs?: number }).waitMs ?? 0)] : undefined;

/** An order that is refused immediately is reported in the answer only. */
function kindOf({ type, data }: StoredEvent): NotificationKind | undefined {
  const { newStatus = '', ...marks } = data as { newStatus?: string; refusedAtOnce?: true; inParts?: true };
  if (marks.refusedAtOnce) return undefined;
  // What was shipped or returned in parts is told part by part.
  if (marks.inParts && (newStatus === 'SHIPPED' || newStatus === 'RETURNED')) return undefined;
  if (type === 'shipment.status-changed') return OF_SHIPMENTS[newStatus];
  return type === 'order.status-changed' ? OF_ORDERS[newStatus] : OF_EVENTS[type];
}
