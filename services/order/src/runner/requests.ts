import type { WriteRequest } from '@oms/shared/http/idempotent';
import { problem } from '@oms/shared/http/problem';
import type { Handled } from '@oms/shared/http/route';
import type { Answer, Docs } from '@oms/shared/store/store';
import type { Answers } from '../api/answers.ts';
import { answerWaiting, type Decision, type OrderDoc, type WaitingRequest } from '../book/order-book.ts';
import { startsSaga } from '../domain/commands.ts';
import type { Decided, SagaName } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import type { Dispatcher } from './dispatcher.ts';
import { isRunning, Waiting, type WaitingParts } from './waiting.ts';

interface Parts extends WaitingParts {
  dispatcher: Dispatcher;
  answers: Answers;
}

/**
 * What is decided for a request: events that start a saga, or end the order as it begins; or at once an answer; or that it
 * joins the saga that does the same already.
 */
export type Start = { events: readonly Decided[]; beside?: Decision['beside'] } | { answer: Answer } | 'join';

/** Requests that the end of a saga answers; or, if that takes long, "accepted". */
export class SagaRequests {
  readonly #waiting: Waiting;

  constructor(private readonly parts: Parts) {
    this.#waiting = new Waiting(parts);
  }

  async start(
    input: WriteRequest,
    orderId: string,
    saga: SagaName,
    waitMs: number,
    decide: (order: Order | undefined, now: number, docs: Docs<OrderDoc>) => Start,
    besideId?: string,
  ): Promise<Handled> {
    const { book, dispatcher, answers } = this.parts;
    const request: WaitingRequest = { saga, key: input.request?.key, instance: input.instance, traceId: input.traceId };
    const ended = (order: Order) => answers.settled(order, request);
    const begin: Parameters<typeof book.decide<'join' | 'begun' | 'over'>>[2] = (doc, now, docs) => {
      const start = decide(doc?.order, now, docs);
      if (start === 'join') return { result: 'join' };
      if ('answer' in start) return start;
      const { events, beside } = start;
      if (!startsSaga(events)) return { events, answer: ended, result: 'over' };
      const { settle } = answerReplaced(doc, answers);
      const pending = input.request && orderId;
      return { events, beside, settle, pending, lease: dispatcher.lease(now), asked: request, result: 'begun' };
    };
    const begun = await book.decide(input, orderId, begin, besideId);
    if (begun.result === 'begun') return this.#run(input, begun.doc as OrderDoc, request, waitMs);
    if (begun.result === 'over') return ended((begun.doc as OrderDoc).order);
    if (begun.result === 'join') return this.#join(input, orderId, waitMs);
    if (begun.answer) return { ...begun.answer, replayed: begun.replayed };
    return this.#again(input, begun.pending as string, request, waitMs);
  }

  /** Runs the saga here. */
  async #run(input: WriteRequest, doc: OrderDoc, request: WaitingRequest, waitMs: number): Promise<Handled> {
    const running = this.parts.dispatcher.run(doc, input.trace);
    const ended = await this.#waiting.within(waitMs, running);
    if (ended?.kind === 'finished') return ended.answer ?? this.parts.answers.settled(ended.order, request);
    return this.#settle(input, doc.order.id, request);
  }

  /** Accepted, while the saga goes forward. Once it is to be undone, there is nothing more to wait for. */
  #answerNow(order: Order, request: WaitingRequest): Answer {
    const underWay = order.saga?.name === request.saga && order.saga.phase === 'forward';
    return underWay ? this.parts.answers.accepted(order) : this.parts.answers.settled(order, request);
  }

  /** The first answer to a request stays, whoever gave it. If there is none, the answer is what is true by now. */
  async #settle(input: WriteRequest, orderId: string, request: WaitingRequest): Promise<Answer> {
    const { book } = this.parts;
    const { traceId, trace } = input;
    const answerNow = (order: Order) => this.#answerNow(order, request);
    const { key } = request;
    if (key !== undefined) {
      const { answer } = await book.decide({ traceId, trace }, orderId, (doc) =>
        doc?.asked?.key === key ? { settle: { key, answer: answerNow }, asked: null } : {},
      );
      const first = answer ?? (await this.#remembered(input));
      if (first) return first;
    }
    return answerNow((await book.existing(orderId)).order);
  }

  async #remembered({ request }: WriteRequest): Promise<Answer | undefined> {
    return (await this.parts.book.store.write([], request, () => ({}))).answer;
  }

  /** The same request came before, and its saga is still under way, perhaps in another process. */
  async #again(input: WriteRequest, orderId: string, request: WaitingRequest, waitMs: number): Promise<Handled> {
    const order = await this.#waiting.forSaga(orderId, request.saga, waitMs);
    const open = !order || isRunning(order, request.saga);
    const answer = open ? await this.#remembered(input) : await this.#settle(input, orderId, request);
    if (answer) return { ...answer, replayed: true };
    const detail = 'The first request with this Idempotency-Key is still being carried out.';
    return problem(input, 409, 'REQUEST_IN_PROGRESS', detail, {}, { 'Retry-After': '1' });
  }

  /** Another request began the same cancellation: its saga answers both. */
  async #join(input: WriteRequest, orderId: string, waitMs: number): Promise<Handled> {
    const { book, answers } = this.parts;
    const order = (await this.#waiting.forSaga(orderId, 'cancel-order', waitMs)) as Order;
    const answer = order.saga ? answers.accepted(order) : answers.order(order);
    const written = await book.store.write([], input.request, () => ({ answer }));
    return { ...(written.answer ?? answer), replayed: written.replayed };
  }
}

/** A request that waits for a saga is answered that the order was cancelled, once the cancellation takes its place. */
export function answerReplaced(doc: OrderDoc | undefined, answers: Answers): Pick<Decision, 'settle' | 'asked'> {
  if (!doc?.order.saga) return { asked: null };
  const cancelled: Order = { ...doc.order, status: 'CANCELLING', failure: undefined };
  return answerWaiting(doc, (_order, request) => answers.settled(cancelled, request));
}
