import type { Announcer } from '../contracts/cloud-events.ts';
import type { FeedPage } from '../contracts/events.ts';
import { getEventFeed } from '../contracts/service.ts';
import { breakerVariables } from '../resilience/breaker-config.ts';
import type { ServiceClient } from '../resilience/client.ts';
import type { ServiceParts } from '../service/parts.ts';
import { unrecorded } from '../telemetry/trace.ts';
import { BookmarkedReader } from './bookmarked-reader.ts';
import { type EventSource, type Handle, handOverFeed } from './hand-over.ts';

/** How long a feed may wait for its next event. The timeout of the client has to be longer. */
const WAIT_S = 20;
const PAGE = 200;

/** The settings of a reader of feeds. A call waits for the next event, so it may take long. */
export const feedVariables = breakerVariables(
  'feeds',
  { timeoutMs: (WAIT_S + 5) * 1000, resetMs: 5_000, capacity: 4 },
  (WAIT_S + 1) * 1000,
);

type Parts = Pick<ServiceParts<unknown>, 'store' | 'world' | 'log' | 'metrics' | 'tracer'>;
interface Feed {
  service: Announcer;
  client: Pick<ServiceClient, 'ask'>;
}

/**
 * Reads the feeds of services over HTTP. Its place in each of them is kept in the reader's own store. A reader that keeps
 * everything in memory has its place kept by the feed too, and goes on there after a restart.
 */
export class FeedSource implements EventSource {
  #readers: BookmarkedReader[] = [];

  /** `keeps`: what a reader that keeps everything in memory has after a restart. Without its place it reads all again. */
  constructor(
    private readonly feeds: readonly Feed[],
    private readonly parts: Parts,
    private readonly keeps: 'place' | 'nothing' = 'place',
  ) {}

  async start(handle: Handle): Promise<void> {
    this.#readers = this.feeds.map((feed) => {
      return new BookmarkedReader(
        `feed:${feed.service}`,
        stepThrough(feed, handle, this.parts, this.keeps),
        this.parts,
      );
    });
    for (const reader of this.#readers) reader.start();
  }

  /** Waits for the events that are being handled, and for nothing else. */
  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }
}

function stepThrough({ service, client }: Feed, handle: Handle, parts: Parts, keeps: 'place' | 'nothing') {
  const isKept = keeps === 'place' && !parts.store.bookmarks.last;
  const start = keeps === 'place' ? 'kept' : '0';
  let caughtUp = false;
  return async (place: string, signal: AbortSignal): Promise<string> => {
    const { position, feed } = partsOf(place, start);
    const headers: Record<string, string> = caughtUp ? { Prefer: `wait=${WAIT_S}` } : {};
    caughtUp = false;
    const keep = isKept && feed !== '' ? feed : undefined;
    const query = { after: position, limit: String(PAGE), keep };
    // The feed is read again and again, and no request of anybody is the cause.
    const trace = unrecorded(parts.world.random);
    const outcome = await client.ask(getEventFeed, { query, headers, signal, trace });
    if (signal.aborted) return place;
    if (outcome.kind !== 'done') {
      const because = outcome.kind === 'unknown' ? outcome : undefined;
      throw new Error(`the feed of ${service} cannot be read: ${outcome.reason}`, because);
    }

    const page = outcome.data;
    if (hasBegunAnew(position, feed, page)) {
      parts.log.info('a feed has begun anew and is read from its start', { of: service });
      return page.feed === null ? '' : placeOf('0', page.feed);
    }
    await handOverFeed(service, page.events, 'fromFeed', handle, parts);
    caughtUp = page.events.length === 0;
    return page.feed === null ? place : placeOf(page.next, page.feed);
  };
}

/** A service that keeps everything in memory has another feed after a restart; one restored from a backup ends earlier. */
const hasBegunAnew = (position: string, feed: string, page: FeedPage): boolean =>
  (feed !== '' && page.feed !== feed) || Number(page.next) < Number(position);

/** A place is a position in a feed: `57 order/1:1@1767225600000`. */
const placeOf = (position: string, feed: string): string => `${position} ${feed}`;

function partsOf(place: string, start: string): { position: string; feed: string } {
  const [position = '', feed = ''] = place.split(' ');
  return { position: position || start, feed };
}
