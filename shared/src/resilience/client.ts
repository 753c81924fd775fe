import { Axios, type AxiosAdapter, AxiosError, type AxiosInstance, type AxiosResponse } from 'axios';
import axiosRetry, { retryAfter } from 'axios-retry';
import type { ZodType } from 'zod';
import { saidOf } from '../contracts/caller.ts';
import type { Answers, Done, Endpoint } from '../contracts/endpoint.ts';
import { addressedTo } from '../telemetry/attributes.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { startSpan } from '../telemetry/span.ts';
import { currentTrace, traceparentOf } from '../telemetry/trace.ts';
import type { Addresses } from './addresses.ts';
import { recordAttempt } from './attempt-span.ts';
import {
  Breaker,
  type BreakerSettings,
  type BreakerState,
  BULKHEAD_FULL,
  CALLER_GAVE_UP,
  ONE_REQUEST_FAILED,
} from './breaker.ts';
import { RetryBudget } from './budget.ts';
import { type Arguments, type Call, type Config, callOf, Extras, extrasOf } from './call.ts';
import { Cut } from './cut.ts';
import { accepted, failed, isWorthRetrying, type Outcome, outcomeOf, reasonOf, received } from './outcome.ts';
import { neverConnected, type Transport } from './transport.ts';

export interface ClientParts {
  settings: BreakerSettings;
  addresses: Addresses;
  transport: Transport;
  metrics: Pick<Metrics, 'breakerState' | 'retryCount' | 'bulkheadRejections'>;
  random: () => number;
  /** Which service calls. */
  from: string;
  internalToken?: string | undefined;
  onBreaker: (name: string, state: BreakerState) => void;
}

const CEILINGS_MS = [1_000, 2_000, 3_000];
const LONGEST_RETRY_AFTER_MS = 10_000;

/** Calls one other service: axios-retry → breaker (opossum) → transport. Each part stands in one place below. */
export class ServiceClient {
  readonly breaker: Breaker<Config, AxiosResponse>;
  readonly #axios: AxiosInstance;
  readonly #budget = new RetryBudget();
  readonly #caller: string;

