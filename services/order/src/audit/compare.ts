import type { Reservation, StockLevel, StockLine } from '@oms/shared/contracts/inventory';
import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { toAmount } from '@oms/shared/money';
import type { Order } from '../domain/order.ts';
import { compareParts, isInParts } from './compare-parts.ts';
import { type Discrepancy, type Records, totals } from './records.ts';

const NONE = 'none';
const HELD = { reservation: ['RESERVED'], payment: ['AUTHORIZED'] };
const GONE = { reservation: ['COMMITTED'], payment: ['CAPTURED'] };
const NOTHING = { reservation: [NONE, 'RELEASED'], payment: [NONE, 'VOIDED', 'DECLINED', 'REFUNDED'] };
const BACK = { reservation: ['RESTOCKED'], payment: ['REFUNDED'] };

/** What the records of the participants must say of an order whose saga has ended. */
const WANTED: Partial<Record<OrderStatus, typeof HELD | typeof GONE>> = {
  AWAITING_CONFIRMATION: HELD,
  CONFIRMED: HELD,
  PROCESSING: HELD,
  SHIPPED: GONE,
  DELIVERED: GONE,
  RETURNED: BACK,
  REJECTED: NOTHING,
  CANCELLED: NOTHING,
};

const UNSENT = [NONE, 'CANCELLED'];
/** The states that the shipment may have. One that came back leaves the order SHIPPED until it is returned. */
const PARCEL: Partial<Record<OrderStatus, readonly string[]>> = {
  SHIPPED: ['LABEL_GENERATED', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'EXCEPTION', 'RETURNED'],
  DELIVERED: ['DELIVERED'],
  RETURNED: ['DELIVERED', 'RETURNED', 'CANCELLED'],
};

export function compareOrder(order: Order, records: Records): Discrepancy[] {
  if (order.parts && isInParts(order)) return compareParts(order, order.parts, records);
  const { reservation, payment, shipment } = records;
  const { id, status } = order;
  const wanted = WANTED[status];
  if (!wanted) return [{ kind: 'SAGA_MISSING', id, detail: `the order is ${status}, and no saga works on it` }];
  const total = toAmount(order.totalCents, order.decimals);
  const found: Discrepancy[] = [];
  const complain = (kind: string, is: string) =>
    found.push({ kind, id, detail: `the order is ${status}, but its ${is}` });

  const reserved = reservation?.status ?? NONE;
  if (!wanted.reservation.includes(reserved)) complain('RESERVATION_MISMATCH', `reservation is ${reserved}`);
  else if (reservation && wanted !== NOTHING && !sameLines(order.items, reservation.items))
    complain('RESERVATION_MISMATCH', 'reservation has other items');

  const paid = payment?.status ?? NONE;
  if (!wanted.payment.includes(paid)) complain('PAYMENT_MISMATCH', `payment is ${paid}`);
  else if (payment && wanted !== NOTHING && (payment.amount !== total || payment.currency !== order.currency))
    complain('PAYMENT_MISMATCH', `payment is over ${payment.amount} ${payment.currency}`);
  if (payment && wanted === GONE && payment.captured !== total)
    complain('MONEY_MISMATCH', `captured sum is ${payment.captured}`);
  if (payment && wanted !== GONE && payment.captured !== payment.refunded)
    complain('MONEY_MISMATCH', `balance is ${payment.captured} captured, ${payment.refunded} refunded`);

  const parcel = parcelFault(order, shipment);
  if (parcel) complain('SHIPMENT_MISMATCH', `shipment is ${parcel}`);
  return found;
}

/** What is wrong with the shipment of an order. Until the order has heard of its last change, nothing is: it will follow. */
function parcelFault({ status, shipment: known }: Order, shipment: Shipment | undefined): string | undefined {
  if (shipment?.orderTold === false) return undefined;
  const sent = shipment?.status ?? NONE;
  if (!(PARCEL[status] ?? UNSENT).includes(sent)) return sent;
  if (!shipment || !known || PARCEL[status] === undefined) return undefined;
  if (known.id !== shipment.id) return `${shipment.id}, and not ${known.id}`;
  return known.status === sent ? undefined : `${sent}, and not ${known.status}`;
}

/** Records of an order that does not exist. */
export function compareOrphan(id: string, { reservation, payment, shipment, parcels = [] }: Records): Discrepancy[] {
  const found: Discrepancy[] = [];
  const complain = (kind: string, is: string) =>
    found.push({ kind, id, detail: `there is no such order, but its ${is}` });
  if (reservation && !['RELEASED', 'RESTOCKED'].includes(reservation.status))
    complain('ORPHAN_RESERVATION', `reservation is ${reservation.status}`);
  if (payment && !NOTHING.payment.includes(payment.status)) complain('ORPHAN_PAYMENT', `payment is ${payment.status}`);
  for (const { status } of [...parcels, ...(shipment ? [shipment] : [])]) {
    if (status !== 'CANCELLED') complain('ORPHAN_SHIPMENT', `shipment is ${status}`);
  }
  return found;
}

/** The stock of a product, and the sum of its reservations. */
export function compareStock(level: StockLevel, reservedByOrders: number): Discrepancy[] {
  const { productId: id, initial, added, restocked, shipped, onHand, reserved, held, available } = level;
  const found: Discrepancy[] = [];
  if (initial + added + restocked - shipped !== available + reserved || onHand !== available + reserved) {
    const detail = `${initial} initial + ${added} added + ${restocked} restocked − ${shipped} shipped ≠ ${available} available + ${reserved} reserved`;
    found.push({ kind: 'STOCK_MISMATCH', id, detail });
  }
  if (reserved - held !== reservedByOrders) {
    const detail = `${reserved} reserved, ${held} of it held without an order, but the reservations add up to ${reservedByOrders}`;
    found.push({ kind: 'RESERVED_MISMATCH', id, detail });
  }
  if (available < 0 || reserved < 0)
    found.push({ kind: 'STOCK_NEGATIVE', id, detail: `${available} available, ${reserved} reserved` });
  return found;
}

export function reservedPerProduct(reservations: Iterable<Reservation>): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { status, items, open = status === 'RESERVED' ? items : [] } of reservations) {
    for (const [id, quantity] of totals(open)) sums.set(id, (sums.get(id) ?? 0) + quantity);
  }
  return sums;
}

function sameLines(a: readonly StockLine[], b: readonly StockLine[]): boolean {
  const [left, right] = [totals(a), totals(b)];
  return left.size === right.size && [...left].every(([id, quantity]) => right.get(id) === quantity);
}
