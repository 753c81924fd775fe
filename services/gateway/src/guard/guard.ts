import { createHash, timingSafeEqual } from 'node:crypto';
import { Refusal } from '@oms/shared/errors';
import { type ServiceParts, traceIn } from '@oms/shared/http/app';
import { idempotencyKeyIn } from '@oms/shared/http/request';
import type { Request, RequestHandler } from 'express';
import { accessTo } from './access.ts';
import { type GuardConfig, guardVariables, refuseContradictions } from './config.ts';
import { countingAlone, countingTogether } from './counting.ts';
import { crossOrigin, securityHeaders } from './headers.ts';
import { createLimits } from './limits.ts';
import { bearerOf, type Caller, Tokens } from './tokens.ts';

export { guardVariables };
export type Guard = ReturnType<typeof createGuard>;

/** Stands before everything else that the gateway does. The app must trust as many proxies as TRUST_PROXY says. */
export function createGuard(config: GuardConfig, parts: Pick<ServiceParts<unknown>, 'world' | 'log' | 'metrics'>) {
  refuseContradictions(config);
  const { AUTH_MODE, AUTH_TOKENS, REDIS_URL, INTERNAL_TOKEN } = config;
  if (AUTH_MODE === 'jwt' && AUTH_TOKENS)
    parts.log.warn('AUTH_TOKENS=true: anybody can get any token, for development');
  const tokens = new Tokens(config, parts.world, parts.log);
  const callers = new WeakMap<Request, Caller>();
  const counting = REDIS_URL === undefined ? countingAlone() : countingTogether(REDIS_URL, parts.log);
  const limits = createLimits(config, parts.metrics, counting, (req) => {
    const caller = callers.get(req);
    return caller && `user:${caller.id}`;
  });

  const authenticate: RequestHandler = async (req, res, next) => {
    const access = accessTo(req.method, req.originalUrl);
    if (access === 'everybody' || (access === 'metrics' && showsToken(req, INTERNAL_TOKEN))) return next();
    try {
      callers.set(req, await tokens.callerOf(req.headers.authorization, traceIn(req).traceId));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return limits.failures(req, res, (limited) => next(limited ?? error));
    }
    next();
  };

  const authorize: RequestHandler = (req, _res, next) => {
    const caller = callers.get(req);
    if (!caller || caller.roles.includes('admin')) return next();
    const mayUse = accessTo(req.method, req.originalUrl) === 'customers' && caller.roles.includes('customer');
    if (mayUse) return next();
    const challenge = { 'WWW-Authenticate': 'Bearer error="insufficient_scope"' };
    throw new Refusal(403, 'FORBIDDEN', 'Your roles do not allow this.', {}, challenge);
  };

  const first = [securityHeaders(), ...crossOrigin(config)];
  return {
    before: AUTH_MODE === 'jwt' ? [...first, authenticate, limits.perClient, authorize] : [...first, limits.perClient],

    /** Absent unless tokens may be had for the asking. */
    issueToken: AUTH_TOKENS ? (wish: Parameters<Tokens['issue']>[0]) => tokens.issue(wish) : undefined,

    /** Headers that the request carries on to its service, in place of the client's. */
    forward(req: Request): Record<string, string> {
      const caller = callers.get(req);
      if (!caller) return {};
      const key = idempotencyKeyIn(req);
      return {
        ...(caller.roles.includes('admin') ? {} : { 'x-customer-id': caller.id }),
        ...(key === undefined ? {} : { 'idempotency-key': keyOf(caller, key) }),
      };
    },

    close: () => counting.close(),
  };
}

/** The key of one user is never that of another, or of a service. */
const keyOf = ({ id }: Caller, key: string) => createHash('sha256').update(`${id}\n${key}`).digest('base64url');

function showsToken({ headers }: Request, wanted: string | undefined): boolean {
  const shown = bearerOf(headers.authorization);
  if (shown === undefined || wanted === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(wanted));
}
