import { dueAt, type OrderBook, type OrderDoc } from '../book/order-book.ts';
import { LONGEST_PAUSE_MS } from './run.ts';

const PAGE = 200;

/**
 * Whoever writes with a clock that is ahead keeps an order for as long as that: nobody else looks after it before its time
 * has come. Neither a lease nor a pause lasts nearly as long as this, so one that ends later is not believed.
 */
export const believableUntil = (now: number, leaseMs: number): number => now + 2 * Math.max(leaseMs, LONGEST_PAUSE_MS);

/** Holds for confirmation and deadlines may be long: only what a saga is at is meant. */
export const isStranded = (doc: OrderDoc, now: number, latest: number): boolean =>
  doc.order.saga !== undefined && (dueAt(doc, now) ?? now) > latest;

/** The orders that nobody would look after in time. */
export async function stranded({ store }: OrderBook, now: number, latest: number): Promise<string[]> {
  const ids: string[] = [];
  let after: string | undefined;
  do {
    const page = await store.list({ where: { unfinished: 'yes' }, limit: PAGE, after });
    ids.push(...page.items.filter(({ data }) => isStranded(data, now, latest)).map(({ id }) => id));
    after = page.next ?? undefined;
  } while (after !== undefined);
  return ids;
}
