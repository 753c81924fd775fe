import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export type Metrics = ReturnType<typeof createMetrics>;

/** A registry of its own for every service, since several may live in one process. */
export function createMetrics(service: string) {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  const registers = [registry];
  return {
    registry,
    collectProcess: () => collectDefaultMetrics({ register: registry }),
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
      help: 'Requests to other services that were tried again',
      labelNames: ['target'] as const,
      registers,
    }),
  };
}
