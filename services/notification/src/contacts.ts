import { Order } from '@oms/shared/contracts/order';
import { getOrder } from '@oms/shared/contracts/order-endpoints';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Store } from '@oms/shared/store/store';
import type { Trace } from '@oms/shared/telemetry/trace';
import { contacts } from './documents.ts';
import type { NotificationDoc } from './domain/notification.ts';
import { type Contact, contactOf } from './domain/occasion.ts';

const WhoOrdered = Order.pick({ id: true, customer: true, currency: true });
const whoOrdered = (order: Order) => WhoOrdered.safeParse(order).data;

export type Contacts = (orderId: string, trace: Trace) => Promise<Contact | undefined>;

/** Who ordered: from the event of the placed order, or from the order service where that event is forgotten. */
export function createContacts(store: Store<NotificationDoc>, orders: Pick<ServiceClient, 'ask'>): Contacts {
  return async (orderId, trace) => {
    const heard = await contacts.read(store, orderId);
    if (heard) return heard;
    const outcome = await orders.ask(getOrder, { params: { id: orderId }, trace }, whoOrdered);
    return outcome.kind === 'done' ? contactOf(outcome.data) : undefined;
  };
}
