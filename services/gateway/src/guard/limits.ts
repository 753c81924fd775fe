import { Refusal } from '@oms/shared/errors';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import type { GuardConfig } from './config.ts';
import type { Counting } from './counting.ts';

const MINUTE_MS = 60_000;
/** Probes and Prometheus must always get an answer. */
const NEVER_LIMITED = /^(?:\/api)?\/(?:health|livez|readyz|metrics)$/;

export const neverLimited = (path: string): boolean => NEVER_LIMITED.test(path);

/** How many requests a client may send: one limit for each class of requests. */
export function createLimits(
  config: GuardConfig,
  { counter }: Pick<Metrics, 'counter'>,
  counting: Counting,
  clientOf: (req: Request) => string | undefined,
) {
  const limited = counter(
    'rate_limited_total',
    'Requests that were refused because the client came too often',
    'limit',
  );
  const byAddress = (req: Request) => `address:${ipKeyGenerator(String(req.ip))}`;
  const byClient = (req: Request) => clientOf(req) ?? byAddress(req);

  const limit = (name: string, perMinute: number, keyGenerator: (req: Request) => string): RequestHandler => {
    if (perMinute === 0) return (_req, _res, next) => next();
    return rateLimit({
      windowMs: MINUTE_MS,
      limit: perMinute,
      identifier: name,
      keyGenerator,
      store: counting.countsOf(name),
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      passOnStoreError: true,
      // The limiter would log for every request what the counting logs once.
      logger: { error: () => {}, warn: () => {} },
      validate: false,
      handler(_req, _res, next) {
        limited.inc({ limit: name });
        next(new Refusal(429, 'RATE_LIMITED', `Too many requests: at most ${perMinute} a minute.`));
      },
    });
  };

  const reads = limit('reads', config.RATE_LIMIT_READS, byClient);
  const writes = limit('writes', config.RATE_LIMIT_WRITES, byClient);
  const tokens = limit('tokens', config.RATE_LIMIT_TOKENS, byAddress);

  const perClient: RequestHandler = (req, res, next) => {
    if (neverLimited(req.path)) return next();
    if (/^(?:\/api)?\/auth\//.test(req.path)) return tokens(req, res, next);
    return /^(?:GET|HEAD|OPTIONS)$/.test(req.method) ? reads(req, res, next) : writes(req, res, next);
  };
  return { perClient, byClient, failures: limit('failures', config.RATE_LIMIT_TOKENS, byAddress) };
}
