import { NoAnswer, Unavailable } from '@oms/shared/errors';
import { traceIn } from '@oms/shared/http/observe-request';
import { neverConnected } from '@oms/shared/resilience/transport';
import { addressedTo, methodOf } from '@oms/shared/telemetry/attributes';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { startSpan } from '@oms/shared/telemetry/span';
import { traceparentOf } from '@oms/shared/telemetry/trace';
import type { Response } from 'express';
import type { Dispatcher } from 'undici';
import type { Compression } from './compression.ts';
import { type Beginning, Relay } from './relay.ts';
import type { Upstream } from './upstreams.ts';

export interface Outgoing {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
  /** The client of this write sent no Idempotency-Key: the gateway made one. */
  keyless: boolean;
}

export interface ForwardingParts {
  agent: Pick<Dispatcher, 'dispatch'>;
  log: Logger;
  metrics: Pick<Metrics, 'retryCount'>;
  compression: Pick<Compression, 'begin'>;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
/** How often a request that may be repeated is sent again after a 500. */
const MOST_AFTER_500 = 2;
const UNDER_WAY = 'still being carried out';

/** Forwards one request of a client: to one address of the service after the other, until one answers. */
export class Forwarding {
  /** Addresses where nothing listens: nothing was sent. */
  readonly #unreachable: string[] = [];
  /** Addresses whose connection broke after the request was sent: it may have been carried out. */
  readonly #brokeOff: string[] = [];
  /** Addresses that answered 500. The client sees the last such answer only. */
  readonly #failing: string[] = [];
  /** Why the client does not see the answer to the last attempt. */
  #discarded: string | undefined;
  #relay: Relay | undefined;
  #stopped: 'client gone' | 'too late' | undefined;

