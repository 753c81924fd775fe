import { z } from 'zod';
import { Id } from './common.ts';
import { endpoint, problems } from './endpoint.ts';
import { Audit } from './operations.ts';

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
      z.object({ status: z.enum(['UP', 'DEGRADED', 'DOWN']), addresses: z.array(Address) }),
    ),
  })
  .meta({ id: 'SystemHealth' });
export type SystemHealth = z.infer<typeof SystemHealth>;

export const getSystemHealth = endpoint({
  method: 'get',
  path: '/health',
  tag,
  summary: 'The health of every service',
  answers: { 200: { description: 'What each of them says', schema: SystemHealth } },
});

export const issueToken = endpoint({
  method: 'post',
  path: '/auth/token',
  tag,
  summary: 'A token for whoever one wants to be; in development only',
  body: z
    .object({ userId: Id, roles: z.array(z.enum(ROLES)).max(10).default(['customer']) })
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
