import { AsyncLocalStorage } from 'node:async_hooks';

/** Which request is being served; carried through every hop (W3C Trace Context), event and log line. */
export interface Trace {
  traceId: string;
  /** The work under way here. */
  spanId: string;
  /** What caused it; absent where the trace begins. */
  parentId?: string | undefined;
  requestId: string;
  /** False: whoever began the trace has decided that nobody records it. */
  sampled: boolean;
  /** Where this work is recorded, if it is. */
  span?: Span;
}

export type SpanKind = 'server' | 'client' | 'producer' | 'consumer' | 'internal';
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A piece of work as it is recorded. Nothing personal and no token of a payment goes into one. */
export interface Span {
  /** What runs in this work, and what it causes elsewhere, belongs to this. */
  readonly trace: Trace;
  /** Begins a part of this work. */
  child(name: string, kind: SpanKind): Span;
  rename(name: string): void;
  set(attributes: Attributes): void;
  fail(reason: string): void;
  end(): void;
}

/** What is kept of a trace that goes on later. Without a span it goes on, but is not recorded. */
export interface Cause {
  traceId: string;
  spanId?: string | undefined;
}

/**
 * Where spans are recorded they find each other here. Once it is used, node does more for every promise, a fifth of what an
 * order costs: so where nothing is recorded it is not, and the trace is passed on as an argument.
 */
const current = new AsyncLocalStorage<Trace | undefined>();

export const currentTrace = (): Trace | undefined => current.getStore();
export const withTrace = <T>(trace: Trace | undefined, run: () => T): T => current.run(trace, run);

/** Only what is recorded needs to be found by others. */
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

/** Work that nobody asked for and nobody wants to see recorded. */
export const unrecorded = (random: () => number): Trace => ({
  ...traceOf(undefined, undefined, random),
  sampled: false,
});

/** A background job continues the trace of what caused it. */
export function traceFrom({ traceId, spanId: parentId }: Cause, random: () => number): Trace {
  const spanId = hex(random, 16);
  return { traceId, spanId, parentId, requestId: `${traceId}-${spanId}`, sampled: parentId !== undefined };
}

/** What an event says of its cause. */
export function causeIn(traceparent: string | undefined, random: () => number): Cause {
  const { traceId, parentId, sampled } = traceOf(traceparent, undefined, random);
  return { traceId, spanId: sampled ? parentId : undefined };
}

/** The cause of an event of this trace that the work of that one brings about. */
export const causeOf = (traceId: string, work: Trace | undefined): Cause =>
  work?.sampled && work.traceId === traceId ? { traceId, spanId: work.spanId } : { traceId };

export const traceparentOf = ({ traceId, spanId, sampled }: Trace): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** The header has to name a span, also where none is known. */
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