  constructor(
    private readonly parts: ForwardingParts,
    private readonly upstream: Upstream,
    private readonly outgoing: Outgoing,
    private readonly res: Response,
    private readonly onBeginning: (beginning: Beginning) => void,
  ) {
    res.on('close', () => this.#stop('client gone'));
  }

  /** Resolves once the answer begins, or the client is gone. */
  async send(deadlineMs: number): Promise<void> {
    const deadline = setTimeout(() => this.#stop('too late'), deadlineMs);
    try {
      for (let attempt = 1; !this.res.destroyed; attempt++) {
        const origin = this.#nextAddress();
        if (!origin) throw this.#noAnswer();
        if (attempt > 1) this.parts.metrics.retryCount.inc({ target: this.upstream.service });
        if (await this.#answers(origin, attempt)) return;
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  #stop(why: 'client gone' | 'too late'): void {
    this.#stopped = why;
    this.#relay?.abort(why);
  }

  /** If there is no other address, a request that may be repeated goes to the same one again. */
  #nextAddress(): string | undefined {
    const { addresses } = this.upstream;
    const elsewhere = addresses.take([...this.#unreachable, ...this.#brokeOff, ...this.#failing]);
    return elsewhere ?? (this.#brokeOff.length < 2 ? addresses.take(this.#unreachable) : undefined);
  }

  async #answers(origin: string, attempt: number): Promise<boolean> {
    const { addresses } = this.upstream;
    const { relay, headers } = this.#relayOf(origin, attempt);
    this.#relay = relay;
    const { method, path, body } = this.outgoing;
    this.#discarded = undefined;
    this.parts.agent.dispatch({ origin, path, headers, body, method: method as 'GET' }, relay);
    try {
      const { status } = await relay.begun;
      addresses.answered(origin, status);
      return true;
    } catch (error) {
      if (this.#stopped === 'client gone') return true;
      if (this.#discarded === UNDER_WAY) throw this.#noAnswer();
      if (this.#discarded) this.#failing.push(origin);
      else this.#failed(origin, error as Error);
      return false;
    }
  }

  /** The span ends with the answer; for the service it is the caller. */
  #relayOf(origin: string, attempt: number): { relay: Relay; headers: Record<string, string> } {
    const { addresses, service } = this.upstream;
    const { method, headers } = this.outgoing;
    const span = startSpan(`${method} ${service}`, 'client');
    span?.set({ ...methodOf(method), ...addressedTo(origin, this.#route), 'peer.service': service, attempt });
    if (attempt > 1) span?.set({ 'http.request.resend_count': attempt - 1 });
    const onBeginning = (beginning: Beginning) => {
      span?.set({ 'http.response.status_code': beginning.status });
      if (beginning.status >= 500) span?.fail(String(beginning.status), `answered ${beginning.status}`);
      this.onBeginning(beginning);
    };
    const onEnd = (error?: Error & { code?: string }) => {
      addresses.release(origin);
      if (error) span?.fail(error.code ?? error.message);
      span?.end();
    };
    const whyNot = (beginning: Beginning) => {
      this.#discarded = this.#whyDiscarded(beginning);
      if (this.#discarded) addresses.answered(origin, beginning.status);
      return this.#discarded;
    };
    const relay = new Relay(this.res, this.parts.compression, onBeginning, onEnd, whyNot);
    return { relay, headers: span ? { ...headers, traceparent: traceparentOf(span.trace) } : headers };
  }

  /** As the service has it. */
  get #route(): string | undefined {
    return (this.res.locals.route as string | undefined)?.replace(/^\/services\/\w+/, '');
  }

  #whyDiscarded(beginning: Beginning): string | undefined {
    if (this.#saysItIsUnderWay(beginning)) return UNDER_WAY;
    return this.#isWorthRepeating(beginning) ? `answered ${beginning.status}` : undefined;
  }

  /** A client with a key could repeat the request. One without a key can only be told that the outcome is unknown. */
  #saysItIsUnderWay({ status, headers }: Beginning): boolean {
    const isRepeated = this.outgoing.keyless && this.#brokeOff.length + this.#failing.length > 0;
    return isRepeated && status === 409 && headers['retry-after'] !== undefined;
  }

  /** After a 500 the outcome is unknown, and the same key tries again. */
  #isWorthRepeating({ status }: Beginning): boolean {
    return (
      status === 500 && this.#failing.length < MOST_AFTER_500 && this.#mayBeRepeated() && this.upstream.retries.spend()
    );
  }

  /** Throws unless the request may be sent again. */
  #failed(origin: string, error: Error & { code?: string }): void {
    const { addresses, service } = this.upstream;
    addresses.failed(origin);
    const { traceId } = traceIn(this.res.req);
    const { orderNamed: orderId } = this.res.locals;
    this.parts.log.warn('no answer', {
      target: service,
      origin,
      traceId,
      orderId,
      reason: error.code ?? error.message,
    });
    if (this.#stopped === 'too late') {
      throw new NoAnswer(504, 'GATEWAY_TIMEOUT', `The ${service} service did not answer in time. ${this.#advice()}`);
    }
    if (neverConnected(error)) return void this.#unreachable.push(origin);
    this.#brokeOff.push(origin);
    if (!this.#mayBeRepeated()) throw this.#noAnswer();
  }

  #mayBeRepeated(): boolean {
    const { method, headers } = this.outgoing;
    return SAFE.has(method) || headers['idempotency-key'] !== undefined;
  }

  #noAnswer(): Error {
    const { service } = this.upstream;
    if (this.#brokeOff.length + this.#failing.length === 0) {
      return new Unavailable('SERVICE_UNAVAILABLE', `The ${service} service cannot be reached.`, 1, { service });
    }
    const how = this.#brokeOff.length > 0 ? 'broke off before its answer' : 'failed after an answer of 500';
    const what = `The connection to the ${service} service ${how}.`;
    return new NoAnswer(502, 'BAD_GATEWAY', `${what} ${this.#advice()}`);
  }

  #advice(): string {
    const { method, keyless } = this.outgoing;
    if (SAFE.has(method)) return 'Nothing was changed by it.';
    if (!keyless) return 'The request may have been carried out: ask again with the same Idempotency-Key.';
    return 'The request may have been carried out, or not: with an Idempotency-Key one can safely ask again.';
  }
}
