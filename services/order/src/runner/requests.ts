import { Refusal } from '@oms/shared/errors';
import { problem, refusalAnswer } from '@oms/shared/http/answer';
import type { Handled } from '@oms/shared/http/app';
import type { WriteRequest } from '@oms/shared/http/idempotent';
import type { Answer, Docs, Written } from '@oms/shared/store/store';
import type { World } from '@oms/shared/world';
import type { Answers } from '../api/answers.ts';
import type { Decision, OrderBook, OrderDoc, WaitingRequest } from '../book/order-book.ts';
import { startsSaga } from '../domain/commands.ts';
import type { Decided, SagaName } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import type { Dispatcher } from './dispatcher.ts';

interface Parts {
  book: OrderBook;
  dispatcher: Dispatcher;
  answers: Answers;
  world: World;
  /** Aborts when the service stops: nobody waits any longer then. */
  stopping: AbortSignal;
  drainWaitMs: number;
}

/**
 * What is decided for a request: events that start a saga, or end the order as it begins; or at once an answer, or to join a
 * saga that does it already.
 */
export type Start = { events: readonly Decided[]; beside?: Decision['beside'] } | { answer: Answer } | 'join';

const LOOK_EVERY_MS = 250;

/** Requests that are answered by the end of a saga, or, if that takes long, with "accepted". */
export class SagaRequests {
  /** What to do for each request that waits when the service stops. */
  readonly #hurries = new Set<() => void>();

  constructor(private readonly parts: Parts) {
    parts.stopping.addEventListener('abort', () => {
      for (const hurry of this.#hurries) hurry();
    });
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
    const asked: WaitingRequest = { saga, key: input.request?.key, instance: input.instance, traceId: input.traceId };
    const ended = (order: Order) => answers.settled(order, asked);
    const begin: Parameters<typeof book.decide<'join' | 'begun' | 'over'>>[2] = (doc, now, docs) =>
      refusing(input, () => {
        const start = decide(doc?.order, now, docs);
        if (start === 'join') return { result: 'join' };
        if ('answer' in start) return start;
        if (!startsSaga(start.events)) return { events: start.events, answer: ended, result: 'over' };
        const { settle } = answerReplaced(doc, answers);
        const pending = input.request && orderId;
        const { events, beside } = start;
        return { events, beside, settle, pending, lease: dispatcher.lease(now), asked, result: 'begun' };
      });
    const begun = await book.decide(input, orderId, begin, besideId);
    if (begun.result === 'begun') return this.#run(input, begun.doc as OrderDoc, asked, waitMs);
    if (begun.result === 'over') return ended((begun.doc as OrderDoc).order);
    if (begun.result === 'join') return this.#join(input, orderId, waitMs);
    if (begun.answer) return { ...begun.answer, replayed: begun.replayed };
    return this.#wait(input, begun.pending as string, asked, waitMs);
  }

  /** Runs the saga here, and waits for it as long as the client wants to. */
  async #run(input: WriteRequest, doc: OrderDoc, asked: WaitingRequest, waitMs: number): Promise<Handled> {
    const running = this.parts.dispatcher.run(doc, input.trace);
    const ended = await this.#within(waitMs, running);
    if (ended?.kind === 'finished') return ended.answer ?? this.parts.answers.settled(ended.order, asked);
    return this.#settle(input, doc.order.id, asked);
  }

