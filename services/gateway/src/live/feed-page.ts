import { FeedPage } from '@oms/shared/contracts/events';
import type { Upstream } from '../upstreams.ts';
import { askInside, type InsideParts } from './inside-call.ts';

/** How long the order service waits for the next event before it answers. */
const WAIT_S = 20;
const PATIENCE_MS = 25_000;
export const PAGE = 200;

export interface FeedParts extends InsideParts {
  orders: Upstream;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** A position and its feed: a service without a database has another feed after a restart. */
export interface Place {
  position: string;
  feed: string | undefined;
}

/** A page of the order service's feed after a place; or the place of its end. */
export async function askFeed(
  parts: FeedParts,
  place: Place | undefined,
  wait: boolean,
  signal: AbortSignal,
): Promise<FeedPage> {
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

export const hasBegunAnew = (place: Place, page: FeedPage): boolean =>
  (place.feed !== undefined && (page.feed ?? undefined) !== place.feed) || Number(page.next) < Number(place.position);
