import type { Change, Doc, Docs, Store } from '@oms/shared/store/store';
import type { Order } from '../domain/order.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import type { OrderDoc } from './order-book.ts';

/**
 * Versions from before orders in parts would treat such an order as a whole: ship, refund and release what was shipped, refunded
 * and released already. So it is stored with a saga that they show, and can neither finish nor replace: they refuse every
 * command, and leave the order as it is. Its own saga lies beside it.
 */
type ClosedOrder = Order & { sagaOfParts?: SagaProgress | undefined };

const SHUT = 'only a version that knows orders in parts can go on with this order';

function closed(doc: OrderDoc): OrderDoc {
  const { order } = doc;
  if (!order.parts) return doc;
  const { saga: sagaOfParts, updatedAt, version } = order;
  const saga: SagaProgress = {
    name: 'fulfil-order',
    phase: 'undoing',
    startedAt: sagaOfParts?.startedAt ?? updatedAt,
    startedBy: version,
    done: [],
    doubtful: [],
    interrupted: false,
    pivotPassed: true,
    toUndo: [SHUT],
    rounds: 0,
    failure: { code: 'ORDER_IN_PARTS', reason: SHUT },
  };
  const stored: ClosedOrder = { ...order, saga, sagaOfParts };
  return { ...doc, order: stored };
}

export function opened(doc: OrderDoc): OrderDoc {
  if (doc.order.saga?.toUndo[0] !== SHUT) return doc;
  const { sagaOfParts, saga, ...order } = doc.order as ClosedOrder;
  if (!sagaOfParts) return { ...doc, order };
  return { ...doc, order: { ...order, saga: saga?.interrupted ? resumed(sagaOfParts) : sagaOfParts } };
}

/** An older runner that took it up in vain has written that. */
const resumed = ({ nextAt: _over, ...saga }: SagaProgress): SagaProgress => ({ ...saga, interrupted: true });

/** The same store, in which orders in parts are closed to older versions. */
export function closedToOlder(store: Store<OrderDoc>): Store<OrderDoc> {
  const open = <T extends Doc<OrderDoc> | undefined>(doc: T): T => {
    // Beside the orders there are documents of other kinds.
    if (!doc?.data.order) return doc;
    const data = opened(doc.data);
    return data === doc.data ? doc : { ...doc, data };
  };
  const change =
    <R>(decide: (docs: Docs<OrderDoc>) => Change<OrderDoc, R>) =>
    (docs: Docs<OrderDoc>): Change<OrderDoc, R> => {
      const decided = decide({ get: (id) => open(docs.get(id)) });
      if (!decided.put?.some(({ data }) => data.order?.parts)) return decided;
      return { ...decided, put: decided.put.map((one) => (one.data.order ? { ...one, data: closed(one.data) } : one)) };
    };
  return {
    bookmarks: store.bookmarks,
    write: (ids, request, decide, trace) => store.write(ids, request, change(decide), trace),
    read: async (id) => open(await store.read(id)),
    async list(query) {
      const page = await store.list(query);
      return { ...page, items: page.items.map(open) };
    },
    count: (where) => store.count(where),
    due: (now, limit) => store.due(now, limit),
    events: (query) => store.events(query),
    lastPosition: () => store.lastPosition(),
    onEvents: (listener) => store.onEvents(listener),
    ...(store.beforeChanges ? { beforeChanges: store.beforeChanges.bind(store) } : {}),
    hasRoom: () => store.hasRoom(),
    ping: () => store.ping(),
    close: () => store.close(),
  };
}
