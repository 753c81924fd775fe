import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { decide, type Happened, type StoreAndClock } from '@oms/shared/store/aggregate';
import { causeIn } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { type Heard, withEvent } from '../domain/heard.ts';
import type { NotificationDoc } from '../domain/notification.ts';
import { ALL, heard, webhooks } from './documents.ts';

type Parts = StoreAndClock<NotificationDoc> & { world: Pick<World, 'random'> };

/** Keeps events for webhooks, each once, however many webhooks want it. Without webhooks it keeps nothing. */
export function hearForWebhooks(parts: Parts): (events: readonly CloudEvent[]) => Promise<void> {
  const { store, world } = parts;
  return async (events) => {
    const [first] = events;
    if (!first || !(await webhooks.read(store, ALL))?.all.length) return;
    const ids = new Set(events.map(({ subject }) => heard.id(subject)));
    await decide(parts, [...ids], causeIn(first.traceparent, world.random), (docs) => {
      const changed = new Map<string, Heard>();
      const fresh: Happened[] = [];
      for (const event of events) {
        const { subject, type, traceparent } = event;
        const before = changed.get(subject) ?? heard.in(docs, subject);
        const after = withEvent(before, event);
        if (after === before) continue;
        changed.set(subject, after);
        const { traceId } = causeIn(traceparent, world.random);
        fresh.push({ stream: heard.id(subject), type, traceId, data: event });
      }
      return { put: [...changed.values()].map(heard.put), events: fresh };
    });
  };
}
