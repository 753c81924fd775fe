import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SignJWT } from 'jose';
import { json, startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { bearer, type Guarded, startGuarded, toldOf } from '../../test/guarded-app.ts';

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const keys = { old: pair(), new: pair(), foreign: pair() };
const jwk = (kid: string, { publicKey }: { publicKey: KeyObject }) => ({
  ...publicKey.export({ format: 'jwk' }),
  kid,
  use: 'sig',
});

const token = (kid: string, key: KeyObject | Uint8Array, alg = 'RS256', change = {}) =>
  new SignJWT({ roles: ['customer'], ...change })
    .setProtectedHeader({ alg, kid })
    .setSubject('ada')
    .setIssuer('https://login.example')
    .setAudience('shop')
    .setExpirationTime('1h')
    .sign(key);

let issuer: Target;
let gateway: Guarded;
let published: object[];

beforeEach(async () => {
  published = [jwk('old', keys.old)];
  issuer = await startTarget();
  issuer.answer = (_req, res) => json(res, 200, { keys: published });
  gateway = await start();
});
const start = (env: Record<string, string> = {}) =>
  startGuarded({
    AUTH_MODE: 'jwt',
    JWKS_URL: `${issuer.url}/keys`,
    JWT_ISSUER: 'https://login.example',
    JWT_AUDIENCE: 'shop',
    ...env,
  });
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.close();
  await issuer.close();
});

const knock = async (made: Promise<string>) => {
  const { status, body } = await gateway.get('/orders', bearer(await made));
  return [status, body.code ?? body.told];
};
/** Moves the clock, not the time. */
const later = (ms: number) => {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + ms);
};
const LET_IN = [200, toldOf('customer:ada')];

describe('tokens of another issuer', () => {
  it('are checked with the keys it publishes, which are fetched once', async () => {
    for (let i = 0; i < 5; i++) expect(await knock(token('old', keys.old.privateKey))).toEqual(LET_IN);
    expect(issuer.requests.map(({ path }) => path)).toEqual(['/keys']);
  });

  it('are refused if the key is not one of them, whatever its id', async () => {
    expect(await knock(token('old', keys.foreign.privateKey))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await knock(token('other', keys.foreign.privateKey))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('are refused if they are signed by HS256 with its public key', async () => {
    const spki = keys.old.publicKey.export({ type: 'spki', format: 'pem' }) as string;
    for (const secret of [spki, spki.trim(), JSON.stringify(jwk('old', keys.old))]) {
      expect(await knock(token('old', new TextEncoder().encode(secret), 'HS256'))).toEqual([401, 'UNAUTHENTICATED']);
    }
  });

  it('are refused if they are signed by its key, but with another algorithm', async () => {
    expect(await knock(token('old', keys.old.privateKey, 'RS512'))).toEqual([401, 'UNAUTHENTICATED']);
    expect(await knock(token('old', keys.old.privateKey, 'PS256'))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('may be signed by several algorithms, if they are listed', async () => {
    await gateway.close();
    gateway = await start({ JWT_ALGORITHM: 'RS256,PS256' });
    expect(await knock(token('old', keys.old.privateKey))).toEqual(LET_IN);
    expect(await knock(token('old', keys.old.privateKey, 'PS256'))).toEqual(LET_IN);
    expect(await knock(token('old', keys.old.privateKey, 'RS512'))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('are refused if their key is one that cannot be used, and say so', async () => {
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
    published = [jwk('weak', weak), { kty: 'RSA', kid: 'broken', n: '!', e: 7 }];
    later(5_000);
    const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
    for (const kid of ['weak', 'broken']) {
      const [, claims] = (await token('old', keys.old.privateKey)).split('.');
      const said = `${part({ alg: 'RS256', kid })}.${claims}`;
      const forged = `${said}.${sign('sha256', Buffer.from(said), weak.privateKey).toString('base64url')}`;
      const { status, body } = await gateway.get('/orders', bearer(forged));
      expect([status, body.detail]).toEqual([401, 'The token is signed by a key that cannot be used.']);
    }
  });

  it('cannot bring a key of their own', async () => {
    const forged = await new SignJWT({ roles: ['admin'] })
      .setProtectedHeader({
        alg: 'RS256',
        jwk: keys.foreign.publicKey.export({ format: 'jwk' }),
        jku: `${issuer.url}/mine`,
      })
      .setSubject('ada')
      .setIssuer('https://login.example')
      .setAudience('shop')
      .setExpirationTime('1h')
      .sign(keys.foreign.privateKey);
    expect((await gateway.get('/orders', bearer(forged))).status).toBe(401);
    expect(issuer.requests.map(({ path }) => path)).toEqual(['/keys']);
  });
});

describe('when the issuer rotates its keys', () => {
  it('tokens of the new key are accepted, and those of the old one no longer', async () => {
    expect(await knock(token('old', keys.old.privateKey))).toEqual(LET_IN);
    published = [jwk('new', keys.new)];
    later(10 * 60_000);
    expect(await knock(token('new', keys.new.privateKey))).toEqual(LET_IN);
    expect(await knock(token('old', keys.old.privateKey))).toEqual([401, 'UNAUTHENTICATED']);
  });

  it('the keys are not fetched again for every unknown key id', async () => {
    for (let i = 0; i < 10; i++) await knock(token(`made-up-${i}`, keys.foreign.privateKey));
    expect(issuer.requests).toHaveLength(1);
  });
});

describe('while the keys are not available', () => {
  /** A gateway that has never had them. */
  const restart = async () => {
    await gateway.close();
    gateway = await start();
  };
  const outages: [string, () => Promise<void> | void][] = [
    ['nobody answers', () => issuer.close()],
    ['the answer is an error', () => void (issuer.answer = (_req, res) => json(res, 500, {}))],
    ['the answer is no JSON', () => void (issuer.answer = (_req, res) => void res.end('<html>'))],
    ['the answer holds no keys', () => void (issuer.answer = (_req, res) => json(res, 200, { keys: 'none' }))],
    ['the answer leads elsewhere', () => void (issuer.answer = (_req, res) => json(res, 302, {}, { Location: '/x' }))],
  ];

  it.each(outages)('because %s, tokens cannot be checked: 503', async (_why, begin) => {
    await begin();
    await restart();
    const { status, headers, body } = await gateway.get('/orders', bearer(await token('old', keys.old.privateKey)));
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'SERVICE_UNAVAILABLE', '1']);
  });

  it('tokens of known keys are accepted', async () => {
    expect(await knock(token('old', keys.old.privateKey))).toEqual(LET_IN);
    await issuer.close();
    later(60_000);
    expect(await knock(token('old', keys.old.privateKey))).toEqual(LET_IN);
  });

  it('the keys are fetched again, until they are available', async () => {
    issuer.answer = (_req, res) => json(res, 500, {});
    await restart();
    expect(await knock(token('old', keys.old.privateKey))).toEqual([503, 'SERVICE_UNAVAILABLE']);
    issuer.answer = (_req, res) => json(res, 200, { keys: published });
    later(5_000);
    expect(await knock(token('old', keys.old.privateKey))).toEqual(LET_IN);
  });
});
