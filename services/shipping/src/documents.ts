import { type Happened, Kind } from '@oms/shared/store/aggregate';
import type { ShippingDoc } from './domain/shipment.ts';

export const shipments = new Kind<ShippingDoc>('shipment/', {
  key: ({ orderId }) => orderId,
  tags: (data) => {
    if (data.kind === 'tombstone') return undefined;
    const { kind, shipmentId, trackingNumber, status } = data;
    return { kind, shipmentId, trackingNumber, status };
  },
  dueAt: (data) => (data.kind === 'shipment' ? data.notice?.dueAt : undefined),
});

/** One event for each new entry of the history. */
export function eventsOf(before: ShippingDoc | undefined, after: ShippingDoc): Happened[] {
  const { orderId } = after;
  if (after.kind === 'tombstone') return [{ type: 'shipment.cancelled', data: { orderId } }];
  const { shipmentId, trackingNumber, carrier, history } = after;
  const known = before?.kind === 'shipment' ? before.history.length : 0;
  return history.slice(known).map(({ status: newStatus }, i) => {
    const oldStatus = history[known + i - 1]?.status;
    if (!oldStatus) return { type: 'shipment.created', data: { orderId, shipmentId, trackingNumber, carrier } };
    const type = newStatus === 'CANCELLED' ? 'shipment.cancelled' : 'shipment.status-changed';
    return { type, data: { orderId, shipmentId, trackingNumber, oldStatus, newStatus } };
  });
}
