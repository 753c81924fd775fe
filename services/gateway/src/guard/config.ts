import { ConfigError, redisVariables, variable } from '@oms/shared/service/config';
import { z } from 'zod';

const { flag, wholeNumber } = variable;

const OFFERED = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const MOST_PER_MINUTE = 10_000_000;
const perMinute = (usual: number) => wholeNumber(0, MOST_PER_MINUTE, usual);

const origins = z
  .string()
  .transform((text) => text.split(',').map((one) => one.trim()))
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
  JWKS_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Instead of JWT_SECRET: the address of the public keys that tokens are checked with'),
  JWT_ALGORITHM: z
    .enum(OFFERED)
    .default('RS256')
    .describe('The one algorithm that tokens may be signed with by keys of JWKS_URL'),
  JWT_ISSUER: z.string().default('order-management').describe('The issuer that a token must name'),
  JWT_AUDIENCE: z.string().default('order-management').describe('The audience that a token must name'),
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
  const { AUTH_MODE, AUTH_TOKENS, JWT_SECRET, JWKS_URL, INTERNAL_TOKEN } = config;
  if (JWT_SECRET && JWKS_URL) throw new ConfigError('Give either JWT_SECRET or JWKS_URL, not both.');
  if (JWKS_URL && AUTH_TOKENS) {
    throw new ConfigError('AUTH_TOKENS must be false with JWKS_URL: tokens that are issued here would not be valid.');
  }
  if (AUTH_MODE === 'jwt' && !JWT_SECRET && !JWKS_URL && !AUTH_TOKENS) {
    throw new ConfigError('AUTH_MODE=jwt needs JWT_SECRET or JWKS_URL (or, in development, AUTH_TOKENS=true).');
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
