import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client';

/** The route of a request that no contract fits. */
export const UNMATCHED = 'unmatched';

const DURATION = 'http_request_duration_seconds';
/** What OpenTelemetry calls http.server.request.duration, as Prometheus writes it. */
const CONVENTIONAL = 'http_server_request_duration_seconds';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every service has its own registry, since several may run in one process. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Counter<L>({ name, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, ...labelNames: L[]) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], ...labelNames: L[]) =>
    new Histogram<L>({ name, help, buckets, labelNames, registers });
  const httpRequestDuration = histogram(
    DURATION,
    'Duration of HTTP requests by route pattern',
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    'method',
    'route',
    'status',
  );
  registry.registerMetric(conventional(httpRequestDuration) as unknown as Metric);
  return {
    ...{ registry, counter, gauge, histogram },
    collectProcess() {
      collectDefaultMetrics({ register: registry });
      const limit = gauge('nodejs_heap_size_limit_bytes', 'The process ends when its heap needs more');
      limit.set(getHeapStatistics().heap_size_limit);
    },
    httpRequestDuration,
    breakerState: gauge('circuit_breaker_state', '0 closed, 1 open, 0.5 half-open', 'target'),
    retryCount: counter('retry_count', 'Retries of requests to other services', 'target'),
    bulkheadRejections: counter(
      'bulkhead_rejections_total',
      'Requests that were not sent because too many to the same service were under way',
      'target',
    ),
    eventsPublished: counter('events_published_total', 'Events that the broker has acknowledged', 'type'),
    eventsPassedOver: counter(
      'events_passed_over_total',
      'Events that do not fit their contract and were not handed over',
      'type',
    ),
  };
}

type Labels = Readonly<Record<string, string | number>>;
interface Series {
  metricName: string;
  /** The same object at each scrape. prom-client writes it once, and remembers the text. */
  sharedLabels: Labels;
}
/** What prom-client asks of a metric when it writes its text. */
interface Written {
  name: string;
  values: Series[];
}

/** The same durations under OpenTelemetry's names. They are made of ours at each scrape: nothing is counted twice. */
function conventional(ours: unknown) {
  const renamed = new WeakMap<Labels, Labels>();
  const namesOf = (labels: Labels): Labels => {
    const known = renamed.get(labels) ?? conventionalLabels(labels);
    renamed.set(labels, known);
    return known;
  };
  const written = async () => {
    const { values, ...about } = await (ours as { getForPromString(): Promise<Written> }).getForPromString();
    for (const series of values) {
      series.metricName = series.metricName.replace(DURATION, CONVENTIONAL);
      series.sharedLabels = namesOf(series.sharedLabels);
    }
    return { ...about, name: CONVENTIONAL, values };
  };
  return { name: CONVENTIONAL, getForPromString: written, get: written, reset() {} };
}

const conventionalLabels = ({ method, route, status }: Labels): Labels => ({
  http_request_method: method as string,
  http_response_status_code: status as number,
  // A process itself speaks HTTP, whatever ends TLS before it.
  url_scheme: 'http',
  ...(route === UNMATCHED ? {} : { http_route: route as string }),
  ...(Number(status) >= 500 ? { error_type: status as number } : {}),
});
