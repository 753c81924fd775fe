import { type Happened, Kind } from '@oms/shared/store/aggregate';
import type { ParcelOf, ShippingDoc } from './domain/shipment.ts';

/** The parcels of an order follow one another. No id of an order contains a `#`. */
export const keyOf = ({ orderId, parcel }: ParcelOf): string =>
  parcel === undefined ? orderId : `${orderId}#${String(parcel).padStart(6, '0')}`;

/** The keys of all parcels of an order. */
export const parcelsOf = (orderId: string) => ({ from: orderId, to: `${orderId}$` });

export const shipments = new Kind<ShippingDoc>('shipment/', {
  key: keyOf,
  tags: (data) => {
    if (data.kind === 'tombstone') return undefined;
    const { kind, shipmentId, trackingNumber, status } = data;
    return { kind, shipmentId, trackingNumber, status };
  },
  dueAt: (data) => (data.kind === 'shipment' ? data.notice?.dueAt : undefined),
});

/** One event for each new entry of the history. */
export function eventsOf(before: ShippingDoc | undefined, after: ShippingDoc): Happened[] {
  const { orderId, parcel } = after;
  const about = { orderId, ...(parcel === undefined ? {} : { parcel }) };
  if (after.kind === 'tombstone') return [{ type: 'shipment.cancelled', data: about }];
  const { shipmentId, trackingNumber, carrier, history } = after;
  const known = before?.kind === 'shipment' ? before.history.length : 0;
  return history.slice(known).map(({ status: newStatus }, i) => {
    const oldStatus = history[known + i - 1]?.status;
    if (!oldStatus) return { type: 'shipment.created', data: { ...about, shipmentId, trackingNumber, carrier } };
    const type = newStatus === 'CANCELLED' ? 'shipment.cancelled' : 'shipment.status-changed';
    return { type, data: { ...about, shipmentId, trackingNumber, oldStatus, newStatus } };
  });
}