  constructor(private readonly parts: ClientParts) {
    const { settings, metrics, onBreaker, from } = parts;
    this.#caller = saidOf({ kind: 'service', name: from });
    const target = settings.name;
    this.breaker = new Breaker(this.#transmit, settings, (state) => {
      metrics.breakerState.set({ target }, GAUGE[state]);
      onBreaker(target, state);
    });
    metrics.breakerState.set({ target }, GAUGE.CLOSED);
    // A counter that appears with its first event hides that event.
    metrics.retryCount.inc({ target }, 0);
    metrics.bulkheadRejections.inc({ target }, 0);
    const adapter = (async (config: Config) => accepted(await this.#attempt(config))) as AxiosAdapter;
    // Without the defaults of `axios.create`: they are for axios's own adapters, and would be merged into every request.
    const plain = new Axios({ adapter });
    this.#axios = Object.assign((config: Config) => plain.request(config), plain) as unknown as AxiosInstance;
    this.#retry();
  }

  async call<T>(call: Call): Promise<Outcome<T>> {
    this.#budget.called();
    const { method, path, body, key } = call;
    const { internalToken } = this.parts;
    const trace = currentTrace() ?? call.trace;
    // Field by field: spreading objects into one costs more than everything else here.
    const headers: Record<string, string> = { 'X-Caller': this.#caller };
    if (internalToken !== undefined) headers['X-Internal-Token'] = internalToken;
    Object.assign(headers, call.headers);
    if (trace) {
      headers.traceparent = traceparentOf(trace);
      headers['X-Request-Id'] = trace.requestId;
    }
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    if (key !== undefined) headers['Idempotency-Key'] = key;
    const extras = new Extras(call, headers, JSON.stringify(body));
    try {
      return outcomeOf<T>(await this.#axios({ signal: call.signal, extras } as object));
    } catch (error) {
      const { settings, metrics } = this.parts;
      if ((error as AxiosError).code === BULKHEAD_FULL) metrics.bulkheadRejections.inc({ target: settings.name });
      const { mayHaveHappened } = extras;
      return { kind: 'unknown', reason: `${method} ${path}: ${reasonOf(error)}`, mayHaveHappened, cause: error };
    }
  }

  /**
   * Calls an endpoint. An answer that does not fit its contract leaves the outcome unknown. With `read` only the part that the
   * caller needs has to be there, and the rest is not parsed.
   */
  async ask<P, Q, B, H, A extends Answers, T = Done<A>>(
    endpoint: Endpoint<P, Q, B, H, A>,
    given: Arguments<P, B>,
    read?: (data: Done<A>) => T | undefined,
  ): Promise<Outcome<T>> {
    const call = callOf(endpoint, given);
    const outcome = await this.call<unknown>(call);
    if (outcome.kind !== 'done') return outcome;
    const { status } = outcome;
    const schema = (endpoint.answers as Answers)[status]?.schema;
    const data =
      schema && (read ? isObject(outcome.data) && read(outcome.data as Done<A>) : parsedBy(schema, outcome.data));
    if (data) return { kind: 'done', status, data: data as T };
    const reason = `${call.method} ${call.path}: answered ${status}, but not what its contract says`;
    return { kind: 'unknown', reason, mayHaveHappened: true, cause: schema?.safeParse(outcome.data).error };
  }

  close(): void {
    this.breaker.shutdown();
  }

  #attempt(config: Config): Promise<AxiosResponse> {
    const { call, attempts } = config.extras;
    config.extras.attempts = attempts + 1;
    const span = startSpan(`${call.method} ${this.parts.settings.name}`, 'client');
    if (!span) return this.breaker.fire(config);
    config.extras.headers.traceparent = traceparentOf(span.trace);
    const { name, service = name } = this.parts.settings;
    const { state: breaker } = this.breaker;
    const about = { 'http.request.method': call.method, 'peer.service': service, attempt: attempts + 1, breaker };
    if (attempts > 0) span.set({ 'http.request.resend_count': attempts });
    config.extras.span = span;
    return recordAttempt(span, about, this.breaker.fire(config), reasonOf);
  }

  /** Retries sit outside the breaker, so that each attempt counts and an open breaker is not tried again. */
  #retry(): void {
    const { random, metrics, settings } = this.parts;
    const { requestInterceptorId } = axiosRetry(this.#axios, {
      retries: CEILINGS_MS.length,
      retryCondition: (error) => this.breaker.state !== 'OPEN' && isWorthRetrying(error) && this.#mayRepeat(error),
      retryDelay: (attempt, error) => {
        const jittered = random() * (CEILINGS_MS[attempt - 1] as number);
        const paused = Math.round(Math.max(jittered, Math.min(retryAfter(error), LONGEST_RETRY_AFTER_MS)));
        const waitMs = error.code === ONE_REQUEST_FAILED ? 0 : paused;
        extrasOf(error).waitMs = waitMs;
        return waitMs;
      },
      onRetry: async (attempt, error) => {
        metrics.retryCount.inc({ target: settings.name });
        const { call, waitMs, mayHaveHappened } = extrasOf(error);
        const breaker = this.breaker.state;
        await call.onRetry?.({ attempt, waitMs, reason: reasonOf(error), breaker, mayHaveHappened });
      },
    });
    // It notes when a request was sent, for a timeout that all attempts share. Here each attempt has its own.
    this.#axios.interceptors.request.eject(requestInterceptorId);
  }

  /**
   * The budget is for failures of the target. A request that fails for reasons of its own is sent once more at most, outside
   * the budget: so callers with many of those take no retries from others.
   */
  #mayRepeat(error: AxiosError): boolean {
    if (error.code !== ONE_REQUEST_FAILED) return this.#budget.spend();
    const extras = extrasOf(error);
    const isFirst = !extras.failedAlone;
    extras.failedAlone = true;
    return isFirst;
  }

  /** One attempt, with its own timeout: that of opossum would leave the request running. */
  readonly #transmit = async (config: Config): Promise<AxiosResponse> => {
    const { settings, addresses, transport } = this.parts;
    const origin = addresses.take() as string;
    const { call, headers, body } = config.extras;
    const { method, path, route, signal } = call;
    config.extras.span?.set(addressedTo(origin, route));
    const deadline = new Cut();
    const timer = setTimeout(
      () => deadline.abort(new Error(`no answer within ${settings.timeoutMs} ms`)),
      settings.timeoutMs,
    );
    const forward = () => deadline.abort(signal?.reason);
    signal?.addEventListener('abort', forward);
    try {
      const response = await transport.send({ method, origin, path, headers, body, signal: deadline });
      config.extras.mayHaveHappened = true;
      return received(config, response);
    } catch (error) {
      if (!neverConnected(error)) config.extras.mayHaveHappened = true;
      if (signal?.aborted) throw new AxiosError('the caller gave up', CALLER_GAVE_UP, config);
      if (error instanceof AxiosError) throw error;
      addresses.failed(origin);
      throw failed(config, error as Error);
    } finally {
      addresses.release(origin);
      clearTimeout(timer);
      signal?.removeEventListener('abort', forward);
    }
  };
}

const GAUGE = { CLOSED: 0, OPEN: 1, HALF_OPEN: 0.5 } as const;

const isObject = (data: unknown): boolean => typeof data === 'object' && data !== null;
const parsedBy = (schema: ZodType, data: unknown): unknown => schema.safeParse(data).data;
