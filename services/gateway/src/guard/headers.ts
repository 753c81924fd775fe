import cors from 'cors';
import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { GuardConfig } from './config.ts';

const EXPOSED = [
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Location',
  'Preference-Applied',
  'RateLimit',
  'RateLimit-Policy',
  'Retry-After',
  'X-Request-Id',
];
const DAY_SECONDS = 24 * 60 * 60;

/** Security headers for browsers. Scripts come only from the gateway; Swagger UI needs the inline styles. */
export function securityHeaders(): RequestHandler {
  const directives = {
    defaultSrc: ["'self'"],
    baseUri: ["'self'"],
    fontSrc: ["'self'", 'data:'],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    imgSrc: ["'self'", 'data:'],
    objectSrc: ["'none'"],
    scriptSrc: ["'self'"],
    scriptSrcAttr: ["'none'"],
    styleSrc: ["'self'", "'unsafe-inline'"],
  };
  const shared = { frameguard: { action: 'deny' } } as const;
  const policy = { useDefaults: false, directives };
  const secure = helmet({ ...shared, contentSecurityPolicy: policy });
  // A directive that requires HTTPS would break the page where there is none.
  const plain = helmet({ ...shared, contentSecurityPolicy: policy, strictTransportSecurity: false });
  return (req, res, next) => (req.secure ? secure : plain)(req, res, next);
}

/** Lets pages of other origins call (CORS). A preflight is answered at once: it carries no token. */
export function crossOrigin({ CORS_ORIGINS: origin }: GuardConfig): RequestHandler[] {
  if (!origin) return [];
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];
  return [cors({ origin, methods, credentials: false, exposedHeaders: EXPOSED, maxAge: DAY_SECONDS })];
}
