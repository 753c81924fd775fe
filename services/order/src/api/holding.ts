import { ASIDE, type Docs, type Put, type Store } from '@oms/shared/store/store';
import type { OrderDoc } from '../book/order-book.ts';
import type { Failure } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';

/** How many units one customer holds without having confirmed them: a document per customer, besides the orders. */
interface Holding {
  /** Units by order; some of the orders may hold nothing any more. */
  units: Readonly<Record<string, number>>;
}

/** With more orders than this, those that hold nothing any more are removed even if there is room. */
const MANY = 50;
const AT_ONCE = 50;

const holdingOf = (customerId: string): string => `${ASIDE}held/${customerId}`;
const sumOf = ({ units }: Holding): number => Object.values(units).reduce((sum, one) => sum + one, 0);

/** Once an order has another status, it never holds again. */
const holds = ({ status }: Pick<Order, 'status'>): boolean =>
  status === 'PENDING' || status === 'AWAITING_CONFIRMATION';

/** Adds an order to what its customer holds, or refuses it. */
export interface Claim {
  readonly id: string;
  decide(docs: Docs<OrderDoc>, orderId: string): { put: Put<OrderDoc> } | { failure: Failure };
}

/** Before an order is placed: finds the orders of its customer that hold nothing any more. */
export async function claim(
  store: Pick<Store<OrderDoc>, 'read'>,
  customerId: string,
  units: number,
  most: number,
): Promise<Claim> {
  const id = holdingOf(customerId);
  const isOver = (holding: Holding) => sumOf(holding) + units > most || Object.keys(holding.units).length > MANY;
  const ended = new Set<string>();
  const known = holdingIn(await store.read(id));
  const orderIds = Object.keys(known.units).sort();
  for (let from = 0; from < orderIds.length && isOver(without(known, ended)); from += AT_ONCE) {
    const some = orderIds.slice(from, from + AT_ONCE);
    const docs = await Promise.all(some.map((orderId) => store.read(orderId)));
    for (const [i, doc] of docs.entries()) if (!doc || !holds(doc.data.order)) ended.add(some[i] as string);
  }
  return {
    id,
    decide(docs, orderId) {
      const live = without(holdingIn(docs.get(id)), ended);
      const held = sumOf(live);
      if (held + units > most) return { failure: tooMany(held, units, most) };
      const data: Holding = { units: { ...live.units, [orderId]: units } };
      return { put: { id, data: data as unknown as OrderDoc } };
    },
  };
}

const holdingIn = (doc: { data: unknown } | undefined): Holding => (doc?.data as Holding | undefined) ?? { units: {} };

const without = ({ units }: Holding, ended: ReadonlySet<string>): Holding => ({
  units: Object.fromEntries(Object.entries(units).filter(([orderId]) => !ended.has(orderId))),
});

function tooMany(held: number, units: number, most: number): Failure {
  const reason = `You hold ${held} of at most ${most} units without having confirmed them; ${units} more are too many.`;
  return { code: 'TOO_MANY_UNCONFIRMED', reason, details: { held, most } };
}
