import { createHash, timingSafeEqual } from 'node:crypto';
import { ANYBODY, type Caller, insideHeaders, NOBODY } from '@oms/shared/contracts/caller';
import { ROLES } from '@oms/shared/contracts/gateway';
import { Refusal } from '@oms/shared/errors';
import { callerIs, callerOf } from '@oms/shared/http/caller';
import { onlyFromHere } from '@oms/shared/http/from-here';
import { traceIn } from '@oms/shared/http/observe-request';
import { idempotencyKeyIn } from '@oms/shared/http/request';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Request, RequestHandler, Response } from 'express';
import { accessTo } from './access.ts';
import { type GuardConfig, guardVariables, refuseContradictions } from './config.ts';
import { countingAlone, countingTogether } from './counting.ts';
import { crossOrigin, securityHeaders } from './headers.ts';
import { createLimits } from './limits.ts';
import { roleMissing } from './refused-token.ts';
import { createStreams } from './streams.ts';
import { bearerOf, type Identity, type TokenRequest, Tokens } from './tokens.ts';

export { guardVariables };
export type Guard = ReturnType<typeof createGuard>;

/** Runs before everything else in the gateway. The app must trust as many proxies as TRUST_PROXY says. */
export function createGuard(
  config: GuardConfig,
  parts: Pick<ServiceParts<unknown>, 'service' | 'world' | 'log' | 'metrics' | 'allowedHosts' | 'streamsPerCaller'>,
) {
  refuseContradictions(config);
  const { AUTH_MODE, AUTH_TOKENS, REDIS_URL, INTERNAL_TOKEN } = config;
  if (AUTH_MODE === 'jwt' && AUTH_TOKENS)
    parts.log.warn('AUTH_TOKENS=true: anybody can get any token, for development');
  const tokens = new Tokens(config, parts.world, parts.log);
  if (AUTH_MODE === 'jwt') void tokens.prepare();
  const identities = new WeakMap<Request, Identity>();
  const counting = REDIS_URL === undefined ? countingAlone() : countingTogether(REDIS_URL, parts.log);
  const limits = createLimits(config, parts.metrics, counting, (req) => {
    const identity = identities.get(req);
    return identity && `user:${identity.id}`;
  });

  const authenticate: RequestHandler = async (req, res, next) => {
    const access = accessTo(req.method, req.originalUrl);
    res.locals.access = access;
    if (access === 'everybody') return next();
    if (access === 'metrics' && showsToken(req, INTERNAL_TOKEN)) {
      callerIs(res, { kind: 'service', name: 'metrics' });
      return next();
    }
    try {
      const identity = await tokens.identityOf(req.headers.authorization, traceIn(req).traceId);
      identities.set(req, identity);
      callerIs(res, callerWith(identity));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return limits.failures(req, res, (limited) => next(limited ?? error));
    }
    next();
  };

  const authorize: RequestHandler = (req, res, next) => {
    const { kind } = callerOf(res);
    if (!identities.has(req) || kind === 'operator') return next();
    if ((kind === 'customer' || kind === 'checkout') && res.locals.access === 'customers') return next();
    const reason = kind === 'nobody' ? noRole(config.JWT_ROLES_CLAIM) : 'Your roles do not allow this.';
    parts.log.info('a token was refused', { reason, traceId: traceIn(req).traceId });
    throw roleMissing(reason);
  };

  const fromHere = onlyFromHere({ ...parts, origins: config.CORS_ORIGINS });
  const anybody: RequestHandler = (_req, res, next) => {
    callerIs(res, ANYBODY);
    next();
  };

  const first = [securityHeaders(), ...crossOrigin(config)];
  return {
    before:
      AUTH_MODE === 'jwt'
        ? [...first, authenticate, limits.perClient, authorize]
        : [...first, fromHere, anybody, limits.perClient],

    /** Absent unless AUTH_TOKENS=true. */
    issueToken: AUTH_TOKENS ? (request: TokenRequest) => tokens.issue(request) : undefined,

    /** Headers for the service, which replace those of the client. */
    forward(req: Request): Record<string, string> {
      const headers = insideHeaders(callerOf(req.res as Response), INTERNAL_TOKEN);
      const identity = identities.get(req);
      const key = identity && idempotencyKeyIn(req);
      return key === undefined ? headers : { ...headers, 'idempotency-key': keyOf(identity as Identity, key) };
    },

    streams: createStreams(
      parts.streamsPerCaller ?? 0,
      parts.world,
      limits.byClient,
      (req) => identities.get(req)?.expiresAt,
    ),

    close: () => counting.close(),
  };
}

/** What is told to the owner of a token without a known role. */
const noRole = (claim: string) => `The token has none of the roles ${ROLES.join(', ')} in its claim ${claim}.`;

/** The owner of a token without a known role is nobody. */
function callerWith({ id, roles, email, phone }: Identity): Caller {
  if (roles.includes('admin')) return { kind: 'operator', id };
  if (roles.includes('checkout')) return { kind: 'checkout', id };
  return roles.includes('customer') ? { kind: 'customer', id, email, phone } : NOBODY;
}

/** The key of one user is never that of another, or of a service. */
const keyOf = ({ id }: Identity, key: string) => createHash('sha256').update(`${id}\n${key}`).digest('base64url');

function showsToken({ headers }: Request, wanted: string | undefined): boolean {
  const shown = bearerOf(headers.authorization);
  if (shown === undefined || wanted === undefined) return false;
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(wanted));
}