  /** Accepted, while the saga goes forward; but once it is to be undone there is nothing more to wait for. */
  #answerNow(order: Order, asked: WaitingRequest): Answer {
    const underWay = order.saga?.name === asked.saga && order.saga.phase === 'forward';
    return underWay ? this.parts.answers.accepted(order) : this.parts.answers.settled(order, asked);
  }

  /** The first answer to a request is the one that stays, whoever gave it; where none does, what is true by then is said. */
  async #settle(input: WriteRequest, orderId: string, asked: WaitingRequest): Promise<Answer> {
    const { book } = this.parts;
    const { request, traceId, trace } = input;
    const answerNow = async () => this.#answerNow((await book.existing(orderId)).order, asked);
    if (!request) return answerNow();
    const { key } = request;
    const { answer } = await book.decide({ traceId, trace }, orderId, (doc) =>
      doc?.asked?.key === key ? { settle: { key, answer: (order) => this.#answerNow(order, asked) }, asked: null } : {},
    );
    return answer ?? (await this.#remembered(input)) ?? answerNow();
  }

  async #remembered({ request }: WriteRequest): Promise<Answer | undefined> {
    return (await this.parts.book.store.write([], request, () => ({}))).answer;
  }

  /** The same request came before, and its saga is still under way: perhaps elsewhere. */
  async #wait(input: WriteRequest, orderId: string, asked: WaitingRequest, waitMs: number): Promise<Handled> {
    const order = await this.#settled(orderId, asked.saga, waitMs);
    const open = !order || (order.saga?.name === asked.saga && order.saga.nextAt === undefined);
    const answer = open ? await this.#remembered(input) : await this.#settle(input, orderId, asked);
    if (answer) return { ...answer, replayed: true };
    const detail = 'The first request with this Idempotency-Key is still being carried out.';
    return problem(input, 409, 'REQUEST_IN_PROGRESS', detail, {}, { 'Retry-After': '1' });
  }

  /** Another request wants the same: both are answered by the one saga. */
  async #join(input: WriteRequest, orderId: string, waitMs: number): Promise<Handled> {
    const order = (await this.#settled(orderId, 'cancel-order', waitMs)) as Order;
    const { answers } = this.parts;
    const answer = order.saga ? answers.accepted(order) : answers.order(order);
    const { answer: first = answer, replayed }: Written<unknown> = await this.parts.book.store.write(
      [],
      input.request,
      () => ({ answer }),
    );
    return { ...first, replayed };
  }

  /** The order as soon as its saga has ended or waits for better times; or as it is when the time is over. */
  async #settled(orderId: string, saga: SagaName, waitMs: number): Promise<Order | undefined> {
    const { book, world } = this.parts;
    const until = world.now() + waitMs;
    for (;;) {
      const order = (await book.read(orderId))?.order;
      const open = order?.saga?.name === saga && order.saga.nextAt === undefined;
      if (!open || world.now() >= until || this.parts.stopping.aborted) return order;
      await this.#newsOf(orderId, Math.min(LOOK_EVERY_MS, until - world.now()));
    }
  }

  #newsOf(orderId: string, atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stopListening();
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      const stopListening = this.parts.book.store.onEvents((news) => {
        if (news?.has(orderId) ?? true) done();
      });
    });
  }

  /** What is promised, if it comes in time; when the service stops, the time is short. */
  #within<T>(waitMs: number, promised: Promise<T>): Promise<T | undefined> {
    const { stopping, drainWaitMs } = this.parts;
    return new Promise((resolve) => {
      const end = (value?: T) => {
        clearTimeout(timer);
        this.#hurries.delete(hurry);
        resolve(value);
      };
      let timer = setTimeout(end, waitMs);
      const hurry = () => {
        clearTimeout(timer);
        timer = setTimeout(end, Math.min(waitMs, drainWaitMs));
      };
      this.#hurries.add(hurry);
      if (stopping.aborted) hurry();
      promised.then(end);
    });
  }
}

/** Whoever waits for the saga whose place is taken is answered that the order was cancelled. */
export function answerReplaced(doc: OrderDoc | undefined, answers: Answers): Pick<Decision, 'settle' | 'asked'> {
  const asked = doc?.asked;
  if (!doc?.order.saga || asked?.key === undefined) return { asked: null };
  const cancelled: Order = { ...doc.order, status: 'CANCELLING', failure: undefined };
  return { settle: { key: asked.key, answer: () => answers.settled(cancelled, asked) }, asked: null };
}

/** A refusal is an answer too, and remembered for the request's key. */
export function refusing<R>(input: WriteRequest, decide: () => Decision<R>): Decision<R> {
  try {
    return decide();
  } catch (error) {
    if (error instanceof Refusal) return { answer: refusalAnswer(input, error) };
    throw error;
  }
}
