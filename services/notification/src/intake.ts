import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import type { Put, Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import { causeIn } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { created, type Notification, type NotificationDoc, released, withheld } from './domain/notification.ts';
import { type Contact, isRefusedAtOnce, type News, newsOf } from './domain/occasion.ts';
import { contactDoc, contactRecord, docOf, eventOf, idOf, record } from './record.ts';

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

const TOLD_IN_THE_ANSWER = 'the order was refused at once: whoever placed it was told in the answer';

/** Writes down what is to be told because of these events, all in one write; what is known already stays as it is. */
export function takeIn({ store, world, log }: Parts): (events: readonly CloudEvent[]) => Promise<void> {
  return async (events) => {
    const heard = new Map<string, Heard>();
    const contacts = new Map<string, Contact>();
    for (const event of events) {
      const news = read(event);
      if (!news) continue;
      const id = idOf(event);
      const cause = causeIn(event.traceparent, world.random);
      const at = Date.parse(event.time);
      heard.set(id, { id, news, at, cause });
      const { contact, waitMs = 0, orderId } = news;
      if (contact) contacts.set(orderId, { ...contact, receipt: { id, answeredBy: at + waitMs } });
    }
    if (heard.size === 0) return;
    const fresh = [...contacts.values()];
    for (const { news } of heard.values()) if (news.endsPlacing) await recall(news.orderId, contacts);

    const receipts = [...contacts.values()].flatMap(({ receipt }) => (receipt ? [docOf(receipt.id)] : []));
    const ids = [...[...heard.keys()].map(docOf), ...receipts, ...fresh.map(({ orderId }) => contactDoc(orderId))];
    await store.write([...new Set(ids)], undefined, (docs) => {
      const now = world.now();
      const changed = new Map<string, Notification>();
      const known = (id: string) => changed.get(id) ?? (docs.get(docOf(id))?.data as Notification | undefined);
      for (const { id, news, at, cause } of heard.values()) {
        if (known(id)) continue;
        const { orderId, occasion, endsPlacing, waitMs = 0 } = news;
        const told = created({ id, orderId, occasion, at, ...cause }, now, waitMs);
        changed.set(id, told);
        const { receipt } = (endsPlacing && contacts.get(orderId)) || {};
        const waiting = receipt && known(receipt.id);
        if (waiting?.status !== 'PENDING' || waiting.attempts > 0) continue;
        const unheard = isRefusedAtOnce(news, at, receipt?.answeredBy ?? 0);
        changed.set(waiting.id, unheard ? withheld(waiting, TOLD_IN_THE_ANSWER) : released(waiting, now));
        if (unheard) changed.set(id, withheld(told, TOLD_IN_THE_ANSWER));
      }
      const unknown = fresh.filter(({ orderId }) => !docs.get(contactDoc(orderId)));
      const put: Put<NotificationDoc>[] = [...unknown.map(contactRecord), ...[...changed.values()].map(record)];
      const news = [...changed.values()].filter(({ id }) => !docs.get(docOf(id)));
      return { put, events: news.map((notification) => eventOf('created', notification, now)) };
    });
  };

  /** Who placed the order, if that was heard before. A contact never changes, so it needs no lock. */
  async function recall(orderId: string, contacts: Map<string, Contact>): Promise<void> {
    if (contacts.has(orderId)) return;
    const contact = (await store.read(contactDoc(orderId)))?.data as Contact | undefined;
    if (contact) contacts.set(orderId, contact);
  }

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
