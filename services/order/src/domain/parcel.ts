import type { ParcelNews } from '@oms/shared/contracts/order-commands';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { statusChange } from './commands.ts';
import type { Decided, OrderEvent, Parcel } from './events.ts';
import { apply, type Order } from './order.ts';
import { parcelTrouble } from './parcel-trouble.ts';
import { statusOfParts, withParcelMoved } from './parts.ts';
import { mayFollow } from './rules.ts';

/** How an order follows its parcel. Only shipping knows where the parcel is. */

const NOTHING: readonly Decided[] = [];

/** The order is delivered if its parcels are. `news` is what shipping says of each parcel that was still on its way. */
export function deliver(order: Order, news: readonly ParcelNews[] | undefined): readonly Decided[] {
  if (order.status === 'DELIVERED') return NOTHING;
  if (order.saga?.name === 'fulfil-order') throw busy(order);
  mayFollow(order, 'deliver');
  if (!news) throw busy(order);
  const events: Decided[] = [];
  let now = order;
  for (const one of news) {
    for (const event of follow(now, one)) {
      events.push(event);
      now = apply(now, { at: 0, traceId: '', ...event } as OrderEvent);
    }
  }
  return events;
}

/** News may come late, and more than once: old news change nothing. */
export function follow(order: Order, { shipmentId, status, sequence }: ParcelNews): readonly Decided[] {
  const { id, shipment } = order;
  const known = [...(order.parts?.parcels ?? []), shipment].find((one) => one?.id === shipmentId);
  if (shipment && !known) throw new Refusal(409, 'OTHER_SHIPMENT', `Order ${id} has another parcel, ${shipment.id}.`);
  if (known && (sequence <= (known.sequence ?? 1) || (status === 'CANCELLED' && known.status === status)))
    return NOTHING;
  if (order.saga) throw busy(order);
  const moved = known && { ...parcelIn(known), status, sequence };
  if (status === 'DELIVERED' && order.status !== 'DELIVERED' && order.status !== 'RETURNED') {
    if (!order.parts) {
      mayFollow(order, 'deliver');
      return [statusChange(order, 'DELIVERED', { shipment: moved })];
    }
    const reached = moved && statusOfParts({ ...order, parts: withParcelMoved(order.parts, moved) });
    if (reached === 'DELIVERED') return [statusChange(order, reached, { shipment: moved })];
  }
  if (status !== 'CANCELLED' && status !== 'DELIVERED') mayFollow(order, 'follow its parcel');
  if (!moved) return NOTHING;
  const attention = parcelTrouble(order.status, status);
  return [{ type: 'order.parcel-moved', data: { orderId: id, shipment: moved, attention } }];
}

const parcelIn = ({ id, trackingNumber, carrier, status, labelUrl, sequence }: Parcel): Parcel => ({
  ...{ id, trackingNumber, carrier, status, labelUrl },
  ...(sequence === undefined ? {} : { sequence }),
});

const busy = ({ id, saga }: Order): Unavailable =>
  new Unavailable(
    'SERVICE_UNAVAILABLE',
    `The ${saga?.name ?? 'fulfil-order'} of order ${id} is just being finished.`,
    1,
  );
