import { getEventFeed } from '../contracts/service.ts';
import { renderFeedEvent } from '../events/render.ts';
import { News } from '../store/news.ts';
import type { EventQuery, Store, StoredEvent } from '../store/store.ts';
import { reply } from './answer.ts';
import type { Handled, On, ServiceParts } from './app.ts';
import { waitOf, wishesOf } from './preference.ts';
import { endOf, streamEvents, wantsStream } from './sse.ts';

const LONGEST_WAIT_S = 30;

type Events = Pick<Store<unknown>, 'events' | 'lastPosition' | 'onEvents'>;

/** The feed of a service's events: page by page, waited for, or as a stream. */
export function defineEventFeed<D>(on: On, { store, lifecycle }: ServiceParts<D>): void {
  let feed: string | null = null;

  on(getEventFeed, async ({ query, headers, req, res }): Promise<Handled> => {
    const after = query.after === 'end' ? await store.lastPosition() : query.after;
    const idOf = (event: StoredEvent) => event.position;
    if (wantsStream(req)) {
      await streamEvents(req, res, { store, after, idOf, render: renderFeedEvent, ended: lifecycle.stopping });
      return undefined;
    }
    const wait = waitOf(wishesOf(headers.prefer), LONGEST_WAIT_S);
    if (wait !== undefined) res.setHeader('Preference-Applied', `wait=${wait}`);
    const end = endOf(res, lifecycle.stopping, (wait ?? 0) * 1000);
    const { events, next } = await look(store, { ...query, after }, end);
    feed ??= await feedId(store);
    return reply(200, { events: events.map(renderFeedEvent), next, feed });
  });
}

/** Differs once a service that keeps everything in memory has begun anew, even where its first event is the same. */
async function feedId(store: Events): Promise<string | null> {
  const [first] = await store.events({ limit: 1 });
  return first ? `${first.id}@${first.at}` : null;
}

/** The events there are, or the first that come before the signal aborts. */
async function look(store: Events, query: EventQuery & { after: string }, end: AbortSignal) {
  const news = new News(store);
  try {
    for (;;) {
      news.looking();
      const events = await store.events(query);
      const next = events.at(-1)?.position ?? query.after;
      if (events.length > 0) return { events, next };
      // A place beyond the end is one in a feed that is gone: its reader has to begin anew.
      if (Number(query.after) > Number(await store.lastPosition())) return { events, next: '0' };
      if (end.aborted) return { events, next };
      await news.wait(end);
    }
  } finally {
    news.close();
  }
}
