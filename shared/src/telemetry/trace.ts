import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attributes } from './attributes.ts';

/** The request that is being served, on every hop (W3C Trace Context), event and log line. */
export interface Trace {
  traceId: string;
  /** The work under way here. */
  spanId: string;
  /** The cause of that work; absent where the trace begins. */
  parentId?: string | undefined;
  requestId: string;
  /** False: the trace is not recorded. Where it began that was decided. */
  sampled: boolean;
  /** The span that records this work, if it is recorded. */
  span?: Span;
}

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';

/** The record of a piece of work. */
export interface Span {
  /** For the work below this span, here and in other services. */
  readonly trace: Trace;
  /** Begins a part of this work. */
  child(name: string, kind: SpanKind): Span;
  rename(name: string): void;
  set(attributes: Attributes): void;
  /** The type is one of few texts; the reason may be any. */
  fail(type: string, reason?: string): void;
  end(): void;
}

/** What is kept of a trace that goes on later. Without a span the trace goes on unrecorded. */
export interface Cause {
  traceId: string;
  spanId?: string | undefined;
}

/**
 * Spans find their parent here. Once it is used, Node does more for every promise, a fifth of the cost of an order. So where
 * nothing is recorded it is not used, and the trace is passed on as an argument.
 */
const current = new AsyncLocalStorage<Trace | undefined>();

export const currentTrace = (): Trace | undefined => current.getStore();
export const withTrace = <T>(trace: Trace | undefined, run: () => T): T => current.run(trace, run);

/** Only work that is recorded has to be found here. */
export const whileRecorded = <T>(trace: Trace | undefined, run: () => T): T =>
  trace?.span ? withTrace(trace, run) : run();

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const REQUEST_ID = /^[\x21-\x7e]{1,128}$/;
const SAMPLED = 1;

export function traceOf(traceparent: string | undefined, requestId: string | undefined, random: () => number): Trace {
  const { traceId = hex(random, 32), parentId, sampled } = parentIn(traceparent);
  const spanId = hex(random, 16);
  const own = requestId && REQUEST_ID.test(requestId) ? requestId : `${traceId}-${spanId}`;
  return { traceId, spanId, parentId, requestId: own, sampled };
}

/** The trace of work without a request, which is not recorded. */
export const unrecorded = (random: () => number): Trace => ({
  ...traceOf(undefined, undefined, random),
  sampled: false,
});

/** A background job continues the trace of its cause. */
export function traceFrom({ traceId, spanId: parentId }: Cause, random: () => number): Trace {
  const spanId = hex(random, 16);
  return { traceId, spanId, parentId, requestId: `${traceId}-${spanId}`, sampled: parentId !== undefined };
}

/** The cause that an event names. */
export function causeIn(traceparent: string | undefined, random: () => number): Cause {
  const { traceId, parentId, sampled } = traceOf(traceparent, undefined, random);
  return { traceId, spanId: sampled ? parentId : undefined };
}

/** The cause of an event in this trace that this work writes. */
export const causeOf = (traceId: string, work: Trace | undefined): Cause =>
  work?.sampled && work.traceId === traceId ? { traceId, spanId: work.spanId } : { traceId };

export const traceparentOf = ({ traceId, spanId, sampled }: Trace): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** The header needs a span, also where none is known. */
export const traceparentFrom = ({ traceId, spanId }: Cause): string =>
  `00-${traceId}-${spanId ?? traceId.slice(16)}-${spanId === undefined ? '00' : '01'}`;

function parentIn(traceparent: string | undefined) {
  const [, traceId = '', parentId = '', flags = ''] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (/^0*$/.test(traceId) || /^0*$/.test(parentId)) return { sampled: true };
  return { traceId, parentId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

export function hex(random: () => number, digits: number): string {
  let text = '';
  while (text.length < digits) {
    const word = Math.floor(random() * 0x1_0000_0000);
    for (let shift = 24; shift >= 0; shift -= 8) text += BYTES[(word >>> shift) & 0xff];
  }
  return text;
}
