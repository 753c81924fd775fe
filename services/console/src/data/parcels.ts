import type { Order, Shipment } from '@oms/client';
import { oms, PAGE } from './api.ts';

type Sent = Order['shipments'][number];

export interface Parcel extends Omit<Sent, 'items'> {
  /** Absent while it is only booked. */
  items?: Sent['items'];
  /** Absent if shipping does not say it. */
  shipment?: Shipment;
}

/** An order is shown even if its parcels cannot be looked up: it knows itself where they are, but not since when. */
export async function loadParcels(order: Order, isOperator: boolean, signal: AbortSignal): Promise<Parcel[]> {
  const known = booked(order);
  if (known.length === 0) return [];
  const found = await loadShipments(order.id, known.length > 1 && isOperator, signal).catch((): Shipment[] => []);
  const shipments = new Map(found.map((one) => [one.id, one]));
  return known.map((parcel) => {
    const shipment = shipments.get(parcel.id);
    return shipment ? { ...parcel, status: shipment.status, shipment } : parcel;
  });
}

/** All that were sent, and one that is booked but not sent yet. */
function booked({ shipment, shipments }: Order): Parcel[] {
  const isSent = !shipment || shipments.some(({ id }) => id === shipment.id);
  return isSent ? shipments : [...shipments, shipment];
}

/** Customers may only look up the newest. */
const loadShipments = async (orderId: string, all: boolean, signal: AbortSignal): Promise<Shipment[]> =>
  all
    ? (await oms().shipments.list({ orderId, limit: PAGE }, { signal }).page()).items
    : [await oms().orders.track(orderId, { signal })];
