import { type CloudEvent, TOPICS } from '@oms/shared/contracts/cloud-events';
import { Phone } from '@oms/shared/contracts/common';
import type { NotificationKind } from '@oms/shared/contracts/notification';
import type { ChargeKind, OrderStatus } from '@oms/shared/contracts/order';
import type { Carrier, ShipmentStatus } from '@oms/shared/contracts/shipping';
import { decimalsOf, toCents } from '@oms/shared/money';
import { z } from 'zod';

/** What happened, as far as the customer needs to know. */
export type Occasion =
  | ({
      kind: 'order-received';
      items: readonly OrderLine[];
      charges?: readonly Charge[] | undefined;
      totalCents: number;
    } & Counted)
  | { kind: 'order-cancelled' | 'order-rejected'; reason?: string | undefined }
  | { kind: 'order-shipped'; parcel?: SentParcel | undefined }
  | { kind: 'parcel-shipped'; parcel: SentParcel; items: readonly OrderLine[] }
  | { kind: 'items-cancelled' | 'items-returned'; items: readonly OrderLine[]; reason?: string | undefined }
  | ({ kind: 'payment-received' | 'payment-refunded'; amountCents: number } & Counted)
  | { kind: 'shipment-out-for-delivery' | 'shipment-exception'; trackingNumber: string }
  | {
      kind:
        | 'order-awaiting-confirmation'
        | 'order-confirmed'
        | 'order-processing'
        | 'order-delivered'
        | 'order-returned';
    };

interface Counted {
  /** The decimal places of the amounts; absent in occasions from before currencies had their own: two. */
  decimals?: number | undefined;
}

export interface OrderLine {
  productId: string;
  name?: string | undefined;
  quantity: number;
  priceCents?: number | undefined;
}

export interface Charge {
  kind: ChargeKind;
  label?: string | undefined;
  /** Of a discount, negative. */
  cents: number;
}

interface SentParcel {
  carrier: Carrier;
  trackingNumber: string;
}

/** The customer and the currency of an order. Only its first event contains them. */
export interface Contact {
  kind: 'contact';
  orderId: string;
  customer: { id: string; name?: string | undefined; email?: string | undefined; phone?: string | undefined };
  currency: string;
  /** The notification that the order was received, and until when the client waited for an answer. */
  receipt?: { id: string; answeredBy: number };
}

export interface News {
  orderId: string;
  occasion: Occasion;
  contact?: Contact;
  /** How long the client waits for an answer after placing the order. */
  waitMs?: number | undefined;
  /** The placing of the order has ended. */
  endsPlacing?: true;
}

/** A client that still waited for the answer has read it there. */
export const isRefusedAtOnce = ({ occasion }: News, at: number, answeredBy: number): boolean =>
  occasion.kind === 'order-rejected' && at <= answeredBy;

/** The news for the customer in an event, if there is any. */
export function newsOf({ type, data }: CloudEvent): News | undefined {
  // The client has read it in the answer.
  if (data.refusedAtOnce) return undefined;
  switch (type) {
    case 'order.placed':
      return placed(TOPICS.order.types[type].parse(data));
    case 'order.status-changed':
      return orderMoved(TOPICS.order.types[type].parse(data));
    case 'order.parcel-shipped':
      return parcelShipped(TOPICS.order.types[type].parse(data));
    case 'order.lines-cancelled':
      return partOf('items-cancelled', TOPICS.order.types[type].parse(data));
    case 'order.lines-returned':
      return partOf('items-returned', TOPICS.order.types[type].parse(data));
    case 'payment.captured':
      return paid('payment-received', TOPICS.payment.types[type].parse(data));
    case 'payment.refunded':
      return paid('payment-refunded', TOPICS.payment.types[type].parse(data));
    case 'shipment.status-changed':
      return shipmentMoved(TOPICS.shipping.types[type].parse(data));
    default:
      return undefined;
  }
}

type Data<S extends keyof typeof TOPICS, T extends keyof (typeof TOPICS)[S]['types']> = z.infer<
  (typeof TOPICS)[S]['types'][T]
>;

function placed({ orderId, customer, items, total, currency, waitMs, ...data }: Data<'order', 'order.placed'>): News {
  const decimals = decimalsOf(currency);
  const lines = items.map(({ price, ...item }) => {
    return price === undefined ? item : { ...item, priceCents: toCents(price, decimals) };
  });
  const charges = data.charges?.map(({ kind, label, amount }) => {
    const cents = toCents(amount, decimals);
    return { kind, label, cents: kind === 'DISCOUNT' ? -cents : cents };
  });
  return {
    orderId,
    occasion: {
      ...{ kind: 'order-received', items: lines, ...(charges ? { charges } : {}) },
      ...{ totalCents: toCents(total, decimals), decimals },
    },
    contact: contactOf({ id: orderId, customer, currency }),
    waitMs,
  };
}

