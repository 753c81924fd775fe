import { AxiosError, AxiosHeaders, type AxiosResponse } from 'axios';
import { BREAKER_OPEN, BULKHEAD_FULL, CALLER_GAVE_UP, ONE_REQUEST_FAILED } from './breaker.ts';
import type { Config } from './call.ts';
import { type HttpResponse, neverConnected } from './transport.ts';

/**
 * How a call can end. There is no fourth way, and `unknown` is never taken for one of the others. It cannot have happened
 * only if no attempt reached the target: an open breaker, a refused connection. Customers may read the reason; the cause, with
 * addresses and what exactly is wrong with an answer, is for the log.
 */
export type Outcome<T> =
  | { kind: 'done'; status: number; data: T }
  | { kind: 'refused'; status: number; code: string; reason: string; problem: Record<string, unknown> }
  | { kind: 'unknown'; reason: string; mayHaveHappened: boolean; cause?: unknown };

/** Only the headers of refusals are read: Retry-After. */
const NOTHING_SAID = new AxiosHeaders();

/** A 5xx is a failure of the target, for the breaker and for the retries, unless it is about this one request. */
export function received(config: Config, { status, headers, body }: HttpResponse): AxiosResponse {
  const said = status < 400 ? NOTHING_SAID : AxiosHeaders.from(headers as Record<string, string>);
  const response: AxiosResponse = { status, statusText: '', headers: said, data: parsedBody(body), config };
  if (status < 500) return response;
  const code = isAboutOneRequest(response) ? ONE_REQUEST_FAILED : AxiosError.ERR_BAD_RESPONSE;
  throw new AxiosError(`answered ${status}`, code, config, null, response);
}

/** The target is well, but the provider that it called failed for this request, with an unknown outcome. */
function isAboutOneRequest({ status, data }: AxiosResponse): boolean {
  return status === 502 && (data as { code?: string } | undefined)?.code === 'PROVIDER_ERROR';
}

/** Too many requests, or an INTERNAL_TOKEN that is not the target's: that says nothing about the request itself. */
const NOT_NOW = new Set([401, 403, 429]);

/** An answer that says "later" is neither a failure of the target nor a refusal, but worth a retry. */
export function accepted(response: AxiosResponse): AxiosResponse {
  const { status, data, config } = response;
  const firstStillRuns = status === 409 && (data as { code?: string } | undefined)?.code === 'REQUEST_IN_PROGRESS';
  if (!NOT_NOW.has(status) && !firstStillRuns) return response;
  throw new AxiosError(`answered ${status}`, 'ELATER', config, null, response);
}

function parsedBody(body: string): unknown {
  try {
    return body === '' ? undefined : JSON.parse(body);
  } catch {
    return undefined;
  }
}

export function failed(config: Config, cause: Error & { code?: string }): AxiosError {
  const error = new AxiosError(cause.message, cause.code ?? 'ENETWORK', config);
  error.cause = cause;
  return error;
}

export function isWorthRetrying(error: AxiosError): boolean {
  const config = error.config as Config | undefined;
  if (!config || config.extras.call.signal?.aborted) return false;
  const { method, key } = config.extras.call;
  return method === 'GET' || key !== undefined;
}

export function outcomeOf<T>({ status, data }: AxiosResponse): Outcome<T> {
  if (status < 300) return { kind: 'done', status, data: data as T };
  const problem = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  const code = String(problem.code ?? `HTTP_${status}`);
  return { kind: 'refused', status, code, reason: String(problem.detail ?? `answered ${status}`), problem };
}

/** Customers read it too, in the history of their orders: so it never names an address. */
export function reasonOf(error: unknown): string {
  const { code, response, message, cause } = error as AxiosError;
  if (code === BREAKER_OPEN) return 'the circuit breaker is open';
  if (code === BULKHEAD_FULL) return 'too many calls under way';
  if (code === CALLER_GAVE_UP) return 'the caller gave up';
  const problem = response?.data as { code?: string } | undefined;
  if (response) return `answered ${response.status}${problem?.code ? ` ${problem.code}` : ''}`;
  if (neverConnected(error)) return `no connection (${code})`;
  const { syscall } = (cause ?? {}) as NodeJS.ErrnoException;
  if (syscall) return `${syscall} ${code}`;
  return code && code !== 'ENETWORK' && !message.includes(code) ? `${message} (${code})` : message;
}
