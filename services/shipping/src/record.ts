import type { NewEvent, Put } from '@oms/shared/store/store';
import type { ShippingDoc } from './domain/shipment.ts';

/** How shipments are kept: under which id, found by what, and which events tell of their changes. */

export const PREFIX = 'shipment/';
export const docOf = (orderId: string): string => `${PREFIX}${orderId}`;

export function record(data: ShippingDoc): Put<ShippingDoc> {
  const id = docOf(data.orderId);
  if (data.kind === 'tombstone') return { id, data };
  const { kind, shipmentId, trackingNumber, status, notice } = data;
  return { id, data, dueAt: notice?.dueAt, tags: { kind, shipmentId, trackingNumber, status } };
}

type Told = Pick<NewEvent, 'type' | 'data'>;

/** One event for each entry that the history has more than before. */
export function eventsOf(before: ShippingDoc | undefined, after: ShippingDoc): Told[] {
  const { orderId } = after;
  if (after.kind === 'tombstone') return [{ type: 'shipment.cancelled', data: { orderId } }];
  const { shipmentId, trackingNumber, carrier, history } = after;
  const known = before?.kind === 'shipment' ? before.history.length : 0;
  return history.slice(known).map(({ status: newStatus }, i): Told => {
    const oldStatus = history[known + i - 1]?.status;
    if (!oldStatus) return { type: 'shipment.created', data: { orderId, shipmentId, trackingNumber, carrier } };
    const type = newStatus === 'CANCELLED' ? 'shipment.cancelled' : 'shipment.status-changed';
    return { type, data: { orderId, shipmentId, trackingNumber, oldStatus, newStatus } };
  });
}
