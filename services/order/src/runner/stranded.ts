import { dueAt, type OrderBook, type OrderDoc } from '../book/order-book.ts';
import { LONGEST_PAUSE_MS } from './run.ts';

const PAGE = 200;

/**
 * A process whose clock is far ahead writes a time at which nobody would look after the order for hours. No lease and no
 * pause lasts nearly as long as this: a time that lies behind it is not believed.
 */
export const believableUntil = (now: number, leaseMs: number): number => now + 2 * Math.max(leaseMs, LONGEST_PAUSE_MS);

/** Only while a saga is under way: an order that is held for its confirmation may wait for long. */
export const isStranded = (doc: OrderDoc, now: number, latest: number): boolean =>
  doc.order.saga !== undefined && (dueAt(doc, now) ?? now) > latest;

/** The orders whose time would come far too late. */
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