/** An invalid address or number is left out. */
export function contactOf(order: { id: string; customer: Contact['customer']; currency: string }): Contact {
  const { id, name, ...given } = order.customer;
  const [email, phone] = [z.email().safeParse(given.email).data, Phone.safeParse(given.phone).data];
  return { kind: 'contact', orderId: order.id, customer: { id, name, email, phone }, currency: order.currency };
}

const ORDER_KINDS = {
  PENDING: undefined,
  AWAITING_CONFIRMATION: 'order-awaiting-confirmation',
  CONFIRMED: 'order-confirmed',
  PROCESSING: 'order-processing',
  // Each parcel is announced by an event of its own.
  PARTIALLY_SHIPPED: undefined,
  SHIPPED: 'order-shipped',
  DELIVERED: 'order-delivered',
  // Each refund is announced by the payment.
  PARTIALLY_RETURNED: undefined,
  REJECTED: 'order-rejected',
  CANCELLING: undefined,
  CANCELLED: 'order-cancelled',
  RETURNED: 'order-returned',
} as const satisfies Record<OrderStatus, NotificationKind | undefined>;

/** What of an order in parts was shipped or sent back is announced part by part. */
const TOLD_IN_PARTS: ReadonlySet<OrderStatus> = new Set(['SHIPPED', 'RETURNED']);

function orderMoved(change: Data<'order', 'order.status-changed'>): News | undefined {
  const { orderId, oldStatus, newStatus, inParts } = change;
  if (inParts && TOLD_IN_PARTS.has(newStatus)) return undefined;
  const occasion = occasionOf(change, ORDER_KINDS[newStatus]);
  if (!occasion) return undefined;
  // An order that is cancelled while it is placed ends its placing, too.
  const endsPlacing = oldStatus === 'PENDING' || oldStatus === 'CANCELLING';
  return endsPlacing ? { orderId, occasion, endsPlacing } : { orderId, occasion };
}

function occasionOf(
  { reason, failure, shipment }: Data<'order', 'order.status-changed'>,
  kind: (typeof ORDER_KINDS)[OrderStatus],
): Occasion | undefined {
  switch (kind) {
    case undefined:
      return undefined;
    case 'order-shipped':
      return { kind, parcel: shipment && parcelIn(shipment) };
    case 'order-cancelled':
    case 'order-rejected':
      return { kind, reason: reason ?? failure?.reason };
    default:
      return { kind };
  }
}

const parcelIn = ({ carrier, trackingNumber }: SentParcel): SentParcel => ({ carrier, trackingNumber });

function parcelShipped({ orderId, items, shipment }: Data<'order', 'order.parcel-shipped'>): News {
  return { orderId, occasion: { kind: 'parcel-shipped', parcel: parcelIn(shipment), items: linesIn(items) } };
}

/** The payment announces what is given back for it. */
function partOf(
  kind: 'items-cancelled' | 'items-returned',
  { orderId, items, reason }: Data<'order', 'order.lines-cancelled'>,
): News {
  return { orderId, occasion: { kind, items: linesIn(items), reason } };
}

const linesIn = (items: Data<'order', 'order.lines-cancelled'>['items']): OrderLine[] =>
  items.map(({ productId, quantity }) => ({ productId, quantity }));

function paid(
  kind: 'payment-received' | 'payment-refunded',
  { orderId, amount, currency }: Data<'payment', 'payment.captured'>,
): News {
  const decimals = currency === undefined ? undefined : decimalsOf(currency);
  return { orderId, occasion: { kind, amountCents: toCents(amount, decimals), decimals } };
}

const SHIPMENT_KINDS = {
  OUT_FOR_DELIVERY: 'shipment-out-for-delivery',
  EXCEPTION: 'shipment-exception',
} as const satisfies Partial<Record<ShipmentStatus, NotificationKind>>;

/** The order's own events report its delivery. */
function shipmentMoved(change: Data<'shipping', 'shipment.status-changed'>): News | undefined {
  const { orderId, newStatus, trackingNumber } = change;
  if (newStatus !== 'OUT_FOR_DELIVERY' && newStatus !== 'EXCEPTION') return undefined;
  return { orderId, occasion: { kind: SHIPMENT_KINDS[newStatus], trackingNumber } };
}
