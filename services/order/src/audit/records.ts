import type { Reservation, StockLine } from '@oms/shared/contracts/inventory';
import type { Payment } from '@oms/shared/contracts/payment';
import type { Shipment } from '@oms/shared/contracts/shipping';

export interface Discrepancy {
  kind: string;
  id: string;
  detail: string;
}

/** What the participants have on record for one order. */
export interface Records {
  reservation?: Reservation | undefined;
  payment?: Payment | undefined;
  shipment?: Shipment | undefined;
  /** The shipments of parcels with a number. */
  parcels?: readonly Shipment[] | undefined;
}

export function totals(items: readonly StockLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { productId, quantity } of items) sums.set(productId, (sums.get(productId) ?? 0) + quantity);
  return sums;
}
