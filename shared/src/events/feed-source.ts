import type { Announcer, CloudEvent } from '../contracts/cloud-events.ts';
import { FeedPage } from '../contracts/events.ts';
import type { ServiceParts } from '../http/app.ts';
import type { ServiceClient } from '../resilience/client.ts';
import { unrecorded } from '../telemetry/trace.ts';
import { BookmarkedReader } from './bookmarked-reader.ts';
import { toldOf } from './cloud-event.ts';
import { passOver } from './misfits.ts';
import { recordEach } from './recorded-events.ts';
import type { EventSource } from './source.ts';

/** How long a service is asked to wait for its next event; its client has to be more patient. */
export const WAIT_S = 20;
const PAGE = 200;

type Parts = Pick<ServiceParts<unknown>, 'store' | 'world' | 'log' | 'metrics' | 'tracer'>;
type Handle = (events: readonly CloudEvent[]) => Promise<void>;
export type Feeds = readonly { service: Announcer; client: Pick<ServiceClient, 'call'> }[];

/**
 * Reads the feeds of services over HTTP. Where it stands in each of them is kept in the reader's own store; a reader that keeps
 * everything in memory has it kept by the feed too, and goes on there when it was restarted.
 */
export class FeedSource implements EventSource {
  #readers: BookmarkedReader[] = [];

  constructor(
    private readonly feeds: Feeds,
    private readonly parts: Parts,
  ) {}

  async start(handle: Handle): Promise<void> {
    this.#readers = this.feeds.map(({ service, client }) => {
      const step = stepThrough(service, client, handle, this.parts);
      return new BookmarkedReader(`feed:${service}`, step, this.parts);
    });
    for (const reader of this.#readers) reader.start();
  }

  /** Waits for what is being handled, and for nothing else. */
  async stop(): Promise<void> {
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }
}

function stepThrough(service: Announcer, client: Pick<ServiceClient, 'call'>, handle: Handle, parts: Parts) {
  let caughtUp = false;
  return async (place: string, signal: AbortSignal): Promise<string> => {
    const { position, feed } = partsOf(place);
    const headers: Record<string, string> = caughtUp ? { Prefer: `wait=${WAIT_S}` } : {};
    caughtUp = false;
    const keep = parts.store.bookmarks.last || feed === '' ? '' : `&keep=${encodeURIComponent(feed)}`;
    const path = `/events?after=${position}&limit=${PAGE}${keep}`;
    // It is asked again and again, in the name of nobody.
    const trace = unrecorded(parts.world.random);
    const outcome = await client.call<unknown>({ method: 'GET', path, headers, signal, trace });
    if (signal.aborted) return place;
    if (outcome.kind !== 'done') throw new Error(`the feed of ${service} cannot be read: ${outcome.reason}`);

    const page = FeedPage.parse(outcome.data);
    if (hasBegunAnew(position, feed, page)) {
      parts.log.info('a feed has begun anew and is read from its start', { of: service });
      return page.feed === null ? '' : placeOf('0', page.feed);
    }
    const told = toldOf(service, page.events);
    if (told.events.length > 0) await recordEach(told.events, 'consume', handle, parts);
    passOver(told.misfits, parts);
    caughtUp = page.events.length === 0;
    return page.feed === null ? place : placeOf(page.next, page.feed);
  };
}

/** A service that kept everything in memory has another feed once it was restarted; one whose past was put back ends earlier. */
const hasBegunAnew = (position: string, feed: string, page: FeedPage): boolean =>
  (feed !== '' && page.feed !== feed) || Number(page.next) < Number(position);

/** A place is a position in a feed: `57 order/1:1@1767225600000`. */
const placeOf = (position: string, feed: string): string => `${position} ${feed}`;

function partsOf(place: string): { position: string; feed: string } {
  const [position = '', feed = ''] = place.split(' ');
  return { position: position || 'kept', feed };
}
