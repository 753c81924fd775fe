import type { StoredEvent } from '@oms/shared/store/store';
import { SERVICES } from '../cluster.ts';
import type { FeedEvent } from '../feed-reader.ts';
import type { Evidence, Violation } from './violation.ts';

/** A reader of a feed got every event of the database once, in order, and none was skipped. */
export function* feed({ feeds, records }: Evidence): Iterable<Violation> {
  const inTheEnd = {
    order: records.orderEvents,
    inventory: records.stockEvents,
    payment: records.paymentEvents,
    shipping: records.shipmentEvents,
  };
  for (const service of SERVICES) yield* followed(service, feeds[service].events, inTheEnd[service]);
}

function* followed(id: string, seen: readonly FeedEvent[], whole: readonly StoredEvent[]): Iterable<Violation> {
  const places = new Set(seen.map(({ position }) => position));
  const skipped = whole.filter(({ position }) => !places.has(position));
  if (skipped.length > 0) {
    yield {
      rule: 'feed',
      id,
      detail: `${skipped.length} of ${whole.length} events were skipped, first ${skipped[0]?.id}`,
    };
  }
  const behind = seen.findIndex(({ position }, i) => i > 0 && Number(position) <= Number(seen[i - 1]?.position));
  if (behind >= 0) yield { rule: 'feed', id, detail: `${seen[behind]?.id} came out of order` };
  const known = new Map(whole.map((event) => [event.position, event]));
  const odd = seen.find(({ position, id: event }) => known.get(position)?.id !== event);
  if (odd) yield { rule: 'feed', id, detail: `${odd.id} was seen at ${odd.position}, and is not there` };
}
