import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import { parseEnv } from '@oms/shared/service/config';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import type { Request, Response } from 'express';
import { MemoryStore } from 'express-rate-limit';
import { post } from '../../../../tests/support/tiny-service.ts';
import { bearer, type Guarded, INSIDE, SECRET, startGuarded, toldOf } from '../../test/guarded-app.ts';
import { createGuard, guardVariables } from './guard.ts';

const jwt = { AUTH_MODE: 'jwt', JWT_SECRET: SECRET, AUTH_TOKENS: 'true', RATE_LIMIT_TOKENS: '0' };

async function using(gateway: Guarded, look: (gateway: Guarded) => Promise<void>): Promise<void> {
  try {
    await look(gateway);
  } finally {
    await gateway.close();
  }
}
const tokenOf = async (gateway: Guarded, userId: string, ...roles: string[]) =>
  bearer((await post(`${gateway.url}/auth/token`, { userId, roles })).body.token as string);

describe('the start ends with one line that says why', () => {
  const wrong: [Record<string, string>, RegExp][] = [
    [{ AUTH_MODE: 'jwt' }, /^AUTH_MODE=jwt needs OIDC_ISSUER, JWKS_URL or JWT_SECRET/],
    [
      { AUTH_MODE: 'jwt', JWT_SECRET: SECRET, JWKS_URL: 'https://login.example' },
      /^Give only one of JWT_SECRET, JWKS_URL/,
    ],
    [{ JWKS_URL: 'https://login.example', OIDC_ISSUER: 'https://login.example' }, /^Give only one of JWKS_URL, OIDC_/],
    [{ OIDC_ISSUER: 'https://login.example', JWT_ISSUER: 'https://login.example/' }, /^JWT_ISSUER differs from OIDC_/],
    [{ OIDC_ISSUER: 'https://login.example', AUTH_TOKENS: 'true' }, /^AUTH_TOKENS must be false with OIDC_ISSUER/],
    ...[
      'login.example',
      'http://login.example',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
      'https://login.example/?tenant=1',
      'https://login.example/#',
      'https://user@login.example',
      'ftp://localhost',
    ].map((OIDC_ISSUER): [Record<string, string>, RegExp] => [{ OIDC_ISSUER }, /OIDC_ISSUER: must be an address by/]),
    [{ JWT_ROLES_CLAIM: 'a "role"' }, /JWT_ROLES_CLAIM: must be the name of a claim/],
    [{ JWT_AUDIENCE_CLAIM: 'azp' }, /JWT_AUDIENCE_CLAIM: /],
    [{ JWT_AUDIENCE: 'shop,,' }, /JWT_AUDIENCE.*: /],
    [{ AUTH_MODE: 'jwt', JWKS_URL: 'https://login.example', AUTH_TOKENS: 'true' }, /^AUTH_TOKENS must be false with/],
    [{ AUTH_MODE: 'jwt', JWT_SECRET: 'x'.repeat(31) }, /JWT_SECRET: .*32/],
    [{ AUTH_MODE: 'on' }, /AUTH_MODE: /],
    [{ JWT_ALGORITHM: 'none' }, /JWT_ALGORITHM\.0: /],
    [{ JWT_ALGORITHM: 'RS256,HS256' }, /JWT_ALGORITHM\.1: /],
    [{ JWKS_URL: 'file:///etc/passwd' }, /JWKS_URL: /],
    [{ CORS_ORIGINS: '*' }, /CORS_ORIGINS.*origins such as/],
    [{ CORS_ORIGINS: 'https://shop.example/' }, /CORS_ORIGINS.*origins such as/],
    [{ CORS_ORIGINS: 'shop.example' }, /CORS_ORIGINS.*origins such as/],
    [{ CORS_ORIGINS: 'ws://shop.example' }, /CORS_ORIGINS.*origins such as/],
    [{ REDIS_URL: 'http://localhost' }, /REDIS_URL: /],
    [{ RATE_LIMIT_READS: '-1' }, /RATE_LIMIT_READS: /],
    [{ RATE_LIMIT_READS: '10000001' }, /RATE_LIMIT_READS: /],
  ];
  it.each(wrong)('with %j', async (env, message) => {
    const error = await startGuarded(env).catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'ConfigError', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('xxxx');
  });

  it('with AUTH_MODE=jwt and services that would trust everybody', async () => {
    await expect(startGuarded(jwt, '')).rejects.toThrow(/^AUTH_MODE=jwt needs INTERNAL_TOKEN/);
  });
});

