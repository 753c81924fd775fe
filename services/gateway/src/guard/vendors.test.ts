import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type JWTPayload, SignJWT } from 'jose';
import { json, startTarget, type Target } from '../../../../tests/support/call-target.ts';
import { bearer, type Guarded, startGuarded, toldOf } from '../../test/guarded-app.ts';
import { idOf } from './claims.ts';

/** The access tokens of well-known issuers, as their documents show them. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const TENANT = '6f1c0a3e-2b7d-4c55-9d0e-0c9d1a2b3c4d';
const KEYCLOAKS_OWN = ['offline_access', 'uma_authorization', 'default-roles-shop'];

interface Vendor {
  name: string;
  /** The path of the issuer; its slash at the end is part of the name. */
  path: string;
  env: Record<string, string>;
  header: Record<string, string>;
  claims: JWTPayload;
  id: string;
  /** Tokens of the same issuer that are none for us, and what is told. */
  refused: [what: string, change: JWTPayload, why: string][];
}

const AUDIENCE = 'The token is for another audience.';

const vendors: Vendor[] = [
  {
    name: 'Auth0',
    path: '/',
    env: { JWT_AUDIENCE: 'https://orders.example', JWT_ROLES_CLAIM: 'https://shop.example/roles' },
    header: { typ: 'JWT' },
    claims: {
      sub: 'auth0|6553da60a54af58e29493993',
      aud: ['https://orders.example', 'https://shop.eu.auth0.com/userinfo'],
      azp: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja',
      scope: 'openid profile email',
      'https://shop.example/roles': ['customer'],
    },
    id: idOf('auth0|6553da60a54af58e29493993') as string,
    refused: [['an ID token', { aud: 'K1AUPhZq8mRi0Q0pjhkfu1D7y6KjDQja' }, AUDIENCE]],
  },
  {
    name: 'Auth0 with the profile of RFC 9068',
    path: '/',
    env: { JWT_AUDIENCE: 'https://orders.example', JWT_ROLES_CLAIM: 'https://shop.example/roles' },
    header: { typ: 'at+jwt' },
    claims: {
      sub: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients',
      aud: 'https://orders.example',
      client_id: 'awZfdIir8YFdGZWkvCejDoUb7SjTDicx',
      jti: '73WakrfVbNJBaAmhQtEeDv',
      'https://shop.example/roles': ['customer'],
    },
    id: idOf('awZfdIir8YFdGZWkvCejDoUb7SjTDicx@clients') as string,
    refused: [],
  },
  {
    name: 'Cognito',
    path: '/eu-west-1_AbCdEfGhI',
    env: {
      JWT_AUDIENCE: '57cbishk4j24pabc1234567890, 7m1234abcdefghijklmnopqrst',
      JWT_AUDIENCE_CLAIM: 'client_id',
      JWT_ROLES_CLAIM: 'cognito:groups',
    },
    header: {},
    claims: {
      sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
      client_id: '7m1234abcdefghijklmnopqrst',
      'cognito:groups': ['customer', 'newsletter'],
      token_use: 'access',
      scope: 'openid email aws.cognito.signin.user.admin',
      username: 'ada',
    },
    id: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
    refused: [
      [
        'an ID token',
        { token_use: 'id', client_id: undefined, aud: '7m1234abcdefghijklmnopqrst' },
        'The token has no client_id.',
      ],
      ['the token of another app', { client_id: 'another' }, AUDIENCE],
    ],
  },
  {
    name: 'Keycloak',
    path: '/realms/shop',
    env: { JWT_AUDIENCE: 'orders', JWT_ROLES_CLAIM: 'realm_access.roles' },
    header: { typ: 'JWT' },
    claims: {
      sub: 'a4487df9-fd40-4ffe-8163-5fd05f86b959',
      aud: ['orders', 'account'],
      typ: 'Bearer',
      azp: 'shop',
      realm_access: { roles: [...KEYCLOAKS_OWN, 'customer'] },
      resource_access: { account: { roles: ['manage-account', 'view-profile'] } },
      scope: 'openid email profile',
    },
    id: 'a4487df9-fd40-4ffe-8163-5fd05f86b959',
    refused: [
      ['a token without an audience mapper', { aud: 'account' }, AUDIENCE],
      ['a token that is for nobody', { aud: undefined }, 'The token has no aud.'],
    ],
  },
  {
    name: 'Keycloak with the roles of a client',
    path: '/realms/shop',
    env: { JWT_AUDIENCE: 'orders.example', JWT_ROLES_CLAIM: 'resource_access.orders.example.roles' },
    header: { typ: 'JWT' },
    claims: {
      sub: 'a4487df9-fd40-4ffe-8163-5fd05f86b959',
      aud: 'orders.example',
      resource_access: { 'orders.example': { roles: ['customer'] } },
    },
    id: 'a4487df9-fd40-4ffe-8163-5fd05f86b959',
    refused: [],
  },
  {
    name: 'Entra',
    path: `/${TENANT}/v2.0`,
    env: { JWT_AUDIENCE: 'ef1da9d4-ff77-4c3e-a005-840c3f830745' },
    header: { typ: 'JWT' },
    claims: {
      sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
      aud: 'ef1da9d4-ff77-4c3e-a005-840c3f830745',
      azp: '1fec8e78-bce4-4aaf-ab1b-5451cc387264',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      tid: TENANT,
      ver: '2.0',
      scp: 'access_as_user',
      roles: ['customer'],
    },
    id: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    refused: [
      [
        'a token of version 1',
        { iss: `https://sts.windows.net/${TENANT}/`, ver: '1.0' },
        'The token is of another issuer.',
      ],
      ['a token for Microsoft Graph', { aud: '00000003-0000-0000-c000-000000000000' }, AUDIENCE],
    ],
  },
];

let issuer: Target;
let gateway: Guarded | undefined;
beforeAll(async () => {
  issuer = await startTarget();
});
afterEach(() => gateway?.close());
afterAll(() => issuer.close());

describe.each(vendors)('the tokens of $name', ({ path, env, header, claims, id, refused }) => {
  const knock = async (change: JWTPayload) => {
    const iss = issuer.url + path;
    const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };
    issuer.answer = ({ url }, res) =>
      json(res, 200, url === '/keys' ? { keys: [jwk] } : { issuer: iss, jwks_uri: `${issuer.url}/keys` });
    gateway = await startGuarded({ AUTH_MODE: 'jwt', OIDC_ISSUER: iss, ...env });
    const said = JSON.parse(JSON.stringify({ iss, ...claims, ...change }));
    const token = new SignJWT(said).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header }).setIssuedAt();
    return gateway.get('/orders', bearer(await token.setExpirationTime('1h').sign(privateKey)));
  };

  it('are accepted, with their roles', async () => {
    const { status, body } = await knock({});
    expect([status, body.told]).toEqual([200, toldOf(`customer:${id}`)]);
  });

  if (refused.length > 0)
    it.each(refused)('are refused if they are for others, as %s is', async (_what, change, why) => {
      const { status, body } = await knock(change);
      expect([status, body.detail]).toEqual([401, why]);
    });
});
