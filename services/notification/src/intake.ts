import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import type { NewEvent, Put, Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import { causeIn } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { type Created, created, type NotificationDoc } from './notification.ts';
import { type Contact, newsOf } from './occasion.ts';
import { contactDoc, contactRecord, docOf, eventOf, idOf, record } from './record.ts';

interface Parts {
  store: Store<NotificationDoc>;
  world: World;
  log: Logger;
}

/** Writes down what is to be told because of these events, all in one write; what is known already stays as it is. */
export function takeIn({ store, world, log }: Parts): (events: readonly CloudEvent[]) => Promise<void> {
  return async (events) => {
    const wanted = new Map<string, Created>();
    const contacts = new Map<string, Contact>();
    for (const event of events) {
      const news = read(event);
      if (!news) continue;
      const { orderId, occasion, contact } = news;
      const id = idOf(event);
      const cause = causeIn(event.traceparent, world.random);
      wanted.set(docOf(id), { id, orderId, occasion, at: Date.parse(event.time), ...cause });
      if (contact) contacts.set(contactDoc(orderId), contact);
    }
    if (wanted.size === 0) return;

    await store.write([...wanted.keys(), ...contacts.keys()], undefined, (docs) => {
      const now = world.now();
      const fresh = [...wanted].filter(([id]) => !docs.get(id)).map(([, what]) => created(what, now));
      const unknown = [...contacts].filter(([id]) => !docs.get(id)).map(([, contact]) => contactRecord(contact));
      const put: Put<NotificationDoc>[] = [...unknown, ...fresh.map(record)];
      const told: NewEvent[] = fresh.map((notification) => eventOf('created', notification, now));
      return { put, events: told };
    });
  };

  /** An event that is not as agreed will never be: it must not keep those behind it from being heard. */
  function read(event: CloudEvent) {
    try {
      return newsOf(event);
    } catch (error) {
      log.error('an event cannot be read', { source: event.source, event: event.id, type: event.type, error });
      return undefined;
    }
  }
}