describe('its settings allow', () => {
  const told = (env: Record<string, string>) => parseEnv(guardVariables, env);

  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'])(
    'that tokens are signed by %s',
    (JWT_ALGORITHM) => expect(told({ JWT_ALGORITHM }).JWT_ALGORITHM).toEqual([JWT_ALGORITHM]),
  );

  it.each([
    'https://login.example',
    'https://login.example:8443/realms/shop/',
    'http://localhost:8081/realms/shop',
    'http://127.0.0.2:8081',
    'http://[::1]:8081',
  ])('an issuer by https, or of this machine: %s', (OIDC_ISSUER) => {
    expect(told({ OIDC_ISSUER }).OIDC_ISSUER).toBe(OIDC_ISSUER);
  });

  it('several algorithms and audiences', () => {
    const { JWT_ALGORITHM, JWT_AUDIENCE } = told({ JWT_ALGORITHM: 'RS256, ES256', JWT_AUDIENCE: 'shop, desk' });
    expect([JWT_ALGORITHM, JWT_AUDIENCE]).toEqual([
      ['RS256', 'ES256'],
      ['shop', 'desk'],
    ]);
  });

  it('any rate limit', () => {
    expect(told({ RATE_LIMIT_READS: '10000000' }).RATE_LIMIT_READS).toBe(10_000_000);
  });

  it('no tokens, with services that trust everybody', async () => {
    await using(await startGuarded({}, ''), async (gateway) => {
      expect((await gateway.get('/orders')).body.told).toEqual({ 'x-caller': 'operator:anonymous' });
    });
  });
});

describe('the guard by itself', () => {
  const start = (env: Record<string, string>) => {
    const log = createLogger('gateway', 'silent');
    const warn = jest.spyOn(log, 'warn');
    const parts = { service: 'gateway', world: realWorld, log, metrics: createMetrics('gateway') };
    const config = { ...parseEnv(guardVariables, env), INTERNAL_TOKEN: INSIDE };
    return { guard: createGuard(config, parts), warned: () => warn.mock.calls.map(([message]) => message) };
  };

  it.each([
    [jwt, ['AUTH_TOKENS=true: anybody can get any token, for development']],
    [{ ...jwt, AUTH_TOKENS: 'false' }, []],
    [{ AUTH_TOKENS: 'true' }, []],
  ])('warns that anybody can get any token: %j', (env, messages) => {
    expect(start(env).warned()).toEqual(messages);
  });

  it('limits no streams unless it is configured, and knows of no token that ends', () => {
    const { guard } = start(jwt);
    const [req, res] = [{ ip: '10.0.0.1' } as Request, new EventEmitter() as Response];
    for (let i = 0; i < 3; i++) expect(() => guard.streams.hold(req, res)).not.toThrow();
    expect(() => guard.streams.endWithToken(req, res)).not.toThrow();
    expect(res.listenerCount('close')).toBe(3);
  });

  it('closes the counting of each limit', () => {
    const shutdown = jest.spyOn(MemoryStore.prototype, 'shutdown');
    start({}).guard.close();
    expect(shutdown).toHaveBeenCalledTimes(4);
    shutdown.mockRestore();
  });
});

