import type { Attributes } from '@oms/shared/telemetry/attributes';
import type { Tracer } from '@oms/shared/telemetry/span';
import type { Span, SpanKind, Trace } from '@oms/shared/telemetry/trace';

/** Records spans where a test can look at them. */
export class Recorder implements Tracer {
  readonly spans: RecordedSpan[] = [];

  begin(trace: Trace, name: string, kind: SpanKind): Trace {
    return trace.sampled ? new RecordedSpan(this, trace, name, kind).trace : trace;
  }

  async close(): Promise<void> {}

  named(name: string): RecordedSpan {
    const found = this.spans.filter((span) => span.name === name);
    if (found.length !== 1) throw new Error(`${found.length} spans are named ${name}:\n${this.tree()}`);
    return found[0] as RecordedSpan;
  }

  /** The names as a tree; spans that have not ended, or failed, are marked. */
  tree(): string {
    const known = new Set(this.spans.map(({ trace }) => trace.spanId));
    const below = (depth: number, isHere: (span: RecordedSpan) => boolean): string[] =>
      this.spans
        .filter(isHere)
        .flatMap((span) => [
          '  '.repeat(depth) + span.shown,
          ...below(depth + 1, ({ trace: { parentId } }) => parentId === span.trace.spanId),
        ]);
    return below(0, ({ trace: { parentId } }) => parentId === undefined || !known.has(parentId)).join('\n');
  }
}

export class RecordedSpan implements Span {
  readonly trace: Trace;
  attributes: Attributes = {};
  failure: string | undefined;
  ends = 0;

  constructor(
    private readonly recorder: Recorder,
    trace: Trace,
    public name: string,
    readonly kind: SpanKind,
  ) {
    this.trace = { ...trace, span: this };
    recorder.spans.push(this);
  }

  get shown(): string {
    const state = [this.ends === 1 ? '' : ` ended ${this.ends} times`, this.failure === undefined ? '' : ' !'];
    return this.name + state.join('');
  }

  child(name: string, kind: SpanKind): Span {
    const spanId = String(this.recorder.spans.length + 1).padStart(16, '0');
    return new RecordedSpan(this.recorder, { ...this.trace, spanId, parentId: this.trace.spanId }, name, kind);
  }

  rename(name: string): void {
    this.name = name;
  }

  set(attributes: Attributes): void {
    this.attributes = { ...this.attributes, ...attributes };
  }

  fail(type: string, reason = type): void {
    this.set({ 'error.type': type });
    this.failure = reason;
  }

  end(): void {
    this.ends++;
  }
}
