import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The route of a request that no contract fits. */
export const UNMATCHED = 'unmatched';

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
  return {
    ...{ registry, counter, gauge, histogram },
    collectProcess() {
      collectDefaultMetrics({ register: registry });
      const limit = gauge('nodejs_heap_size_limit_bytes', 'The process ends when its heap needs more');
      limit.set(getHeapStatistics().heap_size_limit);
    },
    httpRequestDuration: histogram(
      'http_request_duration_seconds',
      'Duration of HTTP requests by route pattern',
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      'method',
      'route',
      'status',
    ),
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