describe('without AUTH_MODE', () => {
  it('a write to an unknown host name changes nothing', async () => {
    await using(await startGuarded({}), async (gateway) => {
      const sent = async (Host: string) => (await gateway.get('/orders', { Host }, 'POST')).body.code;
      expect([await sent('evil.example'), await sent('gateway')]).toEqual(['UNEXPECTED_HOST', undefined]);
    });
  });

  it('everybody may do everything, as an anonymous operator', async () => {
    await using(await startGuarded({}), async (gateway) => {
      const { status, body } = await gateway.get('/orders/o1/fulfill', bearer('whatever'), 'POST');
      expect([status, body.told]).toEqual([200, toldOf('operator:anonymous')]);
      const keyed = await gateway.get('/orders', { 'Idempotency-Key': 'k' }, 'POST');
      expect(keyed.body.told).toEqual(toldOf('operator:anonymous'));
    });
  });
});

describe('with AUTH_MODE=jwt', () => {
  it('what is open to everybody stays open', async () => {
    await using(await startGuarded(jwt), async (gateway) => {
      for (const path of ['/health', '/livez', '/readyz', '/docs', '/openapi.json']) {
        expect((await gateway.get(path)).status).toBe(200);
      }
      expect((await gateway.get('/health', bearer('nonsense'))).status).toBe(200);
      expect((await gateway.get('/nothing')).status).toBe(401);
      expect((await gateway.get('/chaos')).status).toBe(401);
      expect((await gateway.get('/HEALTH')).status).toBe(401);
    });
  });

  it('metrics are shown to admins, and to callers with the token of the services', async () => {
    const internal = 'a token of the services';
    await using(await startGuarded(jwt, internal.replaceAll(' ', '-')), async (gateway) => {
      expect((await gateway.get('/metrics')).status).toBe(401);
      expect((await gateway.get('/metrics', bearer('a-token-of-the-service'))).status).toBe(401);
      expect((await gateway.get('/metrics', await tokenOf(gateway, 'ada', 'customer'))).status).toBe(403);
      expect((await gateway.get('/metrics', await tokenOf(gateway, 'eve', 'admin'))).status).toBe(200);
      expect((await gateway.get('/metrics', bearer('a-token-of-the-services'))).text).toContain('http_request');
      expect((await gateway.get('/audit', bearer('a-token-of-the-services'))).status).toBe(401);
      expect((await gateway.get('/Metrics', bearer('a-token-of-the-services'))).status).toBe(401);
    });
  });

  it('the key of one user is not that of another, quoted or bare', async () => {
    await using(await startGuarded(jwt), async (gateway) => {
      const [ada, bob] = [await tokenOf(gateway, 'ada', 'customer'), await tokenOf(gateway, 'bob', 'customer')];
      const keyOf = async (who: Record<string, string>, key: string) => {
        const { told } = (await gateway.get('/orders', { ...who, 'Idempotency-Key': key }, 'POST')).body;
        const { 'idempotency-key': sent, ...rest } = told as Record<string, string>;
        expect(rest).toEqual(toldOf(who === ada ? 'customer:ada' : 'customer:bob'));
        return sent;
      };
      const key = await keyOf(ada, 'once');
      expect(key).toMatch(/^[\w-]{43}$/);
      expect(await keyOf(ada, 'once')).toBe(key);
      expect(await keyOf(ada, '"once"')).toBe(key);
      expect(await keyOf(ada, 'twice')).not.toBe(key);
      expect(await keyOf(bob, 'once')).not.toBe(key);
      expect(await keyOf(bob, key as string)).not.toBe(key);
    });
  });

  it.each(['x'.repeat(256), '"unclosed'])(
    'a key that is not valid is left to the service to refuse: %s',
    async (key) => {
      await using(await startGuarded(jwt), async (gateway) => {
        const ada = await tokenOf(gateway, 'ada', 'customer');
        const { told } = (await gateway.get('/orders', { ...ada, 'Idempotency-Key': key }, 'POST')).body;
        expect(told).toEqual(toldOf('customer:ada'));
      });
    },
  );
});
