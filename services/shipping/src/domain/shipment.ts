import type { Address } from '@oms/shared/contracts/common';
import type { Carrier, Parcel, ShipmentStatus } from '@oms/shared/contracts/shipping';
import { Refusal } from '@oms/shared/errors';

export interface Shipment {
  kind: 'shipment';
  shipmentId: string;
  orderId: string;
  /** The number of this parcel, if the order has several. */
  parcel?: number | undefined;
  trackingNumber: string;
  carrier: Carrier;
  status: ShipmentStatus;
  shippingAddress: Address;
  items: readonly Parcel[];
  /** Oldest first; the first entry is the booking. */
  history: readonly Entry[];
  /** Present from a change until the order service knows of it. */
  notice?: Notice;
}

export interface Entry {
  status: ShipmentStatus;
  at: number;
  location?: string | undefined;
  notes?: string | undefined;
}

export interface Notice {
  attempts: number;
  dueAt: number;
  traceId: string;
}

/** A parcel cancelled before it was booked: a booking that arrives late is refused. */
export interface Tombstone {
  kind: 'tombstone';
  orderId: string;
  parcel?: number | undefined;
  at: number;
}

/** One document per parcel. */
export type ShippingDoc = Shipment | Tombstone;

/** A parcel by its order and, if the order has several, by its number. */
export type ParcelOf = Pick<Shipment, 'orderId' | 'parcel'>;
export type Booking = ParcelOf & Pick<Shipment, 'carrier' | 'shippingAddress' | 'items'>;
export type Report = Pick<Entry, 'status' | 'location' | 'notes'>;

export const DELIVERY_DAYS: Record<Carrier, number> = { STANDARD: 5, EXPRESS: 2, OVERNIGHT: 1 };

/** Which status may follow which. A carrier that scans rarely goes from IN_TRANSIT to DELIVERED. */
export const FOLLOWS: Record<ShipmentStatus, readonly ShipmentStatus[]> = {
  LABEL_GENERATED: ['IN_TRANSIT', 'CANCELLED'],
  IN_TRANSIT: ['OUT_FOR_DELIVERY', 'DELIVERED', 'EXCEPTION', 'RETURNED'],
  OUT_FOR_DELIVERY: ['DELIVERED', 'EXCEPTION', 'RETURNED'],
  EXCEPTION: ['IN_TRANSIT', 'RETURNED'],
  DELIVERED: [],
  RETURNED: [],
  CANCELLED: [],
};

/** A parcel has one shipment: a second booking returns the first. */
export function book(known: ShippingDoc | undefined, booking: Booking, shipmentId: string, now: number): Shipment {
  if (known?.kind === 'shipment' && known.status !== 'CANCELLED') return known;
  if (known) throw new Refusal(409, 'SHIPMENT_CLOSED', `${nameOf(booking)} was cancelled.`);
  const { orderId, parcel, carrier, shippingAddress, items } = booking;
  return {
    kind: 'shipment',
    shipmentId,
    orderId,
    ...(parcel === undefined ? {} : { parcel }),
    trackingNumber: trackingNumberOf(shipmentId),
    carrier,
    status: 'LABEL_GENERATED',
    shippingAddress,
    items,
    history: [{ status: 'LABEL_GENERATED', at: now }],
  };
}

/** Takes over a report of the carrier. The order service has to learn of it at once. */
export function advance(shipment: Shipment, report: Report, now: number, traceId: string): Shipment {
  const { status } = report;
  if (status === shipment.status) return shipment;
  if (!FOLLOWS[shipment.status].includes(status)) throw impossible(shipment, status);
  return {
    ...shipment,
    status,
    history: [...shipment.history, { ...report, at: now }],
    notice: { attempts: 0, dueAt: now, traceId },
  };
}

/** The steps to the delivery, whatever was reported so far. */
const NEXT: Partial<Record<ShipmentStatus, ShipmentStatus>> = {
  LABEL_GENERATED: 'IN_TRANSIT',
  IN_TRANSIT: 'DELIVERED',
  OUT_FOR_DELIVERY: 'DELIVERED',
  EXCEPTION: 'IN_TRANSIT',
};

/** A shipment that has arrived has also left. */
export function deliver(known: ShippingDoc | undefined, of: ParcelOf, now: number, traceId: string): Shipment {
  if (known?.kind !== 'shipment') throw new Refusal(404, 'SHIPMENT_NOT_FOUND', `${nameOf(of)} was not booked.`);
  let shipment = known;
  while (shipment.status !== 'DELIVERED') {
    const status = NEXT[shipment.status];
    if (!status) throw impossible(shipment, 'DELIVERED');
    shipment = advance(shipment, { status, notes: 'its order was reported as delivered' }, now, traceId);
  }
  return shipment;
}

interface Cancellation {
  now: number;
  traceId: string;
  /** The order service itself cancels, and need not learn of it. */
  byOrder: boolean;
}

/** Cancels a shipment that has not left. A cancellation before the booking is remembered. */
export function cancel(
  known: ShippingDoc | undefined,
  of: ParcelOf,
  { now, traceId, byOrder }: Cancellation,
): ShippingDoc {
  if (!known) return { kind: 'tombstone', ...of, at: now };
  if (known.kind === 'tombstone' || known.status === 'CANCELLED') return known;
  const cancelled = advance(known, { status: 'CANCELLED' }, now, traceId);
  return byOrder ? heard(cancelled) : cancelled;
}

export const heard = ({ notice: _, ...shipment }: Shipment): Shipment => shipment;

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** The order service could not be reached: the next attempt follows after a pause that grows with every attempt. */
export function unheard(shipment: Shipment, notice: Notice, now: number): Shipment {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** notice.attempts, LONGEST_PAUSE_MS);
  return { ...shipment, notice: { ...notice, attempts: notice.attempts + 1, dueAt: now + pauseMs } };
}

const DIGITS = 16;

/** Keeps all random bits of the id, which are its last, in a form for barcodes that a person can read out, too. */
export function trackingNumberOf(shipmentId: string): string {
  const number = BigInt(`0x${shipmentId.replaceAll('-', '')}`) % 36n ** BigInt(DIGITS);
  return `TRK${number.toString(36).toUpperCase().padStart(DIGITS, '0')}`;
}

const nameOf = ({ orderId, parcel }: ParcelOf): string =>
  parcel === undefined ? `The shipment of order ${orderId}` : `Parcel ${parcel} of order ${orderId}`;

const impossible = (shipment: Shipment, wanted: ShipmentStatus): Refusal =>
  new Refusal(409, 'INVALID_TRANSITION', `${nameOf(shipment)} is ${shipment.status} and cannot become ${wanted}.`);
