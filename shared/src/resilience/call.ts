import type { AxiosError, InternalAxiosRequestConfig } from 'axios';
import type { Answers, Endpoint } from '../contracts/endpoint.ts';
import type { Span, Trace } from '../telemetry/trace.ts';
import type { BreakerState } from './breaker.ts';
import type { CallSignal } from './cut.ts';

export interface Call extends How {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  /** The path with the names of its parameters, for spans: they never say the path itself. */
  route?: string;
  body?: unknown;
}

/** What a call of an endpoint carries. */
export interface Arguments<P, B> extends How {
  params?: P;
  /** What is undefined is left out. */
  query?: Record<string, string | undefined>;
  body?: B;
}

type Named = Record<string, string>;

export function callOf<P, Q, B, H, A extends Answers>(
  { method, path }: Endpoint<P, Q, B, H, A>,
  { params, query, body, key, headers, trace, signal, onRetry }: Arguments<P, B>,
): Call {
  const address = params || query ? addressOf(path, params as Named | undefined, query) : path;
  return { method: METHODS[method], path: address, route: path, body, key, headers, trace, signal, onRetry };
}

const METHODS = { get: 'GET', post: 'POST', put: 'PUT', delete: 'DELETE' } as const;

function addressOf(path: string, params: Named = {}, query: Record<string, string | undefined> = {}): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] as string));
  const pairs = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return pairs.length > 0 ? `${filled}?${new URLSearchParams(pairs)}` : filled;
}

interface How {
  /** The Idempotency-Key. Without one only a GET is retried. */
  key?: string | undefined;
  headers?: Record<string, string> | undefined;
  trace?: Trace | undefined;
  /** Ends the call, whether it is under way or between two attempts. */
  signal?: CallSignal | undefined;
  /** Called before the pause of every retry. */
  onRetry?: ((retry: Retry) => Promise<void> | void) | undefined;
}

export interface Retry {
  attempt: number;
  waitMs: number;
  reason: string;
  breaker: BreakerState;
  /** Whether this attempt, or one before it, may have been carried out. */
  mayHaveHappened: boolean;
}

/**
 * What axios carries along for the client. It copies plain objects at every attempt, but no instances of classes: so headers
 * and body, which axios does not need, are here.
 */
export class Extras {
  attempts = 0;
  waitMs = 0;
  mayHaveHappened = false;
  /** Whether an attempt failed before for reasons of its own. */
  failedAlone = false;
  /** Of the attempt under way, if it is recorded. */
  span: Span | undefined;

  constructor(
    readonly call: Call,
    readonly headers: Record<string, string>,
    readonly body: string | undefined,
  ) {}
}
export type Config = InternalAxiosRequestConfig & { extras: Extras };

export const extrasOf = (error: AxiosError): Extras => (error.config as Config).extras;
