import { z } from 'zod';
import { Id, PageQuery, page, Reason, Time } from './common.ts';
import { IfMatch, stale } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';
import type { ErrorCode } from './error-codes.ts';
import { Order, SagaPhase } from './order.ts';

/** What operators of the order service use. */

const { get, post } = endpoints('Operations');

const BreakerState = z.enum(['CLOSED', 'OPEN', 'HALF_OPEN']).meta({ id: 'BreakerState' });
const Breaker = z
  .object({
    name: z.string(),
    state: BreakerState,
    stats: z.record(z.string(), z.number()),
    config: z.record(z.string(), z.number()),
  })
  .meta({ id: 'Breaker' });
const Breakers = z.object({ breakers: z.array(Breaker) }).meta({ id: 'Breakers' });

export const getBreakers = get('/circuit-breaker/status', {
  aliases: ['/orders/circuit-breaker/status'],
  summary: 'The circuit breakers',
  description: 'Whether calls of the order service to the others are let through, with the counts that decide it.',
  answers: { 200: { description: 'All breakers', schema: Breakers } },
});

export const resetBreakers = post('/circuit-breaker/reset', {
  aliases: ['/orders/circuit-breaker/reset'],
  summary: 'Closes all breakers, or the one named',
  description: 'Calls are let through again at once. A service that still fails opens its breaker again.',
  body: z
    .object({ name: z.string().max(64).optional() })
    .default({})
    .meta({ id: 'ResetBreakers', example: { name: 'payment' } }),
  answers: { 200: { description: 'All breakers', schema: Breakers }, ...problems(404, 'BREAKER_NOT_FOUND') },
});

const SagaState = z.enum(['running', 'stuck']).meta({ id: 'SagaState' });
export const Saga = z
  .object({
    orderId: Id,
    saga: z.string(),
    phase: SagaPhase,
    state: SagaState,
    startedAt: Time,
    rounds: z.int().meta({ description: 'How many rounds have failed, each with its retries' }),
    nextAttemptAt: Time.nullable(),
    reason: z.string().optional(),
    orderStatus: z.string(),
  })
  .meta({ id: 'Saga' });
export type Saga = z.infer<typeof Saga>;

export const listSagas = get('/sagas', {
  summary: 'Unfinished sagas',
  description:
    'Work on orders that has not come to its end. `stuck`: it has been tried for long, or needs an operator.',
  query: z.object({ ...PageQuery.shape, state: SagaState.optional() }),
  answers: { 200: { description: 'A page of sagas', schema: page(Saga), headers: ['Link'] } },
});

const OfOrder = z.object({ orderId: Id });
const OptionalNote = z
  .object({ note: Reason.optional() })
  .default({})
  .meta({ id: 'SagaNote', example: { note: 'the provider works again' } });
const outcome = (...codes: ErrorCode[]) => ({
  200: { description: 'The order now', schema: Order, headers: ['ETag'] },
  ...problems(404, 'ORDER_NOT_FOUND'),
  ...problems(409, ...codes),
  ...stale,
});

export const retrySaga = post('/sagas/{orderId}/retry', {
  summary: 'Retries an unfinished saga at once',
  description: 'Does not wait for the next attempt that is due.',
  params: OfOrder,
  headers: IfMatch,
  body: OptionalNote,
  answers: outcome('NO_SAGA'),
});

export const compensateSaga = post('/sagas/{orderId}/compensate', {
  summary: 'Undoes an unfinished saga',
  description:
    'Takes back what its steps have done. Refused once it is past the step after which it only goes forward.',
  params: OfOrder,
  headers: IfMatch,
  body: OptionalNote,
  answers: outcome('NO_SAGA', 'NOT_COMPENSATABLE'),
});

export const resolveSaga = post('/sagas/{orderId}/resolve', {
  summary: 'Declares an unfinished saga settled by hand',
  description:
    'Ends it without doing anything. What is left open outside, whoever resolves it has settled; the note says how.',
  params: OfOrder,
  headers: IfMatch,
  body: z.object({ note: Reason }).meta({ id: 'ResolveSaga', example: { note: 'refunded by hand' } }),
  answers: outcome('NO_SAGA'),
});

export const Audit = z
  .object({
    balanced: z.boolean(),
    checkedOrders: z.int(),
    inFlight: z.int(),
    discrepancies: z.array(
      z.object({ kind: z.string(), id: z.string(), detail: z.string() }).meta({ id: 'Discrepancy' }),
    ),
  })
  .meta({ id: 'Audit' });
export type Audit = z.infer<typeof Audit>;

export const getAudit = get('/audit', {
  summary: 'Compares the books of all services',
  description: 'Every order against stock, payments and shipments. What is being carried out right now is left out.',
  answers: {
    200: { description: 'Whether the books balance, and every discrepancy', schema: Audit },
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});
