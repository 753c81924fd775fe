import type { OmsError } from './errors.ts';
import type { TokenSource } from './token.ts';

export interface ClientOptions {
  /** The address of the gateway; in a page it may be relative. */
  baseUrl: string;
  /** A bearer token, or a function that gives one: it is called again when the API no longer takes its token. */
  token?: TokenSource | undefined;
  /** How often a request is sent again, at most: 3. */
  retries?: number | undefined;
  /** How long one attempt may take, and how long a stream may be silent: 40 s, longer than the gateway waits for a service. */
  timeoutMs?: number | undefined;
  /** Instead of the global one. */
  fetch?: typeof globalThis.fetch | undefined;
}

export interface RequestOptions {
  /** To send again what was sent before, even by another process. Otherwise each write has a new one. */
  idempotencyKey?: string | undefined;
  /** Such as `If-Match`, `Prefer` and `traceparent`. */
  headers?: Record<string, string | undefined> | undefined;
  /** Ends the request with all its attempts. */
  signal?: AbortSignal | undefined;
  retries?: number | undefined;
  timeoutMs?: number | undefined;
  /** Told before each pause. */
  onRetry?: ((retry: Retry) => void) | undefined;
}

export interface Retry {
  attempt: number;
  pauseMs: number;
  /** Absent: a stream has ended, and is opened again. */
  error: OmsError | undefined;
}

export interface Sent extends RequestOptions {
  query?: object | undefined;
  body?: unknown;
  /** The type of the answer, if it is not JSON: then it is a Blob. */
  accept?: string | undefined;
}
