import { createHash } from 'node:crypto';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import type { NewEvent, Put } from '@oms/shared/store/store';
import type { Notification, NotificationDoc } from './domain/notification.ts';
import type { Contact } from './domain/occasion.ts';
import type { Recipients } from './domain/recipients.ts';

/** How notifications are kept: under which id, found by what, and which events tell of their changes. */

export const PREFIX = 'notification/';
export const docOf = (id: string): string => `${PREFIX}${id}`;
export const recipientsDoc = (customerId: string): string => `recipients/${customerId}`;
export const contactDoc = (orderId: string): string => `contact/${orderId}`;

/** The same for an event however often it is delivered; and so that ids sort by the time of what they tell of. */
export function idOf({ source, id, time }: CloudEvent): string {
  const moment = Date.parse(time).toString(16).padStart(12, '0');
  return `${moment}-${createHash('sha256').update(`${source}\n${id}`).digest('hex').slice(0, 24)}`;
}

export function record(data: Notification): Put<NotificationDoc> {
  const { id, orderId, status } = data;
  return { id: docOf(id), data, dueAt: data.status === 'PENDING' ? data.dueAt : undefined, tags: { orderId, status } };
}

export const contactRecord = (data: Contact): Put<NotificationDoc> => ({ id: contactDoc(data.orderId), data });

export const recipientsRecord = (data: Recipients): Put<NotificationDoc> => ({
  id: recipientsDoc(data.customerId),
  data,
});

type Change = 'created' | 'sent' | 'given-up' | 'withheld' | 'retried';

export function eventOf(change: Change, { id, orderId, occasion, traceId }: Notification, at: number): NewEvent {
  const data = { notificationId: id, orderId, kind: occasion.kind };
  return { stream: docOf(id), type: `notification.${change}`, at, traceId, data };
}

const HAPPENED = { PENDING: undefined, SENT: 'sent', DEAD: 'given-up', WITHHELD: 'withheld' } as const;

/** The notification as it is now, and the event that tells of it, if there is one. */
export function changeTo(result: Notification, now: number) {
  const change = HAPPENED[result.status];
  return { put: [record(result)], events: change ? [eventOf(change, result, now)] : [], result };
}
