import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { CustomerId, Email, Phone } from '@oms/shared/contracts/common';
import { ROLES, type Role } from '@oms/shared/contracts/gateway';
import { Refusal, Unavailable } from '@oms/shared/errors';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { World } from '@oms/shared/world';
import { createRemoteJWKSet, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import type { GuardConfig } from './config.ts';

/** Who sends a request, as its token says. */
export interface Identity {
  id: string;
  roles: readonly Role[];
  email?: string | undefined;
  phone?: string | undefined;
  /** When the token ends, in milliseconds. */
  expiresAt: number;
}

export interface TokenRequest {
  userId: string;
  roles: readonly Role[];
  email?: string | undefined;
  phone?: string | undefined;
}

const LIVES_SECONDS = 60 * 60;
const CLOCKS_DIFFER_SECONDS = 5;
const LONGEST_TOKEN = 8_000;
const JWKS_TIMEOUT_MS = 3_000;

/** Issues and checks the tokens of callers. */
export class Tokens {
  readonly #secret: KeyObject;
  readonly #keys: JWTVerifyGetKey;
  readonly #algorithm: string;

  constructor(
    private readonly config: GuardConfig,
    private readonly world: Pick<World, 'now'>,
    private readonly log: Logger,
  ) {
    const { JWT_SECRET, JWKS_URL, JWT_ALGORITHM } = config;
    this.#secret = createSecretKey(JWT_SECRET === undefined ? randomBytes(32) : Buffer.from(JWT_SECRET));
    this.#keys = JWKS_URL === undefined ? async () => this.#secret : this.#keysFrom(new URL(JWKS_URL));
    this.#algorithm = JWKS_URL === undefined ? 'HS256' : JWT_ALGORITHM;
  }

  async issue({
    userId,
    roles,
    email,
    phone,
  }: TokenRequest): Promise<{ token: string; tokenType: 'Bearer'; expiresInSeconds: number }> {
    const issuedAt = Math.floor(this.world.now() / 1000);
    const token = await new SignJWT({ roles, email, phone_number: phone })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setIssuer(this.config.JWT_ISSUER)
      .setAudience(this.config.JWT_AUDIENCE)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIVES_SECONDS)
      .sign(this.#secret);
    return { token, tokenType: 'Bearer', expiresInSeconds: LIVES_SECONDS };
  }

  /** The identity that an Authorization header proves. */
  async identityOf(authorization: string | undefined, traceId: string): Promise<Identity> {
    if (authorization === undefined) throw unauthenticated('This needs a bearer token.', 'Bearer');
    const token = bearerOf(authorization);
    if (token === undefined || token.length > LONGEST_TOKEN) throw invalidToken();
    const { sub, roles, email, phone_number: phone, exp } = await this.#claimsOf(token, traceId);
    if (!CustomerId.safeParse(sub).success) throw invalidToken();
    return {
      id: sub as string,
      roles: ROLES.filter((role) => Array.isArray(roles) && roles.includes(role)),
      // What is not valid is left out.
      email: Email.safeParse(email).data,
      phone: Phone.safeParse(phone).data,
      expiresAt: (Number(exp) + CLOCKS_DIFFER_SECONDS) * 1000,
    };
  }

  async #claimsOf(token: string, traceId: string) {
    const expected: JWTVerifyOptions = {
      algorithms: [this.#algorithm],
      issuer: this.config.JWT_ISSUER,
      audience: this.config.JWT_AUDIENCE,
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCKS_DIFFER_SECONDS,
      currentDate: new Date(this.world.now()),
    };
    try {
      return (await jwtVerify(token, this.#keys, expected)).payload;
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      // The reason is only logged: an answer would help attackers.
      this.log.info('a token was refused', { code: (error as errors.JOSEError).code, traceId });
      throw invalidToken();
    }
  }

  #keysFrom(url: URL): JWTVerifyGetKey {
    const keys = createRemoteJWKSet(url, { timeoutDuration: JWKS_TIMEOUT_MS });
    return async (header, token) => {
      try {
        return await keys(header, token);
      } catch (error) {
        if (KEYS_KNOWN.some((kind) => error instanceof kind)) throw error;
        this.log.warn('the keys that check tokens could not be fetched', { error });
        throw new Unavailable('SERVICE_UNAVAILABLE', 'Tokens cannot be checked at the moment.');
      }
    };
  }
}

/** The keys were available, and none of them matches: the token is wrong. */
const KEYS_KNOWN = [errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys, errors.JOSENotSupported];

export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? '')?.[1];

const invalidToken = () =>
  unauthenticated('The token is not valid, or not any longer.', 'Bearer error="invalid_token"');

const unauthenticated = (detail: string, challenge: string) =>
  new Refusal(401, 'UNAUTHENTICATED', detail, {}, { 'WWW-Authenticate': challenge });
