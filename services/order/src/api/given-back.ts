import type { Caller } from '@oms/shared/contracts/caller';
import { listRefunds, listReturns } from '@oms/shared/contracts/order-endpoints';
import type { On } from '@oms/shared/http/route';
import { toAmount } from '@oms/shared/money';
import type { StoredEvent } from '@oms/shared/store/store';
import type { LaterEvent, OrderEvent } from '../domain/events.ts';
import { linesOf } from '../domain/lines.ts';
import type { Order } from '../domain/order.ts';
import { partsOf } from '../domain/parts.ts';
import { mine } from './access.ts';
import type { OrderParts } from './parts.ts';
import { byFor } from './staff.ts';

const PAGE = 200;

type GivenBack = Extract<LaterEvent, { type: 'order.refunded' | 'order.lines-returned' | 'order.lines-cancelled' }>;
const KINDS = {
  'order.refunded': 'refund',
  'order.lines-returned': 'return',
  'order.lines-cancelled': 'cancellation',
} as const satisfies Record<GivenBack['type'], string>;

/** What was given back of an order: the goods, and the money. */
export function defineGivenBack(on: On, { store, book }: Pick<OrderParts, 'store' | 'book'>): void {
  on(listRefunds, async (input, reply) => {
    const order = mine((await book.read(input.params.id))?.order, input);
    const events = (await givenBack(order)).filter(({ data }) => data.amountCents > 0);
    const items = events.map((event) => ({ ...render(event, input.caller), kind: KINDS[event.type] }));
    return reply(200, { orderId: order.id, items, refunded: toAmount(partsOf(order).refundedCents, order.decimals) });
  });

  on(listReturns, async (input, reply) => {
    const order = mine((await book.read(input.params.id))?.order, input);
    const items = (await givenBack(order)).flatMap((event) =>
      event.type === 'order.lines-returned'
        ? [{ ...render(event, input.caller), restocked: event.data.restocked }]
        : [],
    );
    return reply(200, { orderId: order.id, items });
  });

  async function givenBack(order: Order): Promise<GivenBack[]> {
    const { id, version } = order;
    const found: StoredEvent[] = [];
    for (let after = 0; after < version; after += PAGE) {
      const page = await store.events({ stream: id, after: String(after), limit: PAGE });
      found.push(...page);
    }
    return (found as unknown as OrderEvent[]).flatMap((event) => givenBackBy(event, order));
  }
}

/** A return of the whole order has no event of its own. */
function givenBackBy(
  event: OrderEvent,
  { id: orderId, items, parts, totalCents, currency, decimals }: Order,
): GivenBack[] {
  if (Object.hasOwn(KINDS, event.type)) return [event as GivenBack];
  if (event.type !== 'order.status-changed' || event.data.newStatus !== 'RETURNED' || parts) return [];
  const all = linesOf(items, undefined).map(({ lineId, productId, quantity }) => ({ lineId, productId, quantity }));
  const { at, traceId, data } = event;
  const whole = { orderId, number: 1, items: all, amountCents: totalCents, currency, decimals, reason: data.reason };
  return [{ type: 'order.lines-returned', at, traceId, data: { ...whole, restocked: true } }];
}

function render(
  { at, data: { number, reason, by, items, amountCents, currency, decimals } }: GivenBack,
  caller: Caller,
) {
  const amount = toAmount(amountCents, decimals);
  return { number, at: new Date(at).toISOString(), by: byFor(caller, by), reason, items: [...items], amount, currency };
}
