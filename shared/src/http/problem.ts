import { pageOf } from '../contracts/error-codes.ts';
import type { Refusal, Unavailable } from '../errors.ts';
import type { Answer } from '../store/store.ts';

const PROBLEM_TYPE = { 'Content-Type': 'application/problem+json; charset=utf-8' };

/** What a problem document says about the request it answers. */
export interface RequestContext {
  instance: string;
  traceId: string;
}

export function problem(
  { instance, traceId }: RequestContext,
  status: number,
  code: string,
  detail: string,
  details: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Answer {
  const type = pageOf(code);
  const title = code.charAt(0) + code.slice(1).toLowerCase().replaceAll('_', ' ');
  const document = Object.assign({}, details, { type, title, status, detail, instance, code, traceId });
  return { status, headers: Object.assign({}, PROBLEM_TYPE, headers), body: JSON.stringify(document) };
}

export const refusalAnswer = (context: RequestContext, { status, code, message, details, headers }: Refusal): Answer =>
  problem(context, status, code, message, details, headers);

export const unavailableAnswer = (
  context: RequestContext,
  { code, message, retryAfterSeconds, details }: Unavailable,
): Answer => problem(context, 503, code, message, details, { 'Retry-After': String(retryAfterSeconds) });
