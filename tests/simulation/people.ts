import { createHmac } from 'node:crypto';
import { BEGINNING } from './clock.ts';

/** The key that signs valid tokens. */
export const JWT_SECRET = 'what-the-tokens-of-the-simulated-world-are-signed-with';

export interface Person {
  name: string;
  role: 'customer' | 'operator' | 'nobody';
}
export type Headers = Record<string, string>;

const DAY_S = 24 * 60 * 60;
const NOW_S = BEGINNING / 1000;

/** A marker in all personal data of one customer, so that it is recognized everywhere. */
export const privateTo = (name: string): string => `private-to-${name}`;

export const addressOf = (name: string) => ({
  street: `${privateTo(name)} Main St`,
  city: 'Springfield',
  zip: '12345',
  country: 'US',
});

interface Claims {
  roles?: readonly string[];
  secret?: string;
  alg?: string;
  exp?: number;
  aud?: string;
}

/** Made by the standard (RFC 7519), independent of the code that verifies tokens. */
function tokenOf(sub: string, { secret = JWT_SECRET, alg = 'HS256', ...more }: Claims): string {
  const issued = { iss: 'order-management', aud: 'order-management', iat: NOW_S, exp: NOW_S + DAY_S };
  const claims = { sub, email: `${privateTo(sub)}@shop.example`, ...issued, ...more };
  const signed = `${coded({ alg, typ: 'JWT' })}.${coded(claims)}`;
  const signature = createHmac('sha256', secret).update(signed).digest('base64url');
  return `${signed}.${alg === 'none' ? '' : signature}`;
}

const coded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** People by their tokens. */
const known = new Map<string, Person>();
const shown = new Map<string, Headers>();

/** The headers of a request with a valid token. */
export function as(name: string, role: 'customer' | 'operator' = 'customer'): Headers {
  const id = `${role} ${name}`;
  const headers = shown.get(id) ?? bearer(tokenOf(name, { roles: [role === 'operator' ? 'admin' : 'customer'] }));
  shown.set(id, headers);
  known.set(headers.Authorization as string, { name, role });
  return headers;
}

/** Customers do not confirm orders themselves: each has an operator for that. */
export const clerkOf = (name: string): Headers => as(`clerk-of-${name}`, 'operator');

/** Invalid tokens: expired, with a wrong signature or none, or for another audience. */
const FAULTS: readonly Claims[] = [
  { exp: NOW_S - DAY_S },
  { secret: 'what-somebody-signs-his-own-tokens-with' },
  { alg: 'none' },
  { aud: 'another-shop' },
];

/** Invalid tokens that claim to be somebody else. */
export const badTokens = (name: string): Headers[] =>
  FAULTS.flatMap((fault) => ['admin', 'customer'].map((role) => bearer(tokenOf(name, { ...fault, roles: [role] }))));

const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });

/** A request without a valid token has no user. */
export const personIn = ({ Authorization = '' }: Headers): Person =>
  known.get(Authorization) ?? { name: 'nobody', role: 'nobody' };
