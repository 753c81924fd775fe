import { currentTrace, type Span, type SpanKind, type Trace, withTrace } from './trace.ts';

/** Records traces. Where traces are off there is no tracer, and recording costs nothing. */
export interface Tracer {
  /** The same trace with a new span, or without one where the trace is not recorded. */
  begin(trace: Trace, name: string, kind: SpanKind): Trace;
  /** Exports what is recorded, and takes so long at most. */
  close(limitMs: number): Promise<void>;
}

/** Begins a span below the one of the work under way, if that is recorded. */
export const startSpan = (name: string, kind: SpanKind): Span | undefined => currentTrace()?.span?.child(name, kind);

/** Does the work of a span, if there is one. Of an error only the kind is recorded: its message may hold personal data. */
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

/** Does work in a trace that no request waits for, in its own span where the trace is recorded. */
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
