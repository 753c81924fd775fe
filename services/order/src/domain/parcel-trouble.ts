import type { OrderStatus } from '@oms/shared/contracts/order';

/** Why the parcel of an order needs an operator; undefined: it needs none. */
export function parcelTrouble(status: OrderStatus, parcel: string | undefined): string | undefined {
  if (status !== 'SHIPPED' && status !== 'PARTIALLY_SHIPPED') return undefined;
  switch (parcel) {
    case 'EXCEPTION':
      return 'The carrier reports a problem with its parcel.';
    case 'RETURNED':
      return 'Its parcel came back. To return the order refunds and restocks it.';
    case 'CANCELLED':
      return 'Its parcel was cancelled after the order had shipped. To return the order refunds and restocks it.';
    default:
      return undefined;
  }
}
