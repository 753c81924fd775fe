import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { decide } from '@oms/shared/store/aggregate';
import type { Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import { causeIn } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { contacts, eventOf, idOf, notifications } from './documents.ts';
import { created, type Notification, type NotificationDoc, released, withheld } from './domain/notification.ts';
import { type Contact, isRefusedAtOnce, type News, newsOf } from './domain/occasion.ts';

interface Parts {
  store: Store<NotificationDoc>;
  world: World;
  log: Logger;
}

interface Heard {
  id: string;
  news: News;
  at: number;
  cause: ReturnType<typeof causeIn>;
}

const TOLD_IN_THE_ANSWER = 'the order was rejected at once: the client has read it in the answer';

/** Stores the notifications for these events in one write. A notification that is already stored stays as it is. */
export function takeIn(parts: Parts): (events: readonly CloudEvent[]) => Promise<void> {
  const { store, world, log } = parts;
  return async (events) => {
    const heard = new Map<string, Heard>();
    const customers = new Map<string, Contact>();
    for (const event of events) {
      const news = read(event);
      if (!news) continue;
      const id = idOf(event);
      const cause = causeIn(event.traceparent, world.random);
      const at = Date.parse(event.time);
      heard.set(id, { id, news, at, cause });
      const { contact, waitMs = 0, orderId } = news;
      if (contact) customers.set(orderId, { ...contact, receipt: { id, answeredBy: at + waitMs } });
    }
    const [first] = heard.values();
    if (!first) return;
    const fresh = [...customers.values()];
    for (const { news } of heard.values()) if (news.endsPlacing) await recall(news.orderId, customers);

    const receipts = [...customers.values()].flatMap(({ receipt }) => (receipt ? [receipt.id] : []));
    const told = [...heard.keys(), ...receipts].map(notifications.id);
    const ids = new Set([...told, ...fresh.map(({ orderId }) => contacts.id(orderId))]);
    await decide(parts, [...ids], first.cause, (docs, now) => {
      const changed = new Map<string, Notification>();
      const known = (id: string) => changed.get(id) ?? notifications.in(docs, id);
      for (const { id, news, at, cause } of heard.values()) {
        if (known(id)) continue;
        const { orderId, occasion, endsPlacing, waitMs = 0 } = news;
        const told = created({ id, orderId, occasion, at, ...cause }, now, waitMs);
        changed.set(id, told);
        const { receipt } = (endsPlacing && customers.get(orderId)) || {};
        const waiting = receipt && known(receipt.id);
        if (waiting?.status !== 'PENDING' || waiting.attempts > 0) continue;
        const unheard = isRefusedAtOnce(news, at, receipt?.answeredBy ?? 0);
        changed.set(waiting.id, unheard ? withheld(waiting, TOLD_IN_THE_ANSWER) : released(waiting, now));
        if (unheard) changed.set(id, withheld(told, TOLD_IN_THE_ANSWER));
      }
      const unknown = fresh.filter(({ orderId }) => !contacts.in(docs, orderId));
      const all = [...changed.values()];
      const news = all.filter(({ id }) => !notifications.in(docs, id));
      return {
        put: [...unknown.map(contacts.put), ...all.map(notifications.put)],
        events: news.map((notification) => eventOf('created', notification)),
      };
    });
  };

  /** The customer of an order that was placed before. A contact never changes, so it needs no lock. */
  async function recall(orderId: string, customers: Map<string, Contact>): Promise<void> {
    if (customers.has(orderId)) return;
    const contact = await contacts.read(store, orderId);
    if (contact) customers.set(orderId, contact);
  }

  /** An event that breaks its contract will never be readable: it must not block the events behind it. */
  function read(event: CloudEvent) {
    try {
      return newsOf(event);
    } catch (error) {
      log.error('an event cannot be read', { source: event.source, event: event.id, type: event.type, error });
      return undefined;
    }
  }
}
