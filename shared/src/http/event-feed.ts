import type { Caller } from '../contracts/caller.ts';
import { getEventFeed } from '../contracts/service.ts';
import { Refusal } from '../errors.ts';
import { renderFeedEvent } from '../events/render.ts';
import type { ServiceParts } from '../service/parts.ts';
import type { Store, StoredEvent } from '../store/store.ts';
import { preferencesIn, waitOf } from './preference.ts';
import type { Handled, On } from './route.ts';
import { wantsStream } from './sse.ts';

const LONGEST_WAIT_S = 30;

type Feed = Pick<Store<unknown>, 'events' | 'lastPosition' | 'bookmarks'>;

/** The event feed of a service: page by page, with waiting for the next event, or as a stream. */
export function defineEventFeed<D>(on: On, { store }: ServiceParts<D>): void {
  let feed: string | null = null;

  on(getEventFeed, async ({ query, headers, caller, streams, req, res }, reply): Promise<Handled> => {
    const after = await positionOf(query.after, store, caller);
    feed ??= await feedId(store);
    if (query.keep !== undefined) await keep(after, query.keep === feed, store, caller);
    if (wantsStream(req)) {
      const idOf = (event: StoredEvent) => event.position;
      await streams.stream(req, res, { after, idOf, render: renderFeedEvent });
      return undefined;
    }
    const wait = waitOf(preferencesIn(headers.prefer), LONGEST_WAIT_S);
    if (wait !== undefined) res.setHeader('Preference-Applied', `wait=${wait}`);
    const place = { after, limit: query.limit };
    const { events, next } = wait ? await streams.wait(req, res, place, wait * 1000) : await page(store, place);
    feed ??= await feedId(store);
    return reply(200, { events: events.map(renderFeedEvent), next, feed });
  });
}

async function positionOf(after: string, store: Feed, caller: Caller): Promise<string> {
  if (after === 'end') return store.lastPosition();
  if (after === 'kept') return (await store.bookmarks.look(readerOf(caller))) || '0';
  return after;
}

/** The place is stored with the events and lost with them. A place in another feed is not kept. */
async function keep(after: string, isOfThisFeed: boolean, { bookmarks }: Feed, caller: Caller): Promise<void> {
  const reader = readerOf(caller);
  if (!isOfThisFeed) return;
  await bookmarks.take(reader, reader, 0, 0);
  await bookmarks.move(reader, reader, after, 0);
}

function readerOf(caller: Caller): string {
  if (caller.kind === 'service') return `reader:${caller.name}`;
  throw new Refusal(403, 'FORBIDDEN', 'Only a service can store its place in a feed.');
}

/** A place beyond the end belongs to an earlier feed: its reader has to start again. */
async function page(store: Feed, { after, limit }: { after: string; limit: number }) {
  const events = await store.events({ after, limit });
  const [last] = events.slice(-1);
  if (last) return { events, next: last.position };
  return { events, next: Number(after) > Number(await store.lastPosition()) ? '0' : after };
}

/** Changes when a service without a database restarts, even if its first event is the same. */
async function feedId(store: Feed): Promise<string | null> {
  const [first] = await store.events({ limit: 1 });
  return first ? `${first.id}@${first.at}` : null;
}
