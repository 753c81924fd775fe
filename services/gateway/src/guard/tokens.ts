import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Role } from '@oms/shared/contracts/gateway';
import { Unavailable } from '@oms/shared/errors';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { World } from '@oms/shared/world';
import { errors, type JWTPayload, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify, SignJWT } from 'jose';
import { idOf, reachedAt, rolesIn } from './claims.ts';
import type { GuardConfig } from './config.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { contentOf, tokenInvalid, tokenMissing, whyInvalid } from './refused-token.ts';

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

/** Issues and checks the tokens of callers. */
export class Tokens {
  readonly #secret: KeyObject;
  /** Absent where a secret checks tokens. */
  readonly #published: IssuerKeys | undefined;
  readonly #keys: JWTVerifyGetKey;
  readonly #algorithms: string[];
  readonly #issuer: string;

  constructor(
    private readonly config: GuardConfig,
    private readonly world: Pick<World, 'now'>,
    private readonly log: Logger,
  ) {
    const { JWT_SECRET, JWKS_URL, OIDC_ISSUER, JWT_ALGORITHM, JWT_ISSUER } = config;
    this.#secret = createSecretKey(JWT_SECRET === undefined ? randomBytes(32) : Buffer.from(JWT_SECRET));
    if (OIDC_ISSUER) this.#published = new IssuerKeys({ issuer: OIDC_ISSUER }, world, log);
    else if (JWKS_URL) this.#published = new IssuerKeys({ url: JWKS_URL }, world, log);
    this.#keys = this.#published?.of ?? (async () => this.#secret);
    this.#algorithms = this.#published ? JWT_ALGORITHM : ['HS256'];
    this.#issuer = OIDC_ISSUER ?? JWT_ISSUER;
  }

  /** Fetches the issuer's keys before anybody needs them, so that the log shows whether that works. */
  async prepare(): Promise<void> {
    await this.#published?.fetch();
  }

  async issue({
    userId,
    roles,
    email,
    phone,
  }: TokenRequest): Promise<{ token: string; tokenType: 'Bearer'; expiresInSeconds: number }> {
    const issuedAt = Math.floor(this.world.now() / 1000);
    const { JWT_ROLES_CLAIM, JWT_AUDIENCE_CLAIM, JWT_AUDIENCE } = this.config;
    const claims = { [JWT_ROLES_CLAIM]: roles, [JWT_AUDIENCE_CLAIM]: JWT_AUDIENCE[0] };
    const token = await new SignJWT({ ...claims, email, phone_number: phone })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .setSubject(userId)
      .setIssuer(this.#issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + LIVES_SECONDS)
      .sign(this.#secret);
    return { token, tokenType: 'Bearer', expiresInSeconds: LIVES_SECONDS };
  }

  /** The identity that an Authorization header proves. */
  async identityOf(authorization: string | undefined, traceId: string): Promise<Identity> {
    if (authorization === undefined) throw tokenMissing();
    const token = bearerOf(authorization);
    if (token === undefined) throw this.#refused('The Authorization header has no bearer token.', traceId);
    if (token.length > LONGEST_TOKEN)
      throw this.#refused(`The token is longer than ${LONGEST_TOKEN} characters.`, traceId);
    const claims = await this.#claimsOf(token, traceId);
    const id = idOf(claims.sub);
    if (id === undefined) throw this.#refused('The token has no valid sub.', traceId, token);
    return {
      id,
      roles: rolesIn(claims, this.config.JWT_ROLES_CLAIM),
      ...reachedAt(claims),
      expiresAt: (Number(claims.exp) + CLOCKS_DIFFER_SECONDS) * 1000,
    };
  }

  async #claimsOf(token: string, traceId: string): Promise<JWTPayload> {
    const { JWT_AUDIENCE, JWT_AUDIENCE_CLAIM } = this.config;
    const expected: JWTVerifyOptions = {
      algorithms: this.#algorithms,
      issuer: this.#issuer,
      requiredClaims: ['exp', 'sub', JWT_AUDIENCE_CLAIM],
      clockTolerance: CLOCKS_DIFFER_SECONDS,
      currentDate: new Date(this.world.now()),
    };
    if (JWT_AUDIENCE_CLAIM === 'aud') expected.audience = JWT_AUDIENCE;
    try {
      const claims = await this.#verified(token, expected);
      if (JWT_AUDIENCE_CLAIM !== 'aud' && !JWT_AUDIENCE.includes(claims[JWT_AUDIENCE_CLAIM] as string)) {
        throw new errors.JWTClaimValidationFailed('another audience', claims, JWT_AUDIENCE_CLAIM, 'check_failed');
      }
      return claims;
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      throw this.#refused(whyInvalid(error, token, this.#issuer), traceId, token);
    }
  }

  async #verified(token: string, expected: JWTVerifyOptions): Promise<JWTPayload> {
    return (await jwtVerify(token, this.#keys, expected)).payload;
  }

  #refused(reason: string, traceId: string, token = ''): Error {
    const { JWT_AUDIENCE: audience } = this.config;
    const expected = { issuer: this.#issuer, audience, algorithms: this.#algorithms };
    this.log.info('a token was refused', { reason, expected, token: contentOf(token), traceId });
    return tokenInvalid(reason);
  }
}

export const bearerOf = (authorization: string | undefined): string | undefined =>
  /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(authorization ?? '')?.[1];
