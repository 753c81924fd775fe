import { afterEach, describe, expect, it } from '@jest/globals';
import { type Guarded, SECRET, startGuarded } from '../../test/guarded-app.ts';

let gateway: Guarded;
afterEach(() => gateway.close());

const SHOP = 'https://shop.example';
const preflight = {
  Origin: SHOP,
  'Access-Control-Request-Method': 'POST',
  'Access-Control-Request-Headers': 'authorization',
};

const POLICY =
  "default-src 'self';base-uri 'self';font-src 'self' data:;form-action 'self';frame-ancestors 'none';" +
  "img-src 'self' data:;object-src 'none';script-src 'self';script-src-attr 'none';style-src 'self' 'unsafe-inline'";

describe('every answer has security headers', () => {
  it('which let pages run only scripts of the gateway', async () => {
    gateway = await startGuarded();
    const { headers } = await gateway.get('/docs');
    expect(headers['content-security-policy']).toBe(POLICY);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers).not.toHaveProperty('x-powered-by');
  });

  it('refusals as well', async () => {
    gateway = await startGuarded({ AUTH_MODE: 'jwt', JWT_SECRET: SECRET });
    const { status, headers } = await gateway.get('/orders');
    expect(status).toBe(401);
    expect(headers['content-security-policy']).toContain("script-src 'self'");
  });

  it('which require HTTPS only if the request came by HTTPS', async () => {
    gateway = await startGuarded({ TRUST_PROXY: '1' });
    const plain = (await gateway.get('/docs')).headers;
    expect(plain).not.toHaveProperty('strict-transport-security');
    const secure = (await gateway.get('/docs', { 'X-Forwarded-Proto': 'https' })).headers;
    expect(secure['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    expect([secure['content-security-policy'], secure['x-frame-options']]).toEqual([POLICY, 'DENY']);
  });
});

describe('a page of another origin', () => {
  it('may read nothing unless it is named (CORS)', async () => {
    gateway = await startGuarded();
    const { headers } = await gateway.get('/orders', { Origin: SHOP });
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('may read the headers that clients need, once it is named', async () => {
    gateway = await startGuarded({ CORS_ORIGINS: `${SHOP}, http://localhost:5173` });
    const { headers } = await gateway.get('/orders', { Origin: SHOP });
    expect(headers['access-control-allow-origin']).toBe(SHOP);
    expect(headers.vary).toMatch(/Origin/);
    expect(headers).not.toHaveProperty('access-control-allow-credentials');
    expect(headers['access-control-expose-headers']).toBe(
      'ETag,Idempotent-Replayed,Link,Location,Preference-Applied,RateLimit,RateLimit-Policy,Retry-After,X-Request-Id',
    );
  });

  it.each(['https://shop.example.evil', 'http://shop.example', 'https://other.example', 'null'])(
    'is not let in because it is called like another: %s',
    async (Origin) => {
      gateway = await startGuarded({ CORS_ORIGINS: SHOP });
      expect((await gateway.get('/orders', { Origin })).headers).not.toHaveProperty('access-control-allow-origin');
    },
  );

  it('gets its preflight answered without a token, and nothing else', async () => {
    gateway = await startGuarded({ AUTH_MODE: 'jwt', JWT_SECRET: SECRET, CORS_ORIGINS: SHOP });
    const { status, headers } = await gateway.get('/orders', preflight, 'OPTIONS');
    expect([status, headers['access-control-allow-origin']]).toEqual([204, SHOP]);
    expect(headers['access-control-allow-headers']).toBe('authorization');
    expect(headers['access-control-allow-methods']).toBe('GET,HEAD,POST,PUT,DELETE');
    expect(headers['access-control-max-age']).toBe('86400');
    const refused = await gateway.get('/orders', { Origin: SHOP });
    expect([refused.status, refused.headers['access-control-allow-origin']]).toEqual([401, SHOP]);
  });

  it('gets no preflight answered where no origin is named', async () => {
    gateway = await startGuarded({ AUTH_MODE: 'jwt', JWT_SECRET: SECRET });
    expect((await gateway.get('/orders', preflight, 'OPTIONS')).status).toBe(401);
  });
});
