import type { What } from '../told.ts';
import type { Evidence, Violation } from './violation.ts';

const SENT = ['PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'PARTIALLY_RETURNED', 'RETURNED'];
const LATER: Record<string, readonly string[]> = {
  placed: ['AWAITING_CONFIRMATION', 'CONFIRMED', ...SENT, 'CANCELLED'],
  sent: SENT,
};

/** The statuses that an order may have after this answer. */
const PROMISED: Partial<Record<What, Record<number, readonly string[]>>> = {
  place: {
    201: LATER.placed as string[],
    202: [...(LATER.placed as string[]), 'REJECTED'],
    402: ['REJECTED'],
    409: ['REJECTED', 'CANCELLED'],
  },
  confirm: { 200: LATER.placed as string[] },
  fulfil: { 200: LATER.sent as string[] },
  deliver: { 200: ['DELIVERED', 'PARTIALLY_RETURNED', 'RETURNED'] },
  cancel: { 200: ['CANCELLED'], 202: ['CANCELLED'] },
  return: { 200: ['PARTIALLY_RETURNED', 'RETURNED'] },
  'cancel items': { 200: ['AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING', 'CANCELLED', ...SENT] },
  refund: { 200: SENT },
};

/** Answers stay true, and the same key gets the same answer. */
export function* answers({ told, records }: Pick<Evidence, 'told' | 'records'>): Iterable<Violation> {
  for (const { key, detail } of told.outrages) yield { rule: 'answer', id: key, detail };
  for (const { wish, answers: heard } of told.stories.values()) {
    const id = wish.key;
    if (heard.length === 0) yield { rule: 'answered', id, detail: `${wish.what} was never answered` };
    if (heard.length > 1) {
      yield {
        rule: 'one key, one answer',
        id,
        detail: heard.map(({ status, body }) => `${status} ${body}`).join(' | '),
      };
    }
    for (const { status, body } of heard) {
      const { id: known, orderId } = JSON.parse(body) as { id?: string; orderId?: string };
      if (wish.what === 'supply' || wish.what === 'travel') continue;
      const about = (status < 300 ? known : orderId) ?? wish.path.split('/')[2];
      const order = about === undefined ? undefined : records.orders.get(about)?.data.order;
      if (!order) {
        yield { rule: 'kept', id, detail: `${status} for order ${about}, which does not exist` };
        continue;
      }
      const promised = PROMISED[wish.what]?.[status];
      if (promised && !promised.includes(order.status)) {
        yield {
          rule: 'kept',
          id,
          detail: `${wish.what} was answered ${status}, but order ${about} is ${order.status}`,
        };
      }
    }
  }
}

/** Idempotency: a request to place an order leaves at most one live order, the one in its answer. */
export function* oneEffect({ told, records }: Pick<Evidence, 'told' | 'records'>): Iterable<Violation> {
  const placed = new Map<string, string[]>();
  for (const { data } of records.orders.values()) {
    const { id, status, customer } = data.order;
    if (status !== 'REJECTED') placed.set(customer.id, [...(placed.get(customer.id) ?? []), id]);
  }
  for (const { wish, answers: heard } of told.stories.values()) {
    if (wish.what !== 'place') continue;
    const alive = placed.get((wish.body as { customerId: string }).customerId) ?? [];
    if (alive.length > 1) yield { rule: 'one key, one effect', id: wish.key, detail: `orders ${alive.join(', ')}` };
    const answered = heard.flatMap(({ status, body }) =>
      status === 201 ? (JSON.parse(body) as { id: string }).id : [],
    );
    if (answered.some((id) => !alive.includes(id))) {
      yield { rule: 'one key, one effect', id: wish.key, detail: `answered ${answered}, alive ${alive}` };
    }
  }
}
