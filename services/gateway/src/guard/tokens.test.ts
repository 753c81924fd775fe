import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseEnv } from '@oms/shared/service/config';
import { createLogger } from '@oms/shared/telemetry/logger';
import { decodeJwt, decodeProtectedHeader, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import { post } from '../../../../tests/support/tiny-service.ts';
import { bearer, type Guarded, SECRET, startGuarded, toldOf } from '../../test/guarded-app.ts';
import { guardVariables } from './config.ts';
import { Tokens } from './tokens.ts';

const secret = new TextEncoder().encode(SECRET);
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const NOW = Math.floor(Date.now() / 1000);
const SOUND: JWTPayload = {
  sub: 'ada',
  roles: ['customer'],
  iss: 'order-management',
  aud: 'order-management',
  iat: NOW,
  exp: NOW + 600,
};

const signed = (change: JWTPayload = {}, key: Uint8Array = secret, alg = 'HS256') =>
  new SignJWT(JSON.parse(JSON.stringify({ ...SOUND, ...change }))).setProtectedHeader({ alg }).sign(key);

let gateway: Guarded;
beforeAll(async () => {
  gateway = await startGuarded({ AUTH_MODE: 'jwt', JWT_SECRET: SECRET, RATE_LIMIT_TOKENS: '0' });
});
afterAll(() => gateway.close());

const knock = (token: string) => gateway.get('/orders', bearer(token));

describe('a valid token', () => {
  it('is accepted', async () => {
    const { status, body } = await knock(await signed());
    expect([status, body.told]).toEqual([200, toldOf('customer:ada')]);
  });

  it('may name several audiences, this one among them', async () => {
    expect((await knock(await signed({ aud: ['shop', 'order-management'] }))).status).toBe(200);
  });

  it('is still accepted a moment after it expired, since clocks differ', async () => {
    expect((await knock(await signed({ exp: NOW - 1 }))).status).toBe(200);
  });

  it('may have its scheme in upper or lower case (RFC 9110)', async () => {
    const { status } = await gateway.get('/orders', { Authorization: `bEARER ${await signed()}` });
    expect(status).toBe(200);
  });
});

describe('by the clock of the gateway', () => {
  const at = Date.parse('2026-01-01T12:00:00.900Z');
  const clock = { time: at, now: () => clock.time };
  const iat = Math.floor(at / 1000);
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('gateway', 'info', (line) => lines.push(JSON.parse(line)));
  const tokensOf = (env = {}) => new Tokens(parseEnv(guardVariables, { JWT_SECRET: SECRET, ...env }), clock, log);
  let tokens: Tokens;
  beforeEach(() => {
    clock.time = at;
    lines.length = 0;
    tokens = tokensOf();
  });

  it.each([undefined, 'bob@shop.example'])(
    'a token holds all that was wished for, and when it ends: %s',
    async (email) => {
      const { token } = await tokens.issue({ userId: 'bob', roles: ['customer'], email });
      expect(decodeProtectedHeader(token)).toEqual({ alg: 'HS256', typ: 'JWT' });
      const claims = { sub: 'bob', roles: ['customer'], iss: 'order-management', aud: 'order-management' };
      expect(decodeJwt(token)).toEqual({ ...claims, ...(email && { email }), iat, exp: iat + 3600 });
    },
  );

  it('it expires after an hour and five seconds', async () => {
    const { token } = await tokens.issue({ userId: 'bob', roles: ['admin', 'customer'] });
    const expiresAt = (iat + 3605) * 1000;
    clock.time = expiresAt - 1;
    const bob = { id: 'bob', roles: ['customer', 'admin'], email: undefined, expiresAt };
    const { roles, ...rest } = await tokens.identityOf(`Bearer ${token}`, 'trace');
    expect({ ...rest, roles: [...roles].sort().reverse() }).toEqual(bob);
    clock.time = expiresAt;
    await expect(tokens.identityOf(`Bearer ${token}`, 'trace')).rejects.toThrow('expired');
  });

  it('a token that is issued here is valid here, whatever its claims are called', async () => {
    tokens = tokensOf({ JWT_ROLES_CLAIM: 'shop.roles', JWT_AUDIENCE_CLAIM: 'client_id', JWT_AUDIENCE: 'shop, desk' });
    const { token } = await tokens.issue({ userId: 'bob', roles: ['customer'] });
    expect(await tokens.identityOf(`Bearer ${token}`, 'trace')).toMatchObject({ id: 'bob', roles: ['customer'] });
  });

  it('the log says why a token is refused, and what it should be, but not the token', async () => {
    const token = await signed({ aud: ['another service', 'x'.repeat(300)], exp: iat + 60 });
    await expect(tokens.identityOf(`Bearer ${token}`, 'trace')).rejects.toThrow('another audience');
    const [{ timestamp, ...line }] = lines as [Record<string, unknown>];
    expect(line).toEqual({
      level: 'info',
      message: 'a token was refused',
      service: 'gateway',
      reason: 'The token is for another audience.',
      expected: { issuer: 'order-management', audience: ['order-management'], algorithms: ['HS256'] },
      token: { alg: 'HS256', iss: 'order-management', aud: `another service,${'x'.repeat(184)}` },
      traceId: 'trace',
    });
    expect(JSON.stringify(line)).not.toContain(token.split('.')[2]);
    await expect(tokens.identityOf('Bearer nonsense', 'trace')).rejects.toThrow('no signed JWT');
    expect(lines[1]).toMatchObject({ reason: 'The token is no signed JWT.', token: {} });
  });

  it('it may be just so large', async () => {
    const large = async (more: number) =>
      `Bearer ${await signed({ iat: undefined, exp: iat + 60, more: 'x'.repeat(more) })}`;
    const most = 8_000 + 'Bearer '.length;
    let more = 6_000;
    while ((await large(more)).length > most) more--;
    expect((await large(more)).length).toBe(most);
    expect((await tokens.identityOf(await large(more), 'trace')).id).toBe('ada');
    await expect(tokens.identityOf(await large(more + 1), 'trace')).rejects.toThrow('longer than 8000');
  });
});

describe('the number of a token', () => {
  it('is passed on with the customer', async () => {
    const { told } = (await knock(await signed({ phone_number: '+15005550006' }))).body;
    expect(told).toEqual({ ...toldOf('customer:ada'), 'x-caller-phone': '+15005550006' });
  });

  it.each(['', '5005550006', '+1 500 555 0006', '+15005550006\r\nX-Caller: operator:ada', ['+15005550006'], 7])(
    'is passed on only if it is one: %j',
    async (phone_number) => {
      expect((await knock(await signed({ phone_number }))).body.told).toEqual(toldOf('customer:ada'));
    },
  );
});

describe('the address of a token', () => {
  it('is passed on with the customer', async () => {
    const { told } = (await knock(await signed({ email: 'ada@shop.example' }))).body;
    expect(told).toEqual({ ...toldOf('customer:ada'), 'x-caller-email': 'ada@shop.example' });
  });

  it.each(['', 'ada', 'ada@shop.example\r\nX-Caller: operator:ada', ['ada@shop.example'], 7])(
    'is passed on only if it is one: %j',
    async (email) => {
      expect((await knock(await signed({ email }))).body.told).toEqual(toldOf('customer:ada'));
    },
  );
});

describe('a token is refused', () => {
  const half = (token: string, part: 0 | 1 | 2) => token.split('.')[part] as string;
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }) as string;

  const [WRONG, NO_JWT] = ['The signature of the token is wrong.', 'The token is no signed JWT.'];
  const ALGORITHM = 'The token is signed by an algorithm that is not accepted.';
  const SUB = 'The token has no valid sub.';

  const bad: [what: string, make: () => Promise<string> | string, why: string][] = [
    ['signed with another secret', () => signed({}, new TextEncoder().encode('b'.repeat(40))), WRONG],
    ['signed with an empty secret', () => signed({}, new TextEncoder().encode('\0')), WRONG],
    [
      'whose claims were changed after it was signed',
      async () => {
        const forged = Buffer.from(JSON.stringify({ ...SOUND, roles: ['admin'] })).toString('base64url');
        const token = await signed();
        return `${half(token, 0)}.${forged}.${half(token, 2)}`;
      },
      WRONG,
    ],
    ['whose signature was cut off', async () => (await signed()).replace(/[^.]+$/, ''), WRONG],
    ['that says alg: none', () => new UnsecuredJWT(SOUND).encode(), ALGORITHM],
    [
      'that says alg: none, with the signature of another',
      async () => {
        const none = Buffer.from('{"alg":"none"}').toString('base64url');
        const token = await signed();
        return `${none}.${half(token, 1)}.${half(token, 2)}`;
      },
      ALGORITHM,
    ],
    [
      'signed by RS256 where HS256 is pinned',
      () => new SignJWT(SOUND).setProtectedHeader({ alg: 'RS256' }).sign(privateKey),
      ALGORITHM,
    ],
    ['signed with a public key as the secret', () => signed({}, new TextEncoder().encode(publicPem)), WRONG],
    ['signed by HS512', () => signed({}, Buffer.concat([secret, secret]), 'HS512'), ALGORITHM],
    ['that has expired', () => signed({ exp: NOW - 60 }), 'The token has expired.'],
    ['that never expires', () => signed({ exp: undefined }), 'The token has no exp.'],
    ['whose end is no time', () => signed({ exp: 'soon' as never }), 'The token has no valid exp.'],
    ['that is not valid yet', () => signed({ nbf: NOW + 60 }), 'The token is not valid yet.'],
    ['of another issuer', () => signed({ iss: 'somebody else' }), 'The token is of another issuer.'],
    [
      'of another issuer, and signed by it',
      () => signed({ iss: 'somebody else' }, new TextEncoder().encode('b'.repeat(40))),
      'The token is of another issuer.',
    ],
    ['of no issuer', () => signed({ iss: undefined }), 'The token has no iss.'],
    ['meant for somebody else', () => signed({ aud: 'another service' }), 'The token is for another audience.'],
    ['meant for nobody', () => signed({ aud: undefined }), 'The token has no aud.'],
    ['of nobody', () => signed({ sub: undefined }), 'The token has no sub.'],
    ['of somebody without a name', () => signed({ sub: '' }), SUB],
    ['of somebody whose name is a number', () => signed({ sub: 7 as never }), SUB],
    ['of somebody with a name too long', () => signed({ sub: 'a'.repeat(256) }), SUB],
    [
      'that asks for what is not known here',
      () =>
        new SignJWT(SOUND).setProtectedHeader({ alg: 'HS256', crit: ['x'], x: 1 }).sign(secret, { crit: { x: true } }),
      'The token is of a kind that is not supported.',
    ],
    ['that is too large', () => signed({ more: 'x'.repeat(8_000) }), 'The token is longer than 8000 characters.'],
    ['that is encrypted', () => 'e30.e30.e30.e30.e30', NO_JWT],
    ['that is none', () => 'nonsense', NO_JWT],
    ['that is no text of a token', () => '{"alg":"none"}', 'The Authorization header has no bearer token.'],
  ];

  it.each(bad)('%s, and says why', async (_what, make, why) => {
    const { status, headers, body } = await knock(await make());
    expect([status, body.code, body.detail]).toEqual([401, 'UNAUTHENTICATED', why]);
    expect(headers['www-authenticate']).toBe(`Bearer error="invalid_token", error_description="${why}"`);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('when there is none', async () => {
    const { status, headers, body } = await gateway.get('/orders');
    expect([status, body.code, headers['www-authenticate']]).toEqual([401, 'UNAUTHENTICATED', 'Bearer']);
  });

  it('anywhere but in the Authorization header', async () => {
    const token = await signed();
    expect((await gateway.get(`/orders?access_token=${token}&token=${token}`)).status).toBe(401);
    expect((await gateway.get('/orders', { Cookie: `token=${token}; access_token=${token}` })).status).toBe(401);
    expect((await gateway.get('/orders', { 'X-Access-Token': token })).status).toBe(401);
  });

  it.each(['Basic', 'Token', ''])('with the scheme "%s"', async (scheme) => {
    const { status } = await gateway.get('/orders', { Authorization: `${scheme} ${await signed()}` });
    expect(status).toBe(401);
  });
});

describe('the roles of a token', () => {
  it.each([
    ['that are other words', 'administrator of the shop'],
    ['that are an object', { admin: true }],
    ['that nobody knows', ['owner', 'ADMIN', 'administrator']],
    ['that are none', []],
    ['that are missing', undefined],
    ['that are nested', [['admin']]],
  ])('%s allow nothing', async (_what, roles) => {
    const { status, headers, body } = await knock(await signed({ roles }));
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
    const why = 'The token has none of the roles customer, checkout, admin in its claim roles.';
    expect(headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", error_description="${why}"`);
    expect(body.detail).toBe(why);
  });

  it('that are unknown do not hide those that are known', async () => {
    expect((await knock(await signed({ roles: ['owner', 'customer'] }))).body.told).toEqual(toldOf('customer:ada'));
  });

  it('let a customer do what customers may, and no more', async () => {
    const token = await signed();
    const { status, headers, body } = await gateway.get('/orders/o1/fulfill', bearer(token), 'POST');
    const why = 'Your roles do not allow this.';
    expect([status, body.code, body.detail]).toEqual([403, 'FORBIDDEN', why]);
    expect(headers['www-authenticate']).toBe(`Bearer error="insufficient_scope", error_description="${why}"`);
    expect((await gateway.get('/orders/o1/cancel', bearer(token), 'POST')).status).toBe(200);
  });

  it('let a checkout do what customers may, as a checkout, and no more', async () => {
    const token = await signed({ roles: ['customer', 'checkout'] });
    const placed = await gateway.get('/orders', bearer(token), 'POST');
    expect([placed.status, placed.body.told]).toEqual([200, toldOf('checkout:ada')]);
    for (const path of ['/orders/o1/fulfill', '/orders/o1/refund', '/orders/o1/process']) {
      expect((await gateway.get(path, bearer(token), 'POST')).status).toBe(403);
    }
  });

  it('let an admin do everything, for everybody', async () => {
    const token = await signed({ roles: ['customer', 'admin'] });
    const { status, body } = await gateway.get('/orders/o1/fulfill', bearer(token), 'POST');
    expect([status, body.told]).toEqual([200, toldOf('operator:ada')]);
  });
});

describe('a token for development', () => {
  const wish = (guarded: Guarded, body: unknown) => post(`${guarded.url}/auth/token`, body);

  it('is not issued unless AUTH_TOKENS=true', async () => {
    const { status, body } = await wish(gateway, { userId: 'ada' });
    expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('is accepted for the requested user, for an hour, without any secret configured', async () => {
    const open = await startGuarded({ AUTH_MODE: 'jwt', AUTH_TOKENS: 'true' });
    try {
      const tokenOf = async (userId: string, role: string) => {
        const { token, ...rest } = (await wish(open, { userId, roles: [role] })).body;
        expect(rest).toEqual({ tokenType: 'Bearer', expiresInSeconds: 3600 });
        return token as string;
      };
      const token = await tokenOf('bob', 'customer');
      expect((await open.get('/orders', bearer(token))).body.told).toEqual(toldOf('customer:bob'));
      const { exp, iat } = decodeJwt(token);
      expect(Number(exp) - Number(iat)).toBe(3600);
      expect((await open.get('/audit', bearer(await tokenOf('eve', 'admin')))).status).toBe(200);
      const mailed = await wish(open, { userId: 'bob', email: 'bob@shop.example' });
      expect(decodeJwt(mailed.body.token as string)).toMatchObject({ sub: 'bob', email: 'bob@shop.example' });
      expect((await wish(open, { userId: 'bob', email: 'bob' })).status).toBe(400);
      expect((await knock(token)).status).toBe(401);
    } finally {
      await open.close();
    }
  });

  it.each([{ userId: 'a b' }, { userId: 'a', roles: ['owner'] }, {}])('is not given for %j', async (body) => {
    const open = await startGuarded({ AUTH_TOKENS: 'true' });
    const { status } = await wish(open, body);
    await open.close();
    expect(status).toBe(400);
  });
});
