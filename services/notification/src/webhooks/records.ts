import { decide } from '@oms/shared/store/aggregate';
import type { Store, StoredEvent } from '@oms/shared/store/store';
import { unrecorded } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import type { Delivery, DeliveryLog } from '../domain/delivery-log.ts';
import { pageAfter } from '../domain/delivery-log.ts';
import type { NotificationDoc } from '../domain/notification.ts';
import type { Progress } from '../domain/waiting.ts';
import { replaced, type Webhook, withPause } from '../domain/webhook.ts';
import { ALL, eventOf, logs, orderOf, progresses, webhooks } from './documents.ts';

interface Parts {
  store: Store<NotificationDoc>;
  world: World;
}

export interface Begun {
  progress: Progress;
  /** What is on the page of the log that is written next. */
  page: readonly Delivery[];
}

export type Records = ReturnType<typeof createRecords>;

/** What whoever delivers reads and writes. Another replica that has taken over is noticed by its name in the progress. */
export function createRecords(parts: Parts, holder: string) {
  const { store, world } = parts;
  const by = () => {
    const trace = unrecorded(world.random);
    return { traceId: trace.traceId, trace };
  };

  return {
    /** Takes the deliveries of a webhook over; undefined: it has been removed. */
    async begin(webhookId: string): Promise<Begun | undefined> {
      const { result } = await decide<NotificationDoc, Progress>(parts, [progresses.id(webhookId)], by(), (docs) => {
        const known = progresses.in(docs, webhookId);
        if (!known || known.removed) return {};
        const mine = { ...known, holder };
        return { put: [progresses.put(mine)], result: mine };
      });
      if (!result) return undefined;
      const page = await logs.read(store, `${webhookId}/${pageAfter(result.logged)}`);
      return { progress: result, page: page?.deliveries ?? [] };
    },

    /** `taken`: wishes of operators that this progress fulfils. */
    async save(progress: Progress, pages: readonly DeliveryLog[], taken: ReadonlySet<string>): Promise<void> {
      const { webhookId } = progress;
      const put = [progresses.put(progress), ...pages.map(logs.put)];
      const all = taken.size > 0 ? [webhooks.id(ALL)] : [];
      await decide(parts, [...put.map(({ id }) => id), ...all], by(), (docs) => {
        const known = progresses.in(docs, webhookId);
        if (known?.removed) return {};
        if (known?.holder !== holder) throw new Error('another replica has taken over');
        const now = webhooks.in(docs, ALL);
        const webhook = now?.all.find(({ id }) => id === webhookId);
        if (taken.size === 0 || !now || !webhook) return { put };
        const wishes = webhook.wishes.filter(({ id }) => !taken.has(id));
        return { put: [...put, webhooks.put(replaced(now, { ...webhook, wishes }))] };
      });
    },

    /** Unless an operator has changed the webhook meanwhile. */
    async pause({ id, since }: Webhook, reason: string): Promise<boolean> {
      const { result } = await decide<NotificationDoc, boolean>(parts, [webhooks.id(ALL)], by(), (docs, now) => {
        const known = webhooks.in(docs, ALL);
        const webhook = known?.all.find((one) => one.id === id);
        if (!known || webhook?.status !== 'ACTIVE' || webhook.since !== since) return { result: false };
        const put = [webhooks.put(replaced(known, withPause(webhook, reason, now)))];
        return { put, events: [eventOf('paused', id)], result: true };
      });
      return result ?? false;
    },

    /** The place in the feed before everything that came since that time. */
    async placeBefore(from: number): Promise<string> {
      let low = 0;
      let high = Number(await store.lastPosition());
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        const [event] = await store.events({ after: String(middle), limit: 1 });
        if (event && event.at < from) low = Number(event.position);
        else high = middle;
      }
      return String(low);
    },

    /** The event of a delivery. */
    async eventAt(delivery: string): Promise<StoredEvent | undefined> {
      const [event] = await store.events({ after: String(Number(delivery) - 1), limit: 1 });
      return event?.position === delivery && orderOf(event) !== undefined ? event : undefined;
    },
  };
}
