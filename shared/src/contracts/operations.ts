import { z } from 'zod';
import { Id, PageQuery, page, Reason, Time } from './common.ts';
import { IfMatch, stale } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';
import { Order } from './order.ts';

/** What operators of the order service use. */

const { get, post } = endpoints('Operations');

const Breaker = z.object({
  name: z.string(),
  state: z.enum(['CLOSED', 'OPEN', 'HALF_OPEN']),
  stats: z.record(z.string(), z.number()),
  config: z.record(z.string(), z.number()),
});
const Breakers = z.object({ breakers: z.array(Breaker) }).meta({ id: 'Breakers' });

export const getBreakers = get('/circuit-breaker/status', {
  aliases: ['/orders/circuit-breaker/status'],
  summary: 'The circuit breakers',
  answers: { 200: { description: 'All breakers', schema: Breakers } },
});

export const resetBreakers = post('/circuit-breaker/reset', {
  aliases: ['/orders/circuit-breaker/reset'],
  summary: 'Closes all breakers, or the one named',
  body: z
    .object({ name: z.string().max(64).optional() })
    .default({})
    .meta({ example: { name: 'payment' } }),
  answers: { 200: { description: 'All breakers', schema: Breakers }, ...problems(404, 'BREAKER_NOT_FOUND') },
});

export const Saga = z
  .object({
    orderId: Id,
    saga: z.string(),
    phase: z.enum(['forward', 'undoing']),
    state: z.enum(['running', 'stuck']),
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
  query: z.object({ ...PageQuery.shape, state: z.enum(['running', 'stuck']).optional() }),
  answers: { 200: { description: 'A page of sagas', schema: page(Saga), headers: ['Link'] } },
});

const OfOrder = z.object({ orderId: Id });
const OptionalNote = z.object({ note: Reason.optional() }).default({});
const outcome = (...codes: string[]) => ({
  200: { description: 'The order now', schema: Order, headers: ['ETag'] },
  ...problems(404, 'ORDER_NOT_FOUND'),
  ...problems(409, ...codes),
  ...stale,
});

export const retrySaga = post('/sagas/{orderId}/retry', {
  summary: 'Retries an unfinished saga at once',
  params: OfOrder,
  headers: IfMatch,
  body: OptionalNote,
  answers: outcome('NO_SAGA'),
});

export const compensateSaga = post('/sagas/{orderId}/compensate', {
  summary: 'Undoes an unfinished saga',
  params: OfOrder,
  headers: IfMatch,
  body: OptionalNote,
  answers: outcome('NO_SAGA', 'NOT_COMPENSATABLE'),
});

export const resolveSaga = post('/sagas/{orderId}/resolve', {
  summary: 'Declares an unfinished saga settled by hand',
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
    discrepancies: z.array(z.object({ kind: z.string(), id: z.string(), detail: z.string() })),
  })
  .meta({ id: 'Audit' });
export type Audit = z.infer<typeof Audit>;

export const getAudit = get('/audit', {
  summary: 'Compares the books of all services',
  answers: {
    200: { description: 'Whether the books balance, and every discrepancy', schema: Audit },
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});
