import { Order } from '@oms/shared/contracts/order';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Store } from '@oms/shared/store/store';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { NotificationDoc } from './domain/notification.ts';
import { type Contact, contactOf } from './domain/occasion.ts';
import { contactDoc } from './record.ts';

const Ordered = Order.pick({ id: true, customer: true, currency: true });

export type Contacts = (orderId: string, trace: Trace) => Promise<Contact | undefined>;

/** Who ordered: as was heard when the order was placed, or else, where that is forgotten, as the order service knows it. */
export function createContacts(store: Store<NotificationDoc>, orders: Pick<ServiceClient, 'call'>): Contacts {
  return async (orderId, trace) => {
    const heard = (await store.read(contactDoc(orderId)))?.data;
    if (heard?.kind === 'contact') return heard;
    const outcome = await orders.call<unknown>({ method: 'GET', path: `/orders/${orderId}`, trace });
    return outcome.kind === 'done' ? contactOf(Ordered.parse(outcome.data)) : undefined;
  };
}
