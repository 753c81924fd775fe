import type { Reservation } from '@oms/shared/contracts/inventory';
import { toAmount } from '@oms/shared/money';
import { openOf } from '../domain/lines.ts';
import type { Order } from '../domain/order.ts';
import { linesIn, type Parts } from '../domain/parts.ts';
import { type Discrepancy, type Records, totals } from './records.ts';

/** An order that was given up has nothing, whatever parts it had. */
export const isInParts = ({ status }: Order): boolean => !['REJECTED', 'CANCELLING', 'CANCELLED'].includes(status);

/** What the participants must have on record for an order that is treated in parts: line by line, and to the cent. */
export function compareParts(
  order: Order,
  { parcels: sent, capturedCents, refundedCents }: Parts,
  { reservation, payment, shipment, parcels = [] }: Records,
): Discrepancy[] {
  const { id, status, decimals, currency } = order;
  const found: Discrepancy[] = [];
  const complain = (kind: string, is: string) =>
    found.push({ kind, id, detail: `the order is ${status}, but its ${is}` });

  const lines = linesIn(order);
  const recorded = countsIn(reservation);
  const wanted = {
    reserved: totals(lines.map(({ productId, ...line }) => ({ productId, quantity: openOf({ productId, ...line }) }))),
    committed: totals(lines.map(({ productId, fulfilled: quantity }) => ({ productId, quantity }))),
    restocked: totals(lines.map(({ productId, returned, lost = 0 }) => ({ productId, quantity: returned - lost }))),
  };
  for (const what of ['reserved', 'committed', 'restocked'] as const) {
    for (const [productId, quantity] of wanted[what]) {
      const is = recorded[what].get(productId) ?? 0;
      if (is === quantity) continue;
      const names = lines.filter((line) => line.productId === productId).map(({ lineId }) => lineId);
      complain(
        'RESERVATION_MISMATCH',
        `line ${names.join(', ')} (${productId}) has ${is} ${what}, and not ${quantity}`,
      );
    }
  }

  const [captured, refunded] = [toAmount(capturedCents, decimals), toAmount(refundedCents, decimals)];
  if (payment?.currency !== currency) complain('PAYMENT_MISMATCH', `payment is ${payment?.status ?? 'none'}`);
  else if (payment.captured !== captured || payment.refunded !== refunded) {
    const is = `${payment.captured} captured, ${payment.refunded} refunded`;
    complain('MONEY_MISMATCH', `balance is ${is}, and not ${captured} and ${refunded}`);
  }

  const shipments = [...parcels, ...(shipment ? [shipment] : [])];
  for (const parcel of sent) {
    const its = shipments.find((one) => one.id === parcel.id);
    if (its?.orderTold === false || its?.status === parcel.status) continue;
    const name = `parcel ${parcel.number ?? parcel.id}`;
    complain('SHIPMENT_MISMATCH', `${name} is ${its?.status ?? 'none'}, and not ${parcel.status}`);
  }
  for (const { id: shipmentId, status: is } of shipments) {
    if (is === 'CANCELLED' || sent.some((parcel) => parcel.id === shipmentId)) continue;
    complain('SHIPMENT_MISMATCH', `shipment ${shipmentId} is ${is}, and not one of its parcels`);
  }
  return found;
}

function countsIn(reservation: Reservation | undefined) {
  if (!reservation) return { reserved: totals([]), committed: totals([]), restocked: totals([]) };
  const { status, items, open, parts } = reservation;
  const settled = (what: 'commit' | 'restock', whole: readonly string[]) => {
    if (!parts) return totals(whole.includes(status) ? items : []);
    return totals(parts.filter((part) => part.what === what).flatMap((part) => part.items));
  };
  return {
    reserved: totals(open),
    committed: settled('commit', ['COMMITTED', 'RESTOCKED']),
    restocked: settled('restock', ['RESTOCKED']),
  };
}
