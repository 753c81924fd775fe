import { z } from 'zod';
import { Email, Id, Time } from './common.ts';
import { endpoint, problems } from './endpoint.ts';
import { Audit } from './operations.ts';
import { OrderStatus } from './order.ts';
import { Chaos } from './service.ts';

const tag = 'Gateway';

export const ROLES = ['customer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** A client whose token is missing or wrong, may not do this, or asks too often. */
export const guarded = {
  ...problems(401, 'UNAUTHENTICATED'),
  ...problems(403, 'FORBIDDEN'),
  ...problems(429, 'RATE_LIMITED'),
};

const Address = z.object({ url: z.string(), status: z.enum(['UP', 'DEGRADED', 'DOWN']) });
export const SystemHealth = z
  .object({
    status: z.enum(['UP', 'DEGRADED']),
    service: z.string(),
    version: z.string(),
    uptimeSeconds: z.number(),
    dependencies: z.record(
      z.string(),
      z.object({
        status: z
          .enum(['UP', 'DEGRADED', 'DOWN', 'NONE'])
          .meta({ description: 'NONE: the system was told to do without this service' }),
        addresses: z.array(Address),
      }),
    ),
  })
  .meta({ id: 'SystemHealth' });
export type SystemHealth = z.infer<typeof SystemHealth>;

export const getSystemHealth = endpoint({
  method: 'get',
  path: '/health',
  tag,
  access: 'everybody',
  summary: 'The health of every service',
  answers: { 200: { description: 'What each of them says', schema: SystemHealth } },
});

export const issueToken = endpoint({
  method: 'post',
  path: '/auth/token',
  tag,
  access: 'everybody',
  summary: 'A token for whoever one wants to be; in development only',
  body: z
    .object({
      userId: Id,
      roles: z.array(z.enum(ROLES)).max(10).default(['customer']),
      email: Email.optional().meta({ description: 'Where the mails of orders go' }),
    })
    .meta({ id: 'TokenRequest', example: { userId: 'ada', roles: ['customer'] } }),
  answers: {
    200: {
      description: 'To be sent as `Authorization: Bearer …`',
      schema: z
        .object({ token: z.string(), tokenType: z.literal('Bearer'), expiresInSeconds: z.int() })
        .meta({ id: 'Token' }),
    },
    ...problems(404, 'ROUTE_NOT_FOUND'),
    ...problems(429, 'RATE_LIMITED'),
  },
});

export const getSystemAudit = endpoint({
  method: 'get',
  path: '/audit',
  tag,
  summary: 'The books of all services held against each other',
  answers: {
    200: { description: 'Balanced, or what is not', schema: Audit },
    ...guarded,
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});

const Rate = z.number().min(0);
const LiveService = z.object({
  status: z.enum(['UP', 'DEGRADED', 'DOWN']),
  requests: Rate.meta({ description: 'Answered requests a second' }),
  errors: Rate.meta({ description: 'Of these, how many failed' }),
  breakers: z.record(z.string(), z.enum(['CLOSED', 'OPEN', 'HALF_OPEN'])),
  chaos: Chaos.nullable().meta({ description: 'The faults it injects; null where CHAOS_API is not true' }),
});
export type LiveService = z.infer<typeof LiveService>;

/** How the whole system is doing, as `event: system` of the live stream tells it about once a second. */
export const LiveSystem = z
  .object({
    at: Time,
    seconds: z.number().meta({ description: 'How long the time is that rates and counts are about' }),
    services: z.record(z.string(), LiveService),
    orders: z.partialRecord(OrderStatus, z.int()).meta({ description: 'How many orders have reached which status' }),
    sagas: z.object({ running: z.int(), stuck: z.int() }),
  })
  .meta({ id: 'LiveSystem' });
export type LiveSystem = z.infer<typeof LiveSystem>;

/** `event: past`: what a watcher who has just come can still be told. */
export type LivePast = Pick<LiveSystem, 'at' | 'seconds' | 'orders'>[];

export const getLive = endpoint({
  method: 'get',
  path: '/live',
  tag,
  summary: 'What happens in the whole system, as Server-Sent Events',
  headers: z.object({
    'last-event-id': z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Goes on behind this event; without it, the stream begins with what happens from now on' }),
  }),
  answers: {
    200: {
      description: [
        '`order`: an event of an order, as in the feed of the order service; its id is where to go on.',
        '`place`: nothing but such an id. `anew`: the feed has begun anew, so that what was known of orders is out of date.',
        '`system`: see the schema LiveSystem. `past`: the orders of the last minutes, as far as somebody watched.',
      ].join(' '),
      contentTypes: ['text/event-stream'],
    },
    ...guarded,
    ...problems(429, 'RATE_LIMITED', 'TOO_MANY_STREAMS'),
  },
});
