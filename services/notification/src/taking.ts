import { decide } from '@oms/shared/store/aggregate';
import type { Store } from '@oms/shared/store/store';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { type Channels, wayTo } from './channels.ts';
import type { Contacts } from './contacts.ts';
import { changeTo, notifications, recipients } from './documents.ts';
import {
  concluded,
  type Letter,
  type Notification,
  type NotificationDoc,
  type Pending,
  taken,
  withheld,
} from './domain/notification.ts';
import type { Contact } from './domain/occasion.ts';
import { withAddress } from './domain/recipients.ts';
import { shortTextOf } from './domain/short-text.ts';
import { type TrackingUrl, textOf } from './domain/templates.ts';

export interface TakingParts {
  store: Store<NotificationDoc>;
  world: World;
  channels: Channels;
  contacts: Contacts;
  trackingUrl: TrackingUrl;
  /** The most addresses to which one customer's notifications are sent in a day. */
  mostRecipients: number;
}

export type Ready = Pending & { letter: Letter };
/** The notification to send, or one that cannot be sent; neither if it is not due, or another replica has taken it. */
interface Taken {
  ready?: Ready;
  turnedAway?: Notification;
}

const UNKNOWN_ORDER = 'its order is not known here yet';
const TOO_MANY = 'notifications of its customer have gone to too many addresses today';

/** Takes a notification that is due. This is stored before it is sent, so that no other replica takes it, too. */
export function createTaking({ channels, contacts, trackingUrl, mostRecipients, ...parts }: TakingParts) {
  return async ({ id, orderId, traceId }: Notification, trace: Trace): Promise<Taken> => {
    // A contact never changes, so it needs no lock.
    const contact = await contacts(orderId, trace);
    const counted = contact && isCounted(contact) ? [recipients.id(contact.customer.id)] : [];
    const ids = [notifications.id(id), ...counted];
    const { result } = await decide<NotificationDoc, Taken>(parts, ids, { traceId, trace }, (docs, now) => {
      const mine = taken(notifications.in(docs, id), now);
      if (!mine) return {};
      if (!contact) return turnedAway(concluded(mine, { kind: 'failed', reason: UNKNOWN_ORDER }, now));
      const ready = { ...mine, letter: letterOf(mine, contact) };
      const { put, events } = changeTo(ready);
      if (counted.length === 0) return { put, events, result: { ready } };
      const { id: customerId } = contact.customer;
      const known = recipients.in(docs, customerId);
      const reached = withAddress(known, customerId, ready.letter.to, now, mostRecipients);
      if (!reached) return turnedAway(withheld({ ...mine, attempts: mine.attempts - 1 }, TOO_MANY));
      return { put: reached === known ? put : [...put, recipients.put(reached)], events, result: { ready } };
    });
    return result ?? {};
  };

  /** Only addresses and numbers that receive something count: a log line reaches nobody. */
  function isCounted({ customer }: Contact): boolean {
    const { channel, to } = wayTo(channels, customer);
    return to !== customer.id && channel !== channels.log;
  }

  function letterOf({ occasion }: Pending, contact: Contact): Letter {
    const { channel, to } = wayTo(channels, contact.customer);
    const text = channel === channels.sms ? shortTextOf : textOf;
    return { channel: channel.name, to, ...text(occasion, contact, trackingUrl) };
  }
}

const turnedAway = (notification: Notification) => ({
  ...changeTo(notification),
  result: { turnedAway: notification },
});
