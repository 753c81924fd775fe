import type { ParcelNews } from '@oms/shared/contracts/order-commands';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { statusChange } from './commands.ts';
import type { Decided } from './events.ts';
import type { Order } from './order.ts';
import { parcelTrouble } from './parcel-trouble.ts';
import { mayFollow } from './rules.ts';

/** How an order follows its parcel. Only shipping knows where the parcel is. */

const NOTHING: readonly Decided[] = [];

/** The order is delivered if its parcel is. `news` is what shipping says of the parcel. */
export function deliver(order: Order, news: ParcelNews | undefined): readonly Decided[] {
  if (order.status === 'DELIVERED') return NOTHING;
  if (order.saga?.name === 'fulfil-order') throw busy(order);
  mayFollow(order, 'deliver');
  if (!news) throw busy(order);
  return follow(order, news);
}

/** News may come late, and more than once: old news change nothing. */
export function follow(order: Order, { shipmentId, status, sequence }: ParcelNews): readonly Decided[] {
  const { id, shipment } = order;
  if (shipment && shipment.id !== shipmentId) {
    throw new Refusal(409, 'OTHER_SHIPMENT', `Order ${id} has another parcel, ${shipment.id}.`);
  }
  if (shipment && (sequence <= (shipment.sequence ?? 1) || (status === 'CANCELLED' && shipment.status === status)))
    return NOTHING;
  if (order.saga) throw busy(order);
  const moved = shipment && { ...shipment, status, sequence };
  if (status === 'DELIVERED' && order.status !== 'DELIVERED' && order.status !== 'RETURNED') {
    mayFollow(order, 'deliver');
    return [statusChange(order, 'DELIVERED', { shipment: moved })];
  }
  if (status !== 'CANCELLED' && status !== 'DELIVERED') mayFollow(order, 'follow its parcel');
  if (!moved) return NOTHING;
  const attention = parcelTrouble(order.status, status);
  return [{ type: 'order.parcel-moved', data: { orderId: id, shipment: moved, attention } }];
}

const busy = ({ id, saga }: Order): Unavailable =>
  new Unavailable(
    'SERVICE_UNAVAILABLE',
    `The ${saga?.name ?? 'fulfil-order'} of order ${id} is just being finished.`,
    1,
  );
