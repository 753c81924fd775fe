import { z } from 'zod';
import { Email, Phone } from './common.ts';

/** Who calls. Gateway and services tell each other in X-Caller; without a statement the caller is nobody. */
export type Caller =
  | { kind: 'customer'; id: string; email?: string | undefined; phone?: string | undefined }
  /** A shop's own checkout: it places orders for others, and says what they cost. */
  | { kind: 'checkout'; id: string }
  | { kind: 'operator'; id: string }
  | { kind: 'service'; name: string }
  | { kind: 'nobody' };

export const NOBODY: Caller = { kind: 'nobody' };
/** Where callers are not authenticated, everybody may do everything. */
export const ANYBODY = { kind: 'operator', id: 'anonymous' } as const satisfies Caller;

/** Where a customer is sent messages. */
const Reached = z.object({ email: Email.optional(), phone: Phone.optional() });

const CALLER = /^(?:nobody|(customer|checkout|operator|service):([A-Za-z0-9_.:-]{1,64}))$/;

/** The text of X-Caller. */
export function saidOf(caller: Caller): string {
  switch (caller.kind) {
    case 'customer':
    case 'checkout':
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
  const said: Record<string, string> = { 'x-caller': saidOf(caller) };
  if (caller.kind !== 'customer') return said;
  if (caller.email !== undefined) said['x-caller-email'] = caller.email;
  if (caller.phone !== undefined) said['x-caller-phone'] = caller.phone;
  return said;
}

/** The headers that every call between gateway and services carries. */
export const insideHeaders = (caller: Caller, token: string | undefined): Record<string, string> => ({
  ...callerHeaders(caller),
  ...(token === undefined ? {} : { 'x-internal-token': token }),
});

/** The caller named in the headers; undefined: none is named, or two are, or the form is wrong. */
export function callerIn(headers: Record<string, string | string[] | undefined>): Caller | undefined {
  const said = CALLER.exec(String(headers['x-caller'] ?? ''));
  if (!said) return undefined;
  const [, kind, name = ''] = said;
  if (kind === 'operator' || kind === 'checkout') return { kind, id: name };
  if (kind === 'service') return { kind, name };
  if (kind !== 'customer') return NOBODY;
  const { 'x-caller-email': email, 'x-caller-phone': phone } = headers;
  if (email === undefined && phone === undefined) return { kind, id: name };
  const reached = Reached.safeParse({ email, phone }).data;
  return reached && { kind, id: name, ...reached };
}
