import { ConfigError, redisVariables, variable } from '@oms/shared/service/config';
import { z } from 'zod';

const { flag, wholeNumber } = variable;

const OFFERED = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const MOST_PER_MINUTE = 10_000_000;
const perMinute = (usual: number) => wholeNumber(0, MOST_PER_MINUTE, usual);

const listed = (text: string) => text.split(',').map((one) => one.trim());
/** The issuer and the audience of tokens that the gateway issues itself. */
const OWN = 'order-management';

const origins = z
  .string()
  .transform(listed)
  .pipe(z.array(z.string().refine(isOrigin, 'must be origins such as https://shop.example')))
  .optional();

/** The variables of the gateway's guard. */
export const guardVariables = {
  AUTH_MODE: z
    .enum(['none', 'jwt'])
    .default('none')
    .describe('jwt: every request needs a bearer token. none: anybody may do everything'),
  JWT_SECRET: z
    .string()
    .min(32)
    .optional()
    .describe('Tokens are signed with this secret (HS256, 32 characters or more)'),
  OIDC_ISSUER: z
    .string()
    .refine(isIssuer, 'must be an address by https, or of this machine, without ? and #')
    .optional()
    .describe(
      'Instead of JWT_SECRET: the issuer of the tokens, to the letter as its tokens name it. What it publishes (OpenID Connect Discovery) leads to its public keys',
    ),
  JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Instead of OIDC_ISSUER: the address of the public keys of JWT_ISSUER. By http only where nobody can change what it answers',
    ),
  JWT_ALGORITHM: z
    .string()
    .transform(listed)
    .pipe(z.array(z.enum(OFFERED)))
    .prefault('RS256')
    .describe('The algorithm that tokens may be signed with by published keys, or several, comma-separated'),
  JWT_ISSUER: z.string().default(OWN).describe('The issuer that a token must name. OIDC_ISSUER says it, too'),
  JWT_AUDIENCE: z
    .string()
    .transform(listed)
    .pipe(z.array(z.string().min(1)))
    .prefault(OWN)
    .describe('The audience that a token must name, or several of which it must name one, comma-separated'),
  JWT_AUDIENCE_CLAIM: z
    .enum(['aud', 'client_id'])
    .default('aud')
    .describe('Where a token names its audience. client_id: in access tokens of Cognito, which have no aud'),
  JWT_ROLES_CLAIM: z
    .string()
    .regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/, 'must be the name of a claim, or the way to it with dots')
    .default('roles')
    .describe(
      'Where a token has its roles, such as realm_access.roles, cognito:groups or https://shop.example/roles: a list, or a text with spaces between',
    ),
  AUTH_TOKENS: flag.describe('true: POST /auth/token gives anybody any token, for development; npm start sets it'),
  TRUST_PROXY: wholeNumber(0, 10, 0).describe(
    'How many proxies stand before the gateway and add the client to X-Forwarded-For',
  ),
  RATE_LIMIT_READS: perMinute(6_000).describe('How often a client may read within a minute; 0: no limit'),
  RATE_LIMIT_WRITES: perMinute(3_000).describe('How often a client may write within a minute; 0: no limit'),
  RATE_LIMIT_TOKENS: perMinute(60).describe(
    'How often an address may request a token, or send one that is not valid, within a minute; 0: no limit',
  ),
  ...redisVariables,
  CORS_ORIGINS: origins.describe('Web pages of these origins, comma-separated, may call. Empty: only the own'),
};

const shape = z.object(guardVariables);
export type GuardConfig = z.infer<typeof shape> & { INTERNAL_TOKEN?: string | undefined };

/** Refuses variables that are right one by one, but contradict each other. */
export function refuseContradictions(config: GuardConfig): void {
  const { AUTH_MODE, AUTH_TOKENS, JWT_SECRET, JWKS_URL, OIDC_ISSUER, JWT_ISSUER, INTERNAL_TOKEN } = config;
  const given = Object.entries({ JWT_SECRET, JWKS_URL, OIDC_ISSUER }).flatMap(([name, value]) => (value ? [name] : []));
  if (given.length > 1) throw new ConfigError(`Give only one of ${given.join(', ')}.`);
  if (OIDC_ISSUER && ![OIDC_ISSUER, OWN].includes(JWT_ISSUER)) {
    throw new ConfigError('JWT_ISSUER differs from OIDC_ISSUER, which says it already.');
  }
  if (AUTH_TOKENS && (JWKS_URL || OIDC_ISSUER)) {
    throw new ConfigError(`AUTH_TOKENS must be false with ${given}: tokens that are issued here would not be valid.`);
  }
  if (AUTH_MODE === 'jwt' && given.length === 0 && !AUTH_TOKENS) {
    throw new ConfigError(
      'AUTH_MODE=jwt needs OIDC_ISSUER, JWKS_URL or JWT_SECRET (or, in development, AUTH_TOKENS=true).',
    );
  }
  if (AUTH_MODE === 'jwt' && !INTERNAL_TOKEN) {
    throw new ConfigError(
      'AUTH_MODE=jwt needs INTERNAL_TOKEN, the same for all services: else anybody could call them past it.',
    );
  }
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text;
}

/** Whoever can change what comes from there can sign tokens. So it comes by TLS, or from this machine. */
export function isProtected(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname));
}

function isIssuer(text: string): boolean {
  return isProtected(text) && !/[?#]/.test(text) && new URL(text).username === '';
}
