import { byStream } from './history.ts';
import type { Evidence, Violation } from './violation.ts';

/** Whoever followed the feed through all of it has seen each event once, those of one order in order, and in the end all. */
export function* feed({ feed: reader, records }: Evidence): Iterable<Violation> {
  const seen = reader.events;
  const whole = records.orderEvents;
  for (const [id, events] of byStream(seen)) {
    const odd = events.findIndex((event, i) => event.version !== i + 1);
    if (odd >= 0) yield { rule: 'feed', id, detail: `event ${events[odd]?.version} came as number ${odd + 1}` };
  }
  if (seen.length !== whole.length) {
    yield { rule: 'feed', id: 'all', detail: `${seen.length} events were seen of ${whole.length}` };
  }
  const differs = whole.findIndex((event, i) => seen[i]?.id !== event.id || seen[i]?.position !== event.position);
  if (differs >= 0) {
    yield { rule: 'feed', id: whole[differs]?.id ?? '', detail: `at ${differs} ${seen[differs]?.id} was seen instead` };
  }
}
