import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { API, type OidcServer, signingKey, startOidcServer } from '../../../../tests/servers/oidc.ts';
import { bearer, type Guarded, startGuarded, toldOf } from '../../test/guarded-app.ts';

const keys = { one: signingKey('one'), two: signingKey('two'), elliptic: signingKey('three', 'ES256') };
const LET_IN = [200, toldOf('customer:ada')];

let issuer: OidcServer;
let gateway: Guarded;

const start = (env: Record<string, string> = {}) =>
  startGuarded({ AUTH_MODE: 'jwt', OIDC_ISSUER: issuer.issuer, JWT_AUDIENCE: API, ...env });
const knock = async (token: string) => {
  const { status, body } = await gateway.get('/orders', bearer(token));
  return [status, body.told ?? body.detail];
};
const tokenOf = async (sub: string) => (await issuer.signIn(sub)).access_token;
/** Moves the clock, not the time. */
const later = (ms: number) => {
  const now = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => now + ms);
};

beforeEach(async () => {
  // The server says that it is not set up for production.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  issuer = await startOidcServer([keys.one]);
  gateway = await start();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await gateway.close();
  await issuer.stop();
});

describe('who signs in at an OIDC server', () => {
  it('is let in with the access token, as the customer that its sub names', async () => {
    expect(await knock(await tokenOf('ada'))).toEqual(LET_IN);
  });

  it('may have any sub there', async () => {
    const hash = createHash('sha256').update('auth0|ada').digest('base64url');
    expect(await knock(await tokenOf('auth0|ada'))).toEqual([200, toldOf(`customer:sub:${hash}`)]);
  });

  it('is told why the ID token is no access token', async () => {
    const { id_token } = await issuer.signIn('ada');
    expect(await knock(id_token)).toEqual([401, 'The token is for another audience.']);
  });

  it('is told that an access token for nobody in particular cannot be read here', async () => {
    const { access_token } = await issuer.signIn('ada', '');
    expect(await knock(access_token)).toEqual([401, 'The token is no signed JWT.']);
  });

  it('is told which role is missing', async () => {
    issuer.claims = { realm_access: { roles: ['customer'] } };
    const roleless = 'The token has none of the roles customer, checkout, admin in its claim roles.';
    expect(await knock(await tokenOf('ada'))).toEqual([403, roleless]);
    await gateway.close();
    gateway = await start({ JWT_ROLES_CLAIM: 'realm_access.roles' });
    expect(await knock(await tokenOf('ada'))).toEqual(LET_IN);
  });

  it('is told that the token of another server is of another issuer, though it claims to be of a known key', async () => {
    const other = await startOidcServer([signingKey('one')]);
    const { access_token } = await other.signIn('ada');
    expect(await knock(access_token)).toEqual([401, 'The token is of another issuer.']);
    await other.stop();
  });
});

describe('an OIDC server that changes its keys', () => {
  it('signs with the new one, and tokens of the old one are valid as long as that is published', async () => {
    const old = await tokenOf('ada');
    expect(await knock(old)).toEqual(LET_IN);
    await issuer.use([keys.two, keys.one]);
    later(5_000);
    expect(await knock(await tokenOf('ada'))).toEqual(LET_IN);
    expect(await knock(old)).toEqual(LET_IN);
    await issuer.use([keys.two]);
    later(10 * 60_000);
    expect(await knock(old)).toEqual([401, 'The token is signed by a key that its issuer does not publish.']);
  });

  it('may change the algorithm with them, if both are accepted', async () => {
    await issuer.use([keys.elliptic, keys.one]);
    later(5_000);
    const token = await tokenOf('ada');
    expect(await knock(token)).toEqual([401, 'The token is signed by an algorithm that is not accepted.']);
    await gateway.close();
    gateway = await start({ JWT_ALGORITHM: 'RS256, ES256' });
    expect(await knock(token)).toEqual(LET_IN);
  });
});

describe('while the OIDC server is away', () => {
  it('tokens of its keys are valid, and of others it is not known whether they are', async () => {
    const known = await tokenOf('ada');
    await issuer.use([keys.two, keys.one]);
    const unknown = await tokenOf('ada');
    await issuer.stop();
    later(20 * 60_000);
    expect(await knock(known)).toEqual(LET_IN);
    expect(await knock(unknown)).toEqual([503, 'Tokens cannot be checked at the moment.']);
    expect(await knock(known)).toEqual(LET_IN);
    await issuer.start();
    later(5_000);
    expect(await knock(unknown)).toEqual(LET_IN);
  });

  it('the gateway starts all the same, and checks tokens once the server is there', async () => {
    const token = await tokenOf('ada');
    await issuer.stop();
    await gateway.close();
    gateway = await start();
    expect(await knock(token)).toEqual([503, 'Tokens cannot be checked at the moment.']);
    await issuer.start();
    later(5_000);
    expect(await knock(token)).toEqual(LET_IN);
  });
});

it('a gateway whose setting is not to the letter what the issuer calls itself lets nobody in', async () => {
  const token = await tokenOf('ada');
  await gateway.close();
  gateway = await start({ OIDC_ISSUER: `${issuer.issuer}/` });
  expect((await knock(token))[0]).toBe(503);
});
