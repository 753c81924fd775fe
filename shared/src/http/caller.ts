import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { Email } from '../contracts/common.ts';
import type { Access } from '../contracts/endpoint.ts';
import { Refusal } from '../errors.ts';
import { type Here, onlyFromHere } from './from-here.ts';

/** Who calls. Between gateway and services it travels in X-Caller; whoever is not said to be somebody is nobody. */
export type Caller =
  | { kind: 'customer'; id: string; email?: string | undefined }
  | { kind: 'operator'; id: string }
  | { kind: 'service'; name: string }
  | { kind: 'nobody' };

export const NOBODY: Caller = { kind: 'nobody' };
/** Where nobody is asked who he is, everybody may do everything. */
export const ANYBODY = { kind: 'operator', id: 'anonymous' } as const satisfies Caller;

const CALLER = /^(?:nobody|(customer|operator|service):([A-Za-z0-9_.:-]{1,64}))$/;

/** Who calls, as X-Caller says it. */
export function saidOf(caller: Caller): string {
  switch (caller.kind) {
    case 'customer':
    case 'operator':
      return `${caller.kind}:${caller.id}`;
    case 'service':
      return `service:${caller.name}`;
    case 'nobody':
      return 'nobody';
  }
}

/** The headers that tell a service who calls. */
export function callerHeaders(caller: Caller): Record<string, string> {
  const said = { 'x-caller': saidOf(caller) };
  return caller.kind === 'customer' && caller.email !== undefined ? { ...said, 'x-caller-email': caller.email } : said;
}

/** What a call from inside shows first. */
export const insideHeaders = (caller: Caller, token: string | undefined): Record<string, string> => ({
  ...callerHeaders(caller),
  ...(token === undefined ? {} : { 'x-internal-token': token }),
});

/** Who calls, as the headers say; undefined: they say it not at all, twice, or in another form. */
export function callerIn(headers: IncomingHttpHeaders): Caller | undefined {
  const said = CALLER.exec(String(headers['x-caller'] ?? ''));
  if (!said) return undefined;
  const [, kind, name = ''] = said;
  if (kind === 'operator') return { kind, id: name };
  if (kind === 'service') return { kind, name };
  if (kind !== 'customer') return NOBODY;
  const email = headers['x-caller-email'];
  if (email === undefined) return { kind, id: name };
  return Email.safeParse(email).success ? { kind, id: name, email: String(email) } : undefined;
}

/** Notes who sends a request, for the route that will serve it. */
export function callerIs(res: Response, caller: Caller): void {
  res.locals.caller = caller;
}

export const callerOf = (res: Response): Caller => (res.locals.caller as Caller | undefined) ?? NOBODY;

/** Throws unless such a route is there for the caller. */
export function mustBeAllowed(access: Access | undefined, { kind }: Caller): void {
  if (kind === 'operator' || kind === 'service' || access === 'everybody') return;
  if (kind === 'nobody') throw callerRequired();
  if (access !== 'customers') throw new Refusal(403, 'FORBIDDEN', 'This is not for customers.');
}

/** These stay open: those who look after a process carry no token. */
const OPEN_TO_ALL = new Set(['/health', '/livez', '/readyz', '/metrics']);

/** In constant time. How long a secret is, is none. */
export const isSame = (shown: Buffer, wanted: Buffer) =>
  shown.length === wanted.length && timingSafeEqual(shown, wanted);

/** Finds out who calls a service. With a token only those count who show it, and say in whose name they come. */
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
