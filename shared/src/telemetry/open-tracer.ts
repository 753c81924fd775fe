import type { Logger } from './logger.ts';
import type { Tracer } from './span.ts';

export interface TraceConfig {
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  ZIPKIN_URL?: string | undefined;
  TRACE_SAMPLE: number;
}

export interface Recorded {
  service: string;
  version: string;
  instance: string;
  random: () => number;
  log: Logger;
}

/** The tracer of a service. Without an endpoint there is none, and its libraries are not even loaded. */
export async function openTracer(
  { service, version, instance, random, log }: Recorded,
  { OTEL_EXPORTER_OTLP_ENDPOINT: otlp, ZIPKIN_URL: zipkin, TRACE_SAMPLE: sample }: TraceConfig,
): Promise<Tracer | undefined> {
  if (!otlp && !zipkin) return undefined;
  const { LastingExporter } = await import('./lasting-exporter.ts');
  const exporters = [];
  if (otlp) {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    exporters.push(
      new LastingExporter(new URL(otlp).host, new OTLPTraceExporter({ url: below(otlp, 'v1/traces') }), log),
    );
  }
  if (zipkin) {
    const { ZipkinExporter } = await import('@opentelemetry/exporter-zipkin');
    exporters.push(
      new LastingExporter(new URL(zipkin).host, new ZipkinExporter({ url: below(zipkin, 'api/v2/spans') }), log),
    );
  }
  const { OtelTracer } = await import('./otel.ts');
  return new OtelTracer({ service, version, instance, sample, random, exporters });
}

const below = (url: string, path: string): string => `${url.replace(/\/$/, '')}/${path}`;
