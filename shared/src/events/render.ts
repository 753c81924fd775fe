import type { FeedEvent } from '../contracts/events.ts';
import type { StoredEvent } from '../store/store.ts';

/** An event as it is shown to others. */
export const renderEvent = ({ id, version, type, at, data, traceId }: StoredEvent) => ({
  id,
  version,
  type,
  at: new Date(at).toISOString(),
  data: data as Record<string, unknown>,
  traceId,
});

export const renderFeedEvent = (event: StoredEvent): FeedEvent => ({
  ...renderEvent(event),
  stream: event.stream,
  spanId: event.spanId,
  position: event.position,
});
