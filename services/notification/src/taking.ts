import type { Change, Docs, Store } from '@oms/shared/store/store';
import type { Trace } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { type Channels, channelFor } from './channels.ts';
import type { Contacts } from './contacts.ts';
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
import { type Recipients, withAddress } from './domain/recipients.ts';
import { type TrackingUrl, textOf } from './domain/templates.ts';
import { changeTo, recipientsDoc, recipientsRecord } from './record.ts';

export interface TakingParts {
  store: Store<NotificationDoc>;
  world: World;
  channels: Channels;
  contacts: Contacts;
  trackingUrl: TrackingUrl;
  /** To how many addresses one customer can have notifications sent in a day. */
  mostRecipients: number;
}

export type Ready = Pending & { letter: Letter };
/** What can be sent, or why that cannot be; neither when it is not its time, or somebody else has taken it. */
interface Taken {
  ready?: Ready;
  turnedAway?: Notification;
}

const UNKNOWN_ORDER = 'its order is not known here yet';
const TOO_MANY = 'its customer has had notifications sent to too many addresses today';

/** Takes a notification that is due. That is written before anything is sent: whoever else looks finds it taken. */
export function createTaking({ store, world, channels, contacts, trackingUrl, mostRecipients }: TakingParts) {
  return async (id: string, orderId: string, trace: Trace): Promise<Taken> => {
    // It never changes, so it needs no lock.
    const contact = await contacts(orderId, trace);
    const countedBy = contact && isCounted(contact) ? recipientsDoc(contact.customer.id) : undefined;
    const decide = (docs: Docs<NotificationDoc>): Change<NotificationDoc, Taken> => {
      const now = world.now();
      const mine = taken(docs.get(id)?.data as Notification | undefined, now);
      if (!mine) return {};
      if (!contact) return turnedAway(concluded(mine, { kind: 'failed', reason: UNKNOWN_ORDER }, now), now);
      const ready = { ...mine, letter: letterOf(mine, contact) };
      const { put, events } = changeTo(ready, now);
      if (countedBy === undefined) return { put, events, result: { ready } };
      const known = docs.get(countedBy)?.data as Recipients | undefined;
      const { id: customerId, email = '' } = contact.customer;
      const recipients = withAddress(known, customerId, email, now, mostRecipients);
      if (!recipients) return turnedAway(withheld({ ...mine, attempts: mine.attempts - 1 }, TOO_MANY), now);
      return { put: recipients === known ? put : [...put, recipientsRecord(recipients)], events, result: { ready } };
    };
    const { result } = await store.write<Taken>(countedBy ? [id, countedBy] : [id], undefined, decide, trace);
    return result ?? {};
  };

  /** Only who is sent something counts; a line in the log reaches nobody. */
  function isCounted({ customer: { email } }: Contact): boolean {
    return email !== undefined && channelFor(channels, email) !== channels.log;
  }

  function letterOf({ occasion }: Pending, contact: Contact): Letter {
    const { id, email } = contact.customer;
    return { channel: channelFor(channels, email).name, to: email ?? id, ...textOf(occasion, contact, trackingUrl) };
  }
}

function turnedAway(notification: Notification, now: number): Change<NotificationDoc, Taken> {
  const { put, events } = changeTo(notification, now);
  return { put, events, result: { turnedAway: notification } };
}
