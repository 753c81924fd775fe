import { z } from 'zod';
import { CustomerId, Email, Phone, Time } from './common.ts';
import { endpoints, problems } from './endpoint.ts';
import { Audit } from './operations.ts';
import { OrderStatus } from './order.ts';
import { Chaos, HealthStatus } from './service.ts';

const { get, post } = endpoints('Gateway');

/** A `checkout` places orders for others, with charges; it may do nothing else that customers may not. */
export const ROLES = ['customer', 'checkout', 'admin'] as const;
export type Role = (typeof ROLES)[number];
const Role = z.enum(ROLES).meta({ id: 'Role' });

/** The token is missing or wrong, does not allow this, or has sent too many requests. */
export const guarded = {
  ...problems(401, 'UNAUTHENTICATED'),
  ...problems(403, 'FORBIDDEN'),
  ...problems(429, 'RATE_LIMITED'),
};

const AddressHealth = z
  .object({ url: z.string(), status: z.enum(['UP', 'DEGRADED', 'DOWN']).meta({ id: 'AddressStatus' }) })
  .meta({ id: 'AddressHealth' });
export const SystemHealth = z
  .object({
    status: HealthStatus,
    service: z.string(),
    version: z.string(),
    uptimeSeconds: z.number(),
    dependencies: z.record(
      z.string(),
      z
        .object({
          status: z
            .enum(['UP', 'DEGRADED', 'DOWN', 'NONE'])
            .meta({ id: 'ServiceStatus', description: 'NONE: the system is configured to run without this service' }),
          addresses: z.array(AddressHealth),
        })
        .meta({ id: 'ServiceHealth' }),
    ),
  })
  .meta({ id: 'SystemHealth' });
export type SystemHealth = z.infer<typeof SystemHealth>;

export const getSystemHealth = get('/health', {
  access: 'everybody',
  summary: 'The health of every service',
  description: '`DEGRADED`: not every service works. Orders may still be placed: what is missing is made up for later.',
  answers: { 200: { description: 'The status of each service and of its addresses', schema: SystemHealth } },
});

export const issueToken = post('/auth/token', {
  access: 'everybody',
  summary: 'Issues a token for any user and role; only in development',
  description:
    'There with AUTH_TOKENS=true alone: anybody gets any token. In production tokens come from your own issuer.',
  body: z
    .object({
      userId: CustomerId,
      roles: z.array(Role).max(10).default(['customer']),
      email: Email.optional().meta({ description: 'Where mails about orders are sent' }),
      phone: Phone.optional().meta({ description: 'Where text messages about orders are sent' }),
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

export const getSystemAudit = get('/audit', {
  summary: 'Compares the books of all services',
  description: 'Every order against stock, payments and shipments. What is being carried out right now is left out.',
  answers: {
    200: { description: 'Whether the books balance, and every discrepancy', schema: Audit },
    ...guarded,
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});

const Rate = z.number().min(0);
const LiveService = z.object({
  status: z.enum(['UP', 'DEGRADED', 'DOWN']),
  requests: Rate.meta({ description: 'Answered requests per second' }),
  errors: Rate.meta({ description: 'Failed requests per second' }),
  breakers: z.record(z.string(), z.enum(['CLOSED', 'OPEN', 'HALF_OPEN'])),
  chaos: Chaos.nullable().meta({ description: 'The faults it injects; null where CHAOS_API is not true' }),
});
export type LiveService = z.infer<typeof LiveService>;

/** The state of the whole system: `event: system` of the live stream, about once a second. */
export const LiveSystem = z
  .object({
    at: Time,
    seconds: z.number().meta({ description: 'The length of the period that the rates cover' }),
    services: z.record(z.string(), LiveService),
    orders: z.partialRecord(OrderStatus, z.int()).meta({ description: 'How many orders have reached which status' }),
    sagas: z.object({ running: z.int(), stuck: z.int() }),
  })
  .meta({ id: 'LiveSystem' });
export type LiveSystem = z.infer<typeof LiveSystem>;

/** `event: past`: the last minutes, for a client that has just connected. */
export type LivePast = Pick<LiveSystem, 'at' | 'seconds' | 'orders'>[];

export const getLive = get('/live', {
  summary: 'Everything that happens in the system, as Server-Sent Events',
  description:
    'For consoles. It ends when the token expires, or the client reads too slowly: connect again with `Last-Event-ID`.',
  headers: z.object({
    'last-event-id': z
      .string()
      .max(200)
      .optional()
      .meta({ description: 'Continues after this event; without it, the stream begins now' }),
  }),
  answers: {
    200: {
      description: [
        '`order`: an event of an order, as in the feed of the order service; its id is the `Last-Event-ID` to continue with.',
        '`place`: only such an id. `anew`: the feed is a new one, so that what the client knows of orders is out of date.',
        '`system`: see the schema LiveSystem. `past`: the orders of the last minutes, as far as the stream had clients.',
      ].join(' '),
      contentTypes: ['text/event-stream'],
    },
    ...guarded,
    ...problems(429, 'RATE_LIMITED', 'TOO_MANY_STREAMS'),
  },
});
