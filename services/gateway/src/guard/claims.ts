import { createHash } from 'node:crypto';
import { CustomerId, Email, Phone } from '@oms/shared/contracts/common';
import { ROLES, type Role } from '@oms/shared/contracts/gateway';
import type { JWTPayload } from 'jose';

const LONGEST_SUB = 255;
/** What the ids of those look like whose `sub` is no id. */
const MADE = /^sub:[A-Za-z0-9_-]{43}$/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** The id of whoever a token is about: its `sub`, or a hash of it. No two have the same; undefined: this is no `sub`. */
export function idOf(sub: unknown): string | undefined {
  if (typeof sub !== 'string' || sub === '' || sub.length > LONGEST_SUB || LONE_SURROGATE.test(sub)) return undefined;
  // Nobody gets the id of somebody else by a sub that looks like a made one.
  if (CustomerId.safeParse(sub).success && !MADE.test(sub)) return sub;
  return `sub:${createHash('sha256').update(sub).digest('base64url')}`;
}

/** The roles at this claim: a list, or a text with spaces between. Those that nobody knows here do not count. */
export function rolesIn(claims: JWTPayload, path: string): Role[] {
  const found = valueAt(claims, path);
  const named: unknown = typeof found === 'string' ? found.split(' ') : found;
  return ROLES.filter((role) => Array.isArray(named) && named.includes(role));
}

/** Names of claims may have dots themselves: the longest name that is there counts. */
function valueAt(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const name = path.slice(0, dot);
    if (Object.hasOwn(value, name)) return valueAt((value as Record<string, unknown>)[name], path.slice(dot + 1));
  }
  return undefined;
}

/** Where customers are sent messages. What is not valid is left out, and what the issuer says is not verified. */
export const reachedAt = ({ email, email_verified, phone_number, phone_number_verified }: JWTPayload) => ({
  email: isUnverified(email_verified) ? undefined : Email.safeParse(email).data,
  phone: isUnverified(phone_number_verified) ? undefined : Phone.safeParse(phone_number).data,
});

/** Some issuers say it in a text. */
const isUnverified = (verified: unknown): boolean => verified === false || verified === 'false';
