import { getOrderEvents } from '@oms/shared/contracts/order-endpoints';
import { renderEvent } from '@oms/shared/events/render';
import { linkTo } from '@oms/shared/http/paging';
import type { Handled, On } from '@oms/shared/http/route';
import { wantsStream } from '@oms/shared/http/sse';
import type { StoredEvent } from '@oms/shared/store/store';
import { isFinal } from '../domain/rules.ts';
import { mine } from './access.ts';
import type { OrderParts } from './parts.ts';
import { dataFor } from './staff.ts';
import { timeline } from './timeline.ts';

const USUAL_PAGE = 50;
const PAGE_TO_READ = 200;

/** The events of an order: page by page, as a stream, or as a timeline for people. */
export function defineHistory(on: On, { store, book }: Pick<OrderParts, 'store' | 'book'>): void {
  on(getOrderEvents, async (input, reply): Promise<Handled> => {
    const { params, query, streams, caller, req, res } = input;
    const render = (event: StoredEvent) => renderEvent({ ...event, data: dataFor(caller, event.data) });
    const { id } = params;
    const order = mine((await book.read(id))?.order, input);
    const after = String(query.after);
    if (wantsStream(req)) {
      const idOf = ({ version }: StoredEvent) => String(version);
      await streams.stream(req, res, { stream: id, after, idOf, render, lastEver: () => lastEver(id) });
      return undefined;
    }
    const forPeople = req.accepts(['application/json', 'text/plain']) === 'text/plain';
    const limit = query.limit ?? (forPeople ? PAGE_TO_READ : USUAL_PAGE);
    const found = await store.events({ stream: id, after, limit: limit + 1 });
    const events = found.slice(0, limit);
    const next = found.length > limit ? (events.at(-1)?.version ?? null) : null;
    const link = linkTo(req, 'after', next);
    if (!forPeople) return reply(200, { orderId: id, events: events.map(render), next }, link);
    const headersOfText = { 'Content-Type': 'text/plain; charset=utf-8', ...link };
    return { status: 200, headers: headersOfText, body: timeline(order, events, next) };
  });

  /** An order has as many events as its version says. */
  async function lastEver(id: string): Promise<string | undefined> {
    const order = (await book.read(id))?.order;
    return order && isFinal(order) ? String(order.version) : undefined;
  }
}
