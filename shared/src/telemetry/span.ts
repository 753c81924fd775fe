import { currentTrace, type Span, type SpanKind, type Trace, withTrace } from './trace.ts';

/** Records traces. Where nobody wants to see them there is none, and nothing is done for it. */
export interface Tracer {
  /** The same trace with a span that has begun, or without one where it is not to be recorded. */
  begin(trace: Trace, name: string, kind: SpanKind): Trace;
  /** Hands over what is recorded, for so long at the most. */
  close(limitMs: number): Promise<void>;
}

/** Begins a part of the work under way, if that is recorded. */
export const startSpan = (name: string, kind: SpanKind): Span | undefined => currentTrace()?.span?.child(name, kind);

/** Does the work of a span, if there is one. Only the kind of an error is recorded, since nobody knows what its message tells. */
export function during<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  return span ? recorded(span, work) : work();
}

async function recorded<T>(span: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await withTrace(span.trace, work);
  } catch (error) {
    span.fail(kindOf(error));
    throw error;
  } finally {
    span.end();
  }
}

/** Does what goes on in a trace although nobody waits for it: a span of its own, where that is recorded. */
export function recordJob<T>(
  tracer: Tracer | undefined,
  cause: Trace,
  name: string,
  kind: SpanKind,
  work: (span: Span | undefined, trace: Trace) => Promise<T>,
): Promise<T> {
  const trace = tracer?.begin(cause, name, kind) ?? cause;
  return during(trace.span, () => work(trace.span, trace));
}

export const kindOf = (error: unknown): string => {
  const { code, name } = error as { code?: unknown; name?: string };
  return typeof code === 'string' ? code : String(name);
};
