import * as contract from '@oms/shared/contracts/operations';
import { Refusal } from '@oms/shared/errors';
import { mustMatch } from '@oms/shared/http/conditions';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import type { Handled, On } from '@oms/shared/http/route';
import { answerWaiting, type Decision, notFound, type OrderDoc } from '../book/order-book.ts';
import * as intervention from '../domain/intervention.ts';
import type { Order } from '../domain/order.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import { answerReplaced } from '../runner/requests.ts';
import { sagas } from '../sagas/all.ts';
import { undoableFor } from '../sagas/saga.ts';
import { versionTag } from './answers.ts';
import type { OrderParts } from './parts.ts';

/** What operators use: breakers, unfinished sagas, the audit. */
export function defineOperations(on: On, parts: OrderParts): void {
  defineBreakers(on, parts);
  defineSagas(on, parts);
  on(contract.getAudit, async (_, reply) => reply(200, await parts.audit()));
}

function defineBreakers(on: On, parts: OrderParts): void {
  const breakers = Object.values(parts.clients).map(({ breaker }) => breaker);
  const status = () => ({ breakers: breakers.map((breaker) => breaker.snapshot()) });

  on(contract.getBreakers, async (_, reply) => reply(200, status()));
  on(contract.resetBreakers, async (input, reply) => {
    const { name } = input.body;
    const chosen = breakers.filter((breaker) => name === undefined || breaker.settings.name === name);
    const written = await carryOut(parts, [], input, () => {
      if (chosen.length === 0) throw new Refusal(404, 'BREAKER_NOT_FOUND', `There is no breaker ${name}.`);
      for (const breaker of chosen) breaker.reset();
      return { answer: reply(200, status()) };
    });
    return answered(written);
  });
}

function defineSagas(on: On, { book, store, answers }: OrderParts): void {
  on(contract.listSagas, async ({ query: { state, ...query }, req }, reply) => {
    const where: Record<string, string> = { unfinished: 'yes', ...(state ? { saga: state } : {}) };
    const found = await store.list({ where, limit: query.limit, after: after(query) });
    return reply.page(req, found, renderSaga);
  });

  on(contract.retrySaga, async (input) =>
    intervene(input, ({ order }) => ({ events: intervention.retry(order, input.body.note) })),
  );

  on(contract.compensateSaga, async (input) =>
    intervene(input, (doc) => {
      const saga = sagaOf(doc.order);
      const events = intervention.compensate(doc.order, saga, undoableFor(doc.order, saga), input.body.note);
      const replaced = events.some(({ type }) => type === 'saga.started') ? answerReplaced(doc, answers) : {};
      return { events, ...replaced, lease: null };
    }),
  );

  on(contract.resolveSaga, async (input) =>
    intervene(input, (doc) => ({
      events: intervention.resolve(doc.order, sagaOf(doc.order), input.body.note),
      ...answerWaiting(doc, answers.settled),
      lease: null,
    })),
  );

  async function intervene(
    input: WriteRequest & { params: { orderId: string }; headers: { 'if-match'?: string | undefined } },
    decide: (doc: OrderDoc) => Decision,
  ): Promise<Handled> {
    const { orderId } = input.params;
    const written = await book.decide(input, orderId, (doc) => {
      const known = doc ?? notFound(orderId);
      mustMatch(input.headers, versionTag(known.order), `Order ${orderId}`);
      return { ...decide(known), answer: (changed) => answers.order(changed) };
    });
    return answered(written);
  }
}

const sagaOf = ({ saga }: Order) => sagas[saga?.name ?? 'place-order'];

function renderSaga(doc: OrderDoc): contract.Saga {
  const { id: orderId, status: orderStatus, needsAttention } = doc.order;
  const { name: saga, phase, startedAt, rounds, nextAt, trouble: reason } = doc.order.saga as SagaProgress;
  return {
    orderId,
    saga,
    phase,
    state: needsAttention ? 'stuck' : 'running',
    startedAt: new Date(startedAt).toISOString(),
    rounds,
    nextAttemptAt: nextAt === undefined ? null : new Date(nextAt).toISOString(),
    reason,
    orderStatus,
  };
}
