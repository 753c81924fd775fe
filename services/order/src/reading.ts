import * as contract from '@oms/shared/contracts/order-endpoints';
import { renderEvent } from '@oms/shared/events/render';
import { reply } from '@oms/shared/http/answer';
import type { Handled, On } from '@oms/shared/http/app';
import { after, pageReply } from '@oms/shared/http/paging';
import { streamEvents, wantsStream } from '@oms/shared/http/sse';
import type { Page, StoredEvent } from '@oms/shared/store/store';
import { firstIdAt } from '@oms/shared/world';
import { orderAnswer, render } from './answers.ts';
import { rebuild } from './order.ts';
import { notFound, type OrderDoc } from './order-book.ts';
import type { OrderEvent } from './order-events.ts';
import type { OrderParts } from './order-parts.ts';
import { owned, ownerOf } from './ownership.ts';
import { timeline } from './timeline.ts';

/** No order has more events than are read in one piece. */
const ALL_EVENTS = 100_000;
const NOTHING: Page<OrderDoc> = { items: [], next: null };

export function defineReading(
  on: On,
  { store, book, lifecycle }: Pick<OrderParts, 'store' | 'book' | 'lifecycle'>,
): void {
  const eventsOf = (stream: string) => store.events({ stream, limit: ALL_EVENTS });

  on(contract.listOrders, async ({ query, caller, req }) => {
    const { status, from, to, limit } = query;
    const owner = ownerOf(caller);
    const customerId = query.customerId ?? owner;
    if (owner !== undefined && customerId !== owner) return pageReply(req, NOTHING, ({ order }) => render(order));
    const where = { ...(status ? { status } : {}), ...(customerId ? { customerId } : {}) };
    const range = { from: from && firstIdAt(Date.parse(from)), to: to && firstIdAt(Date.parse(to)) };
    const found = await store.list({ where, ...range, newestFirst: true, limit, after: after(query) });
    return pageReply(req, found, ({ order }) => render(order));
  });

  on(contract.getOrder, async ({ params: { id }, query: { version, at }, caller, res }) => {
    res.locals.orderId = id;
    const owner = ownerOf(caller);
    if (version === undefined && at === undefined) return orderAnswer(owned((await book.read(id))?.order, id, owner));
    const until = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
    const last = version ?? Number.POSITIVE_INFINITY;
    const events = await eventsOf(id);
    const then = rebuild(
      events.filter((event) => event.version <= last && event.at <= until) as unknown as OrderEvent[],
    );
    if (!then || (version !== undefined && then.version < Math.min(version, events.length + 1))) return notFound(id);
    return orderAnswer(owned(then, id, owner));
  });

  on(contract.getOrderEvents, async ({ params: { id }, caller, req, res }): Promise<Handled> => {
    res.locals.orderId = id;
    owned((await book.read(id))?.order, id, ownerOf(caller));
    if (wantsStream(req)) {
      const idOf = (event: StoredEvent) => String(event.version);
      await streamEvents(req, res, {
        store,
        stream: id,
        after: '0',
        idOf,
        render: renderEvent,
        ended: lifecycle.stopping,
      });
      return undefined;
    }
    const events = await eventsOf(id);
    if (req.accepts(['application/json', 'text/plain']) === 'text/plain') {
      return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: timeline(id, events) };
    }
    return reply(200, { orderId: id, events: events.map(renderEvent) });
  });
}
