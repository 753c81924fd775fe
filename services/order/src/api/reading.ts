import * as contract from '@oms/shared/contracts/order-endpoints';
import { getShipment } from '@oms/shared/contracts/shipping';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { after } from '@oms/shared/http/paging';
import { countedAs } from '@oms/shared/http/per-caller';
import type { On } from '@oms/shared/http/route';
import type { Page } from '@oms/shared/store/store';
import { firstIdAt } from '@oms/shared/world';
import { notFound, type OrderDoc } from '../book/order-book.ts';
import { PastOrders } from '../book/past-orders.ts';
import { mine, ownerOf } from './access.ts';
import type { OrderParts } from './parts.ts';

const NOTHING: Page<OrderDoc> = { items: [], next: null };

const tagsOf = (tags: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(tags).filter((tag): tag is [string, string] => tag[1] !== undefined));

export function defineReading(on: On, { store, book, answers, clients }: OrderParts): void {
  const past = new PastOrders(store);

  on(contract.listOrders, async ({ query, caller, req }, reply) => {
    const { status, needsAttention, from, to, limit } = query;
    const owner = ownerOf(caller);
    const customerId = query.customerId ?? owner;
    if (owner !== undefined && customerId !== owner)
      return reply.page(req, NOTHING, ({ order }) => answers.render(order));
    const attention = needsAttention && 'yes';
    const where = tagsOf({ status, customerId, attention });
    const range = { from: from && firstIdAt(Date.parse(from)), to: to && firstIdAt(Date.parse(to)) };
    const found = await store.list({ where, ...range, newestFirst: true, limit, after: after(query) });
    return reply.page(req, found, ({ order }) => answers.render(order));
  });

  on(contract.getOrder, async (input) => {
    const { params, query, req } = input;
    const { id } = params;
    const { version, at } = query;
    if (version === undefined && at === undefined) {
      const wantsCopy = !/\bno-cache\b/i.test(req.headers['cache-control'] ?? '');
      return answers.order(mine(await book.look(id, wantsCopy), input));
    }
    const order = mine((await book.read(id))?.order, input);
    if (version !== undefined && version > order.version) return notFound(id);
    const until = at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
    const last = version ?? order.version;
    const then = await past.rebuilt(countedAs(req), order, (event) => event.version <= last && event.at <= until);
    return answers.order(then ?? notFound(id));
  });

  on(contract.trackOrder, async (input, reply) => {
    const { id } = input.params;
    const order = mine((await book.read(id))?.order, input);
    if (!order.shipment)
      throw new Refusal(409, 'NOT_SHIPPED', `Order ${id} is ${order.status} and has no shipment yet.`);
    const params = { id: order.shipment.id };
    const outcome = await clients.shipping.ask(getShipment, { params, trace: input.trace });
    if (outcome.kind === 'done') return reply(200, answers.shipment(outcome.data));
    throw new Unavailable('SHIPPING_UNAVAILABLE', 'The shipment cannot be looked up at the moment.');
  });
}
