import { createHmac } from 'node:crypto';
import { BEGINNING } from './clock.ts';

/** What good tokens are signed with. */
export const JWT_SECRET = 'what-the-tokens-of-the-simulated-world-are-signed-with';

export interface Person {
  name: string;
  role: 'customer' | 'operator' | 'nobody';
}
export type Headers = Record<string, string>;

const DAY_S = 24 * 60 * 60;
const NOW_S = BEGINNING / 1000;

/** Stands in all that somebody says of himself, so that it is known wherever it turns up. */
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

/** Made from what the standard says, and not by the code that checks it. */
function tokenOf(sub: string, { secret = JWT_SECRET, alg = 'HS256', ...more }: Claims): string {
  const issued = { iss: 'order-management', aud: 'order-management', iat: NOW_S, exp: NOW_S + DAY_S };
  const claims = { sub, email: `${privateTo(sub)}@shop.example`, ...issued, ...more };
  const signed = `${coded({ alg, typ: 'JWT' })}.${coded(claims)}`;
  const signature = createHmac('sha256', secret).update(signed).digest('base64url');
  return `${signed}.${alg === 'none' ? '' : signature}`;
}

const coded = (part: unknown) => Buffer.from(JSON.stringify(part)).toString('base64url');

/** By what they show. */
const known = new Map<string, Person>();
const shown = new Map<string, Headers>();

/** The headers of whoever comes with a good token. */
export function as(name: string, role: 'customer' | 'operator' = 'customer'): Headers {
  const id = `${role} ${name}`;
  const headers = shown.get(id) ?? bearer(tokenOf(name, { roles: [role === 'operator' ? 'admin' : 'customer'] }));
  shown.set(id, headers);
  known.set(headers.Authorization as string, { name, role });
  return headers;
}

/** Customers confirm nothing themselves: each has a clerk who does. */
export const clerkOf = (name: string): Headers => as(`clerk-of-${name}`, 'operator');

/** Too old, signed by somebody else, by nobody, or meant for another shop. */
const FAULTS: readonly Claims[] = [
  { exp: NOW_S - DAY_S },
  { secret: 'what-somebody-signs-his-own-tokens-with' },
  { alg: 'none' },
  { aud: 'another-shop' },
];

/** Tokens by which whoever shows them would be somebody else, were they good. */
export const badTokens = (name: string): Headers[] =>
  FAULTS.flatMap((fault) => ['admin', 'customer'].map((role) => bearer(tokenOf(name, { ...fault, roles: [role] }))));

const bearer = (token: string): Headers => ({ Authorization: `Bearer ${token}` });

/** Whoever shows no good token is nobody. */
export const personIn = ({ Authorization = '' }: Headers): Person =>
  known.get(Authorization) ?? { name: 'nobody', role: 'nobody' };
