import { createHash } from 'node:crypto';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { type Happened, Kind } from '@oms/shared/store/aggregate';
import type { Notification } from './domain/notification.ts';
import type { Contact } from './domain/occasion.ts';
import type { Recipients } from './domain/recipients.ts';

export const notifications = new Kind<Notification>('notification/', {
  key: ({ id }) => id,
  tags: ({ orderId, status }) => ({ orderId, status }),
  dueAt: (data) => (data.status === 'PENDING' ? data.dueAt : undefined),
});
export const contacts = new Kind<Contact>('contact/', { key: ({ orderId }) => orderId });
export const recipients = new Kind<Recipients>('recipients/', { key: ({ customerId }) => customerId });

/** The same for an event however often it is delivered. Ids sort by the time of their events. */
export function idOf({ source, id, time }: CloudEvent): string {
  const moment = Date.parse(time).toString(16).padStart(12, '0');
  return `${moment}-${createHash('sha256').update(`${source}\n${id}`).digest('hex').slice(0, 24)}`;
}

type Change = 'created' | 'sent' | 'given-up' | 'withheld' | 'retried';

export function eventOf(change: Change, { id, orderId, occasion, traceId }: Notification): Happened {
  const data = { notificationId: id, orderId, kind: occasion.kind };
  return { stream: notifications.id(id), type: `notification.${change}`, traceId, data };
}

const HAPPENED = { PENDING: undefined, SENT: 'sent', DEAD: 'given-up', WITHHELD: 'withheld' } as const;

/** The changed notification, with an event unless it is still pending. */
export function changeTo(result: Notification) {
  const change = HAPPENED[result.status];
  return { put: [notifications.put(result)], events: change ? [eventOf(change, result)] : [], result };
}
