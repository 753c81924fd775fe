import { Unavailable } from '@oms/shared/errors';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { World } from '@oms/shared/world';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { z } from 'zod';
import { isProtected } from './config.ts';

type Find = ReturnType<typeof createLocalJWKSet>;

/** Keys are fetched again after this time. */
const FRESH_MS = 10 * 60_000;
/** While they cannot be fetched, those that are known count for this long. */
const LAST_MS = 24 * 60 * 60_000;
/** The keys are fetched at most this often, whatever the tokens say. */
const PAUSE_MS = 5_000;
const ANSWER_LIMIT_MS = 3_000;
const LARGEST_ANSWER = 512 * 1024;

const WELL_KNOWN = '.well-known/openid-configuration';
const Metadata = z.object({
  issuer: z.string().max(1_000),
  jwks_uri: z.string().max(1_000).refine(isProtected, 'must be an address by https, or of this machine'),
});

/** The public keys of an issuer: from its own address, or from the one that its metadata names (OpenID Connect Discovery). */
export class IssuerKeys {
  #known: { find: Find; at: number } | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failing = false;
  #fetching: Promise<void> | undefined;

  constructor(
    private readonly from: { issuer: string } | { url: string },
    private readonly world: Pick<World, 'now'>,
    private readonly log: Logger,
  ) {}

  /** The key of a token. */
  readonly of: JWTVerifyGetKey = async (header, token) => {
    await this.#refreshed();
    try {
      return await this.#usable().find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
    }
    // It may be a new one.
    await (this.#hasPaused() ? this.fetch() : this.#fetching);
    // While the keys cannot be fetched, nobody knows whether it is.
    if (this.#failing) throw unavailable();
    return this.#usable().find(header, token);
  };

  /** Fetches the keys. The log says it when that begins to fail, and when it no longer does. */
  fetch(): Promise<void> {
    this.#fetching ??= this.#fetch().finally(() => (this.#fetching = undefined));
    return this.#fetching;
  }

  /** Waits for the keys if none are known, or nobody has needed them for long. In an outage the known ones are used at once. */
  async #refreshed(): Promise<void> {
    const now = this.#now();
    if (now - this.#triedAt >= FRESH_MS) return this.fetch();
    if (now - (this.#known?.at ?? Number.NEGATIVE_INFINITY) >= FRESH_MS && this.#hasPaused()) void this.fetch();
    if (!this.#isUsable()) await this.#fetching;
  }

  async #fetch(): Promise<void> {
    this.#triedAt = this.#now();
    try {
      this.#known = { find: createLocalJWKSet(await keysFrom(this.from)), at: this.#triedAt };
      if (this.#failing) this.log.info('the keys that check tokens can be fetched again');
      this.#failing = false;
    } catch (error) {
      if (!this.#failing) this.log.warn('the keys that check tokens could not be fetched', { error });
      this.#failing = true;
    }
  }

  /** A clock that is set back would make what is known last for longer: its time begins anew. */
  #now(): number {
    const now = this.world.now();
    this.#triedAt = Math.min(this.#triedAt, now);
    if (this.#known) this.#known.at = Math.min(this.#known.at, now);
    return now;
  }

  #hasPaused(): boolean {
    return this.#now() - this.#triedAt >= PAUSE_MS;
  }

  #isUsable(): boolean {
    return this.#known !== undefined && this.#now() - this.#known.at < LAST_MS;
  }

  #usable(): { find: Find } {
    if (!this.#known || !this.#isUsable()) throw unavailable();
    return this.#known;
  }
}

const unavailable = () => new Unavailable('SERVICE_UNAVAILABLE', 'Tokens cannot be checked at the moment.');

async function keysFrom(from: { issuer: string } | { url: string }): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  if ('url' in from) return (await read(from.url, signal)) as JSONWebKeySet;
  const { issuer, jwks_uri } = Metadata.parse(await read(`${from.issuer.replace(/\/$/, '')}/${WELL_KNOWN}`, signal));
  if (issuer !== from.issuer) throw new Error(`OIDC_ISSUER is ${from.issuer}, but the issuer there is ${issuer}`);
  return (await read(jwks_uri, signal)) as JSONWebKeySet;
}

async function read(url: string, signal: AbortSignal): Promise<unknown> {
  const answer = await fetch(url, { headers: { Accept: 'application/json' }, redirect: 'manual', signal });
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) throw new Error(`${url} answered more than ${LARGEST_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}
