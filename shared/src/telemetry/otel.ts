import {
  type Span as ApiSpan,
  type Tracer as ApiTracer,
  trace as api,
  SpanKind as Kind,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
} from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { within } from '../within.ts';
import type { Attributes } from './attributes.ts';
import type { Tracer } from './span.ts';
import { hex, type Span, type SpanKind, type Trace } from './trace.ts';

/** Spans wait so long at most to be exported, and so many at most: further ones are dropped. */
const GATHER_MS = 1_000;
const MOST_WAITING = 8_192;

const KINDS = {
  server: Kind.SERVER,
  client: Kind.CLIENT,
  producer: Kind.PRODUCER,
  consumer: Kind.CONSUMER,
  internal: Kind.INTERNAL,
} as const;

export interface OtelSettings {
  service: string;
  version: string;
  /** Tells replicas from each other. */
  instance: string;
  /** The share of recorded traces among those that begin here. For other traces the caller has decided. */
  sample: number;
  random: () => number;
  exporters: readonly SpanExporter[];
}

/** Records with OpenTelemetry, under the ids that trace contexts and log lines already have. */
export class OtelTracer implements Tracer {
  readonly #provider: TracerProvider;
  readonly #tracer: ApiTracer;
  readonly #random: () => number;
  #next: Trace | undefined;

  constructor({ service, version, instance, sample, random, exporters }: OtelSettings) {
    this.#random = random;
    this.#provider = new TracerProvider({
      // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES have the last word.
      resource: defaultResource()
        .merge(
          resourceFromAttributes({
            'service.name': service,
            'service.version': version,
            'service.instance.id': instance,
          }),
        )
        .merge(detectResources({ detectors: [envDetector] })),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sample) }),
      idGenerator: {
        generateTraceId: () => (this.#next as Trace).traceId,
        generateSpanId: () => (this.#next as Trace).spanId,
      },
      spanProcessors: exporters.map(
        (exporter) => new BatchSpanProcessor({ exporter, scheduledDelayMillis: GATHER_MS, maxQueueSize: MOST_WAITING }),
      ),
    });
    this.#tracer = this.#provider.getTracer('order-management', version);
  }

  begin(trace: Trace, name: string, kind: SpanKind): Trace {
    if (!trace.sampled) return trace;
    const { traceId, parentId: spanId } = trace;
    const cause = { traceId, spanId: spanId ?? '', traceFlags: TraceFlags.SAMPLED, isRemote: true };
    this.#next = trace;
    const parent = spanId ? api.setSpanContext(ROOT_CONTEXT, cause) : ROOT_CONTEXT;
    const span = this.#tracer.startSpan(name, { kind: KINDS[kind] }, parent);
    return span.isRecording() ? new OtelSpan(this, span, trace).trace : { ...trace, sampled: false };
  }

  partOf(trace: Trace, name: string, kind: SpanKind): Span {
    const part = { ...trace, spanId: hex(this.#random, 16), parentId: trace.spanId };
    return this.begin(part, name, kind).span as Span;
  }

  async close(limitMs: number): Promise<void> {
    await within(limitMs, this.#provider.shutdown()).catch(() => {});
  }
}

class OtelSpan implements Span {
  readonly trace: Trace;

  constructor(
    private readonly tracer: OtelTracer,
    private readonly span: ApiSpan,
    trace: Trace,
  ) {
    this.trace = { ...trace, span: this };
  }

  child(name: string, kind: SpanKind): Span {
    return this.tracer.partOf(this.trace, name, kind);
  }

  rename(name: string): void {
    this.span.updateName(name);
  }

  set(attributes: Attributes): void {
    this.span.setAttributes(attributes);
  }

  fail(type: string, reason = type): void {
    this.set({ 'error.type': type });
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
  }

  end(): void {
    this.span.end();
  }
}
