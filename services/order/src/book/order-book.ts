import { Refusal } from '@oms/shared/errors';
import { carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import * as aggregate from '@oms/shared/store/aggregate';
import type { Answer, Change, Docs, Put, Store, Written } from '@oms/shared/store/store';
import type { World } from '@oms/shared/world';
import type { Decided, OrderEvent, SagaName } from '../domain/events.ts';
import { apply, type Order } from '../domain/order.ts';
import type { OrderCopies } from './order-copies.ts';

/** An order as it is stored, with what is not part of its history: who works on it, and which request waits for it. */
export interface OrderDoc {
  order: Order;
  lease?: Lease | undefined;
  /** The request that the unfinished saga will answer. */
  asked?: WaitingRequest | undefined;
}

/** The runner that holds the token may write, until the time is over or another runner takes the lease. */
export interface Lease {
  token: string;
  until: number;
}

export interface WaitingRequest {
  saga: SagaName;
  key?: string | undefined;
  instance: string;
  traceId: string;
}

/** The request that a decision is made for; or only its trace, where the runner decides. */
export type By = WriteRequest | (Omit<aggregate.By, 'request'> & { instance?: undefined });

/** What was decided about an order. `lease` and `asked` stay as they are unless given; `null` ends them. */
export interface Decision<R = undefined> extends Pick<Change<OrderDoc, R>, 'pending' | 'result'> {
  events?: readonly Decided[];
  /** The order with these events, from a decider that has applied them already. */
  order?: Order | undefined;
  /** What the request is answered; a function makes it from the changed order. After a 5xx the same key may try again. */
  answer?: Answer | ((changed: Order) => Answer);
  /** Answers an earlier request. After a 5xx that one may try again, too: its key is forgotten. */
  settle?: { key: string; answer: (changed: Order) => Answer } | undefined;
  lease?: Lease | null;
  asked?: WaitingRequest | null;
  /** A change of the document that `besideId` names, written together with the order. */
  beside?: Put<OrderDoc> | undefined;
}

/** All orders of the service. Every decision about one is written here, and nowhere else. */
export class OrderBook {
  constructor(
    readonly store: Store<OrderDoc>,
    readonly world: Pick<World, 'now'>,
    private readonly metrics: { happened(events: readonly OrderEvent[], order: Order | undefined): void },
    private readonly copies?: Pick<OrderCopies, 'look'>,
  ) {}

  async read(id: string): Promise<OrderDoc | undefined> {
    return (await this.store.read(id))?.data;
  }

  /** For somebody who only wants to see the order, a copy is enough. Whoever decides about it reads it. */
  async look(id: string, wantsCopy: boolean): Promise<Order | undefined> {
    const read = async () => (await this.read(id))?.order;
    return this.copies ? this.copies.look(id, wantsCopy, read) : read();
  }

  async existing(id: string): Promise<OrderDoc> {
    return (await this.read(id)) ?? notFound(id);
  }

  /**
   * `decide` may be called again if another write was quicker. `besideId` names another document that it looks at. A refusal
   * is the answer to the request, and remembered for its key.
   */
  async decide<R = undefined>(
    by: By,
    id: string,
    decide: (doc: OrderDoc | undefined, now: number, docs: Docs<OrderDoc>) => Decision<R>,
    besideId?: string,
  ): Promise<Written<R> & { doc?: OrderDoc | undefined }> {
    let written: { doc?: OrderDoc | undefined; events: readonly OrderEvent[] } = { events: [] };
    const change = (docs: Docs<OrderDoc>, now: number): aggregate.Decision<OrderDoc, R> => {
      written = { events: [] };
      const before = docs.get(id)?.data;
      const decision = decide(before, now, docs);
      const { events: decided = [], lease, asked, answer, settle, pending, result, beside } = decision;
      const events = decided.map(({ type, data, at = now }) => {
        return { stream: id, type, data, at, traceId: by.traceId } as OrderEvent & { stream: string };
      });
      const order = decision.order ?? events.reduce<Order | undefined>(apply, before?.order);
      const answered = typeof answer === 'function' ? memorable(answer(order as Order)) : answer;
      const settled = settle && { key: settle.key, answer: memorable(settle.answer(order as Order)) };
      const rest = { pending, result, answer: answered, settle: settled };
      if (!order || (decided.length === 0 && lease === undefined && asked === undefined)) return rest;
      const doc = { order, lease: kept(lease, before?.lease), asked: kept(asked, before?.asked) };
      written = { doc, events };
      const put = putOf(doc, now);
      return Object.assign(rest, { put: beside ? [put, beside] : [put], events });
    };
    const ids = besideId === undefined ? [id] : [id, besideId];
    const outcome =
      by.instance === undefined
        ? await aggregate.decide<OrderDoc, R>(this, ids, by, change)
        : await carryOut<OrderDoc, R>(this, ids, by, change);
    if (!outcome.replayed) this.metrics.happened(written.events, written.doc?.order);
    return { doc: written.doc, ...outcome };
  }
}

/** The end of a saga, whoever brings it about, answers the request that waits for it. */
export const answerWaiting = (
  { asked }: OrderDoc,
  answerOf: (order: Order, request: WaitingRequest) => Answer,
): Pick<Decision, 'settle' | 'asked'> => ({
  settle: asked?.key === undefined ? undefined : { key: asked.key, answer: (order) => answerOf(order, asked) },
  asked: null,
});

const memorable = (answer: Answer): Answer | undefined => (answer.status < 500 ? answer : undefined);

const kept = <T>(given: T | null | undefined, before: T | undefined): T | undefined =>
  given === undefined ? before : (given ?? undefined);

export function putOf(doc: OrderDoc, now: number): Put<OrderDoc> {
  const { order } = doc;
  const { id, status, customer, saga, needsAttention } = order;
  const tags: Record<string, string> = saga
    ? { status, customerId: customer.id, unfinished: 'yes', saga: needsAttention ? 'stuck' : 'running' }
    : { status, customerId: customer.id };
  if (needsAttention) tags.attention = 'yes';
  return { id, data: doc, tags, dueAt: dueAt(doc, now) };
}

/** When the runner has to look after the order; undefined: never. */
export function dueAt({ order, lease }: OrderDoc, now: number): number | undefined {
  if (lease) return lease.until;
  return order.saga ? (order.saga.nextAt ?? now) : order.holdUntil;
}

export function notFound(id: string): never {
  throw new Refusal(404, 'ORDER_NOT_FOUND', `There is no order ${id}.`);
}
