import { timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { ANYBODY, type Caller, callerIn, NOBODY } from '../contracts/caller.ts';
import type { Access } from '../contracts/endpoint.ts';
import { Refusal } from '../errors.ts';
import { type Here, onlyFromHere } from './from-here.ts';

/** Keeps the caller of a request for the route that will serve it. */
export function callerIs(res: Response, caller: Caller): void {
  res.locals.caller = caller;
}

export const callerOf = (res: Response): Caller => (res.locals.caller as Caller | undefined) ?? NOBODY;

/** Throws unless the caller may use a route with this access. */
export function mustBeAllowed(access: Access | undefined, { kind }: Caller): void {
  if (kind === 'operator' || kind === 'service' || access === 'everybody') return;
  if (kind === 'nobody') throw callerRequired();
  if (access !== 'customers') throw new Refusal(403, 'FORBIDDEN', 'This is not for customers.');
}

/** These stay open: probes and Prometheus carry no token. */
const OPEN_TO_ALL = new Set(['/health', '/livez', '/readyz', '/metrics']);

/** Compares in constant time. The length of a secret is not secret. */
export const isSame = (shown: Buffer, wanted: Buffer) =>
  shown.length === wanted.length && timingSafeEqual(shown, wanted);

/** Finds out who calls a service. Where there is a token, a call must carry it, and X-Caller. */
export function insiders({
  internalToken: token,
  ...here
}: Here & { internalToken?: string | undefined }): RequestHandler {
  const fromHere = onlyFromHere(here);
  const wanted = token === undefined ? undefined : Buffer.from(token);
  return (req: Request, res: Response, next: () => void) => {
    if (OPEN_TO_ALL.has(req.path)) return next();
    const { headers } = req;
    if (wanted && !isSame(Buffer.from(String(headers['x-internal-token'] ?? '')), wanted)) {
      throw new Refusal(401, 'INTERNAL_TOKEN_REQUIRED', 'This service is called through the gateway.');
    }
    const caller = wanted || headers['x-caller'] !== undefined ? callerIn(headers) : ANYBODY;
    if (!caller) throw callerRequired();
    callerIs(res, caller);
    if (wanted) return next();
    fromHere(req, res, next);
  };
}

export const callerRequired = () =>
  new Refusal(401, 'CALLER_REQUIRED', 'X-Caller must say who calls, in the name of whom.');
