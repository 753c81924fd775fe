import { isDeepStrictEqual } from 'node:util';
import type { Store, StoredEvent } from '@oms/shared/store/store';
import type { OrderEvent } from '../domain/events.ts';
import { apply, type Order } from '../domain/order.ts';
import { type OrderDoc, putOf } from './order-book.ts';
import type { OrderCopies } from './order-copies.ts';

interface Rebuilt {
  orders: number;
  /** Orders whose stored state is not what their events say. */
  differing: string[];
  /** Those of them that still differ. */
  remaining: string[];
}

const PAGE = 200;

/** Rebuilds every order from its events, page by page, beside the traffic. With `correct` it puts right what differs. */
export async function rebuildOrders(
  store: Store<OrderDoc>,
  now: () => number,
  correct: boolean,
  copies?: Pick<OrderCopies, 'fence'>,
): Promise<Rebuilt> {
  const result: Rebuilt = { orders: 0, differing: [], remaining: [] };
  let after: string | undefined;
  do {
    const page = await store.list({ limit: PAGE, after });
    result.orders += page.items.length;
    await Promise.all(
      page.items.map(async ({ id, data }) => {
        const differs = !agree(data.order, await fromEvents(store, id)) && (await stillDiffers(store, id));
        if (!differs) return;
        result.differing.push(id);
        if (!correct || !(await putRight(store, id, now, copies))) result.remaining.push(id);
      }),
    );
    after = page.next ?? undefined;
  } while (after !== undefined);
  return { ...result, differing: result.differing.sort(), remaining: result.remaining.sort() };
}

interface History {
  length: number;
  /** Undefined when the events make no order. */
  order: Order | undefined;
}

async function fromEvents(store: Store<OrderDoc>, id: string): Promise<History> {
  let order: Order | undefined;
  let length = 0;
  let isBroken = false;
  for (let after: number | undefined = 0; after !== undefined; ) {
    const events: StoredEvent[] = await store.events({ stream: id, after: String(after), limit: PAGE });
    try {
      for (const event of events) order = apply(order, event as unknown as OrderEvent);
    } catch {
      isBroken = true;
    }
    length += events.length;
    after = events.length < PAGE ? undefined : events.at(-1)?.version;
  }
  return { length, order: isBroken ? undefined : order };
}

/** As it is stored: without fields that are undefined. */
const stored = (order: Order | undefined): unknown => order && JSON.parse(JSON.stringify(order));
const agree = (order: Order, history: History) => isDeepStrictEqual(stored(order), stored(history.order));

/** Compares again until no event came between: only then were order and events read at the same version. */
async function stillDiffers(store: Store<OrderDoc>, id: string): Promise<boolean> {
  for (let before = await fromEvents(store, id); ; ) {
    const doc = await store.read(id);
    const history = await fromEvents(store, id);
    if (history.length === before.length) return doc !== undefined && !agree(doc.data.order, history);
    before = history;
  }
}

/** Only if all events are there. A document that has more than its events tell is left as it is. */
async function putRight(
  store: Store<OrderDoc>,
  id: string,
  now: () => number,
  copies: Pick<OrderCopies, 'fence'> | undefined,
): Promise<boolean> {
  for (let before: History | undefined; ; ) {
    const history = await fromEvents(store, id);
    const { length, order } = history;
    if (!order || length === before?.length) return false;
    // A correction makes no new version, so that a copy of this one may be wrong.
    await copies?.fence(new Map([[id, length + 1]]));
    const { result: done } = await store.write([id], undefined, (docs) => {
      const doc = docs.get(id);
      if (doc?.version !== length) return { result: false };
      return { put: [putOf({ ...doc.data, order }, now())], result: true };
    });
    if (done) return true;
    before = history;
  }
}
