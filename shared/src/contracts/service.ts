import { z } from 'zod';
import { Limit } from './common.ts';
import { endpoints, problems } from './endpoint.ts';
import { EventPosition, FeedPage } from './events.ts';

/** The endpoints of every service. */

const { get, put } = endpoints('Service');

export const HealthStatus = z.enum(['UP', 'DEGRADED']).meta({ id: 'HealthStatus' });
export const Health = z
  .object({
    status: HealthStatus,
    service: z.string(),
    version: z.string(),
    uptimeSeconds: z.number(),
    dependencies: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'Health' });
export type Health = z.infer<typeof Health>;

export const Chaos = z
  .object({
    enabled: z.boolean(),
    failureRate: z.number().min(0).max(1),
    latencyMs: z.int().min(0).max(60_000),
    dropRate: z.number().min(0).max(1),
    expiresAt: z.string().nullable(),
  })
  .meta({ id: 'Chaos' });
export type Chaos = z.infer<typeof Chaos>;

export const ChaosChange = z
  .object({
    enabled: z.boolean().optional(),
    failureRate: Chaos.shape.failureRate.optional(),
    latencyMs: Chaos.shape.latencyMs.optional(),
    dropRate: Chaos.shape.dropRate.optional(),
    ttlSeconds: z.int().min(1).max(3600).optional(),
  })
  .meta({ id: 'ChaosChange', example: { failureRate: 0.5, ttlSeconds: 30 } });
export type ChaosChange = z.infer<typeof ChaosChange>;

const Lamp = z.object({ status: z.string() }).meta({ id: 'Lamp' });

export const getHealth = get('/health', {
  access: 'everybody',
  summary: 'The state of the service and of the services it depends on',
  description: 'For people and dashboards; probes use /livez and /readyz.',
  answers: {
    200: { description: 'The service works; `DEGRADED`: not all that it needs is available', schema: Health },
  },
});

export const getLivez = get('/livez', {
  access: 'everybody',
  summary: 'Liveness: whether the process should keep running',
  description: 'For an orchestrator, which restarts a process that does not answer.',
  answers: { 200: { description: 'The process is alive', schema: Lamp } },
});

export const getReadyz = get('/readyz', {
  access: 'everybody',
  summary: 'Readiness: whether requests should be sent to this process',
  description: 'For a load balancer, which sends nothing to a process that is starting or stopping.',
  answers: {
    200: { description: 'The process takes requests', schema: Lamp },
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});

export const getMetrics = get('/metrics', {
  access: 'everybody',
  summary: 'Metrics for Prometheus',
  description: 'Counters, gauges and histograms of this process.',
  answers: { 200: { description: 'Prometheus text format', contentTypes: ['text/plain'] } },
});

export const getChaos = get('/chaos', {
  summary: 'The faults that are being injected',
  description: 'There with CHAOS_API=true alone.',
  answers: { 200: { description: 'The setting', schema: Chaos }, ...problems(404, 'ROUTE_NOT_FOUND') },
});

export const putChaos = put('/chaos', {
  summary: 'Injects faults for a limited time',
  description: 'There with CHAOS_API=true alone. After `ttlSeconds`, 300 if absent, it ends by itself.',
  body: ChaosChange,
  answers: { 200: { description: 'The setting now', schema: Chaos }, ...problems(404, 'ROUTE_NOT_FOUND') },
});

export const getEventFeed = get('/events', {
  summary: 'All events of the service, in an order that never skips one; `Accept: text/event-stream`: live',
  description:
    'Read on with `next`, or stream it and continue after a break with `Last-Event-ID`. It may give an event again, never leave one out.',
  query: z.object({
    after: z
      .union([EventPosition, z.enum(['end', 'kept'])])
      .default('0')
      .meta({
        description: '`end`: only events from now on. `kept`: continues where the calling service stopped, see `keep`',
      }),
    keep: z.string().max(400).optional().meta({
      description:
        '`feed` of an earlier answer: the calling service has processed that feed up to `after`, which is kept',
    }),
    limit: Limit,
  }),
  headers: z.object({
    prefer: z
      .string()
      .max(200)
      .optional()
      .meta({ description: '`wait=N`: waits up to N seconds for an event, 30 at most', example: 'wait=20' }),
  }),
  answers: {
    200: {
      description: 'Events after that position',
      schema: FeedPage,
      contentTypes: ['application/json', 'text/event-stream'],
      headers: ['Preference-Applied'],
    },
    ...problems(403, 'FORBIDDEN'),
    ...problems(429, 'TOO_MANY_STREAMS'),
  },
});
