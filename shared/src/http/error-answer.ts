import { NoAnswer, Refusal, Unavailable } from '../errors.ts';
import { ChaosInjected } from '../service/chaos.ts';
import { type Answer, IdempotencyKeyReused } from '../store/store.ts';
import { problem, type RequestContext, refusalAnswer, unavailableAnswer } from './problem.ts';
import { invalid } from './request.ts';

/** The problem document for what a route, or the code before it, has thrown. */
export function errorAnswer(error: unknown, context: RequestContext): Answer {
  if (error instanceof Refusal) return refusalAnswer(context, error);
  if (error instanceof Unavailable) return unavailableAnswer(context, error);
  if (error instanceof NoAnswer) return problem(context, error.status, error.code, error.message);
  if (error instanceof ChaosInjected) {
    const detail = 'This failure was injected before the request was carried out. Send the request again.';
    return problem(context, 500, 'CHAOS_INJECTED', detail, {}, { 'Retry-After': '0' });
  }
  if (error instanceof IdempotencyKeyReused) {
    return problem(context, 422, 'IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key belongs to another request.');
  }
  return parserAnswer(error as { type?: string; status?: number }, context);
}

/** The same for the errors of Express and its body parser. */
function parserAnswer({ type, status }: { type?: string; status?: number }, context: RequestContext): Answer {
  if (type === 'entity.parse.failed') return problem(context, 400, 'MALFORMED_JSON', 'The body is not valid JSON.');
  if (type === 'entity.too.large') return problem(context, 413, 'PAYLOAD_TOO_LARGE', 'The body is larger than 100 kB.');
  if (status === 415)
    return problem(context, 415, 'UNSUPPORTED_MEDIA_TYPE', 'This encoding or charset is not supported.');
  if (status === 400) return refusalAnswer(context, invalid([{ path: 'request', message: 'is malformed' }]));
  return problem(context, 500, 'INTERNAL', 'Something went wrong here. It has been logged.');
}
