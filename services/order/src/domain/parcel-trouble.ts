import type { OrderStatus } from '@oms/shared/contracts/order';
import type { Order } from './order.ts';

/** Why the parcel of an order needs an operator; undefined: it needs none. */
export function parcelTrouble(status: OrderStatus, parcel: string | undefined): string | undefined {
  if (status !== 'SHIPPED') return undefined;
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

/** The parcel came back, or never left: the order can be returned before it is delivered. */
export const isBack = ({ status, shipment }: Pick<Order, 'status' | 'shipment'>): boolean =>
  status === 'SHIPPED' && ['RETURNED', 'CANCELLED'].includes(shipment?.status ?? '');
