import { getHeapStatistics } from 'node:v8';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** Every service has its own registry, since several may run in one process. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  return {
    registry,
    collectProcess: () => collectFromProcess(registry),
    httpRequestDuration: new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Duration of HTTP requests by route pattern',
      labelNames: ['method', 'route', 'status'] as const,
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    breakerState: new Gauge({
      name: 'circuit_breaker_state',
      help: '0 closed, 1 open, 0.5 half-open',
      labelNames: ['target'] as const,
      registers,
    }),
    retryCount: new Counter({
      name: 'retry_count',
      help: 'Retries of requests to other services',
      labelNames: ['target'] as const,
      registers,
    }),
    bulkheadRejections: new Counter({
      name: 'bulkhead_rejections_total',
      help: 'Requests that were not sent because too many to the same service were under way',
      labelNames: ['target'] as const,
      registers,
    }),
    eventsPublished: new Counter({
      name: 'events_published_total',
      help: 'Events that the broker has acknowledged',
      labelNames: ['type'] as const,
      registers,
    }),
    eventsPassedOver: new Counter({
      name: 'events_passed_over_total',
      help: 'Events that do not fit their contract and were not handed over',
      labelNames: ['type'] as const,
      registers,
    }),
  };
}

function collectFromProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  const limit = new Gauge({
    name: 'nodejs_heap_size_limit_bytes',
    help: 'The process ends when its heap needs more',
    registers: [registry],
  });
  limit.set(getHeapStatistics().heap_size_limit);
}
