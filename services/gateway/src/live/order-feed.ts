import { FeedPage } from '@oms/shared/contracts/events';
import type { Upstream } from '../upstreams.ts';
import { askInside, type InsideParts } from './inside-call.ts';

/** How long the order service is asked to wait for the next event. */
const WAIT_S = 20;
const PATIENCE_MS = 25_000;
const PAGE = 200;
/** Under load, pages of some events instead of a request for each. */
const GATHER_MS = 100;
const AFTER_FAILURE_MS = 1_000;

export interface FeedParts extends InsideParts {
  orders: Upstream;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** Sends one message of the stream; resolves when there is room for the next. */
export type Tell = (text: string) => Promise<void>;

/** A position, and the feed it is one in: a service that kept everything in memory has another feed once it was restarted. */
interface Place {
  position: string;
  feed: string | undefined;
}

/** Tells every event of every order, from a place on or from now on, until the signal aborts. */
export async function followOrders(
  parts: FeedParts,
  lastId: string | undefined,
  tell: Tell,
  signal: AbortSignal,
): Promise<void> {
  let place = placeIn(lastId);
  let beginning = 'place';
  let caughtUp = true;
  while (!signal.aborted) {
    const page: FeedPage | undefined = await ask(parts, place, caughtUp, signal).catch(() => undefined);
    if (!page) {
      await parts.pause(AFTER_FAILURE_MS, signal);
      continue;
    }
    if (place && hasBegunAnew(place, page)) {
      // Told together with the place to go on from, so that whatever is looked up then misses nothing.
      beginning = 'anew';
      place = undefined;
      continue;
    }
    const feed = page.feed ?? undefined;
    const isNew = !place;
    place = { position: page.next, feed };
    if (isNew) await tell(message(beginning, {}, place));
    if (isNew || page.events.length === 0) continue;
    await tell(page.events.map((event) => message('order', event, { position: event.position, feed })).join(''));
    caughtUp = page.events.length < PAGE;
    if (caughtUp) await parts.pause(GATHER_MS, signal);
  }
}

async function ask(parts: FeedParts, place: Place | undefined, wait: boolean, signal: AbortSignal): Promise<FeedPage> {
  const { addresses } = parts.orders;
  const origin = addresses.take();
  if (!origin) throw new Error('the order service has no address');
  const headers: Record<string, string> = wait && place ? { Prefer: `wait=${WAIT_S}` } : {};
  const path = `/events?after=${place?.position ?? 'end'}&limit=${PAGE}`;
  try {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]);
    const { status, body } = await askInside(parts, origin, path, within, headers);
    if (status !== 200) throw new Error(`answered ${status}`);
    return FeedPage.parse(JSON.parse(body));
  } catch (error) {
    if (!signal.aborted) addresses.failed(origin);
    throw error;
  } finally {
    addresses.release(origin);
  }
}

const hasBegunAnew = (place: Place, page: FeedPage): boolean =>
  (place.feed !== undefined && (page.feed ?? undefined) !== place.feed) || Number(page.next) < Number(place.position);

function placeIn(lastId: string | undefined): Place | undefined {
  const [position = '', feed] = (lastId ?? '').split(' ');
  return /^\d{1,15}$/.test(position) ? { position, feed } : undefined;
}

function message(event: string, data: unknown, { position, feed }: Place): string {
  const id = feed === undefined ? position : `${position} ${feed}`;
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
