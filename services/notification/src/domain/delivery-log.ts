/** A page of the log of what was delivered to a webhook. When all pages are full, the oldest begins anew. */
export interface DeliveryLog {
  kind: 'webhook-log';
  webhookId: string;
  page: number;
  deliveries: readonly Delivery[];
}

export interface Delivery {
  /** The place of the event in the feed. */
  id: string;
  eventId: string;
  type: string;
  orderId: string;
  /** The last attempt: when it ended, how long it took, and what was answered. */
  at: number;
  durationMs: number;
  answer?: number | undefined;
  attempts: number;
}

const PAGES = 10;
const PER_PAGE = 100;

export const PAGE_NUMBERS = Array.from({ length: PAGES }, (_, page) => page);

/** The page for the next delivery, after so many. */
export const pageAfter = (logged: number): number => Math.floor(logged / PER_PAGE) % PAGES;

/** The pages that change with these deliveries, the last one last. `current` is on the page after `logged`. */
export function pagesWith(
  webhookId: string,
  logged: number,
  current: readonly Delivery[],
  fresh: readonly Delivery[],
): DeliveryLog[] {
  const pages: DeliveryLog[] = [];
  let rest = fresh;
  for (let count = logged; rest.length > 0; ) {
    const room = PER_PAGE - (count % PER_PAGE);
    const before = count % PER_PAGE === 0 || count > logged ? [] : current;
    const deliveries = [...before, ...rest.slice(0, room)];
    pages.push({ kind: 'webhook-log', webhookId, page: pageAfter(count), deliveries });
    count += Math.min(room, rest.length);
    rest = rest.slice(room);
  }
  return pages;
}
