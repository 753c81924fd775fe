import type { Logger } from './logger.ts';
import type { Tracer } from './span.ts';

export interface TraceConfig {
  OTEL_SDK_DISABLED?: boolean | undefined;
  OTEL_EXPORTER_OTLP_ENDPOINT?: string | undefined;
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string | undefined;
  ZIPKIN_URL?: string | undefined;
  TRACE_SAMPLE: number;
  OTEL_TRACES_SAMPLER?: keyof typeof SHARES | undefined;
  OTEL_TRACES_SAMPLER_ARG?: number | undefined;
}

/** What OpenTelemetry's samplers record; undefined: what their argument says. */
const SHARES = { parentbased_always_on: 1, parentbased_always_off: 0, parentbased_traceidratio: undefined } as const;

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
  config: TraceConfig,
): Promise<Tracer | undefined> {
  const { ZIPKIN_URL: zipkin } = config;
  const otlp = otlpUrlOf(config);
  if (config.OTEL_SDK_DISABLED || (!otlp && !zipkin)) return undefined;
  const { LastingExporter } = await import('./lasting-exporter.ts');
  const exporters = [];
  if (otlp) {
    const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
    exporters.push(new LastingExporter(new URL(otlp).host, new OTLPTraceExporter({ url: otlp }), log));
  }
  if (zipkin) {
    const { ZipkinExporter } = await import('@opentelemetry/exporter-zipkin');
    exporters.push(
      new LastingExporter(new URL(zipkin).host, new ZipkinExporter({ url: below(zipkin, 'api/v2/spans') }), log),
    );
  }
  const { OtelTracer } = await import('./otel.ts');
  return new OtelTracer({ service, version, instance, sample: sampleOf(config), random, exporters });
}

function sampleOf({ TRACE_SAMPLE, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: share }: TraceConfig): number {
  return sampler === undefined ? TRACE_SAMPLE : (SHARES[sampler] ?? share ?? 1);
}

/** The address of traces is used as it is, and is enough. */
function otlpUrlOf({
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: traces,
  OTEL_EXPORTER_OTLP_ENDPOINT: all,
}: TraceConfig): string | undefined {
  return traces ?? (all && below(all, 'v1/traces'));
}

const below = (url: string, path: string): string => `${url.replace(/\/$/, '')}/${path}`;
