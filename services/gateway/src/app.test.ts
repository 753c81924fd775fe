import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask, post } from '../../../tests/support/tiny-service.ts';
import { SERVICES } from './targets.ts';

const world = gatewayWorld();
let url: string;
beforeEach(async () => {
  url = (await world.gateway()).url;
});
afterEach(() => world.close());

describe('the documentation', () => {
  it('is one page with the files it loads, and no inline script', async () => {
    const page = await ask(`${url}/docs`);
    expect(page.headers['content-security-policy']).toContain("script-src 'self';");
    expect(page.text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/i);
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, path]) => new URL(path ?? '', `${url}/docs`),
    );
    expect(loaded).toHaveLength(4);
    for (const { href } of loaded) expect((await ask(href)).status).toBe(200);
  });

  it.each(['/docs/', '/docs/index.html', '/swagger-ui/index.html', '/swagger-ui.html'])(
    'is also at %s, although its links are relative',
    async (path) => {
      const { status, headers } = await ask(url + path);
      expect(status).toBe(302);
      expect(new URL(headers.location ?? '', url + path).href).toBe(`${url}/docs`);
    },
  );

  it.each(['/docs/swagger-initializer.js', '/docs/package.json', '/docs/oauth2-redirect.html'])(
    'shows nothing of the documents that come with Swagger UI: %s',
    async (path) => {
      expect((await ask(url + path)).status).toBe(404);
    },
  );

  it('shows the document of the public API first, and those of every service and the gateway', async () => {
    const { text } = await ask(`${url}/docs/start.js`);
    const documents: { name: string; url: string }[] = JSON.parse(/urls: (.*),/.exec(text)?.[1] ?? '');
    expect(documents).toEqual([
      { name: 'The public API', url: 'openapi.json' },
      ...[...SERVICES, 'gateway'].map((name) => ({ name: `only ${name}`, url: `services/${name}/openapi.json` })),
    ]);
  });

  it.each(['/docs/start.js', '/health', '/openapi.json', '/metrics'])('is the same below /api: %s', async (path) => {
    const [below, plain] = await Promise.all([ask(`${url}/api${path}`), ask(url + path)]);
    expect([below.status, below.headers['content-type']]).toEqual([200, plain.headers['content-type']]);
  });

  it('is a page below /api, too, with all that it loads', async () => {
    const page = await ask(`${url}/api/docs`);
    const [, script = ''] = /src="(docs\/start.js)"/.exec(page.text) ?? [];
    const { text } = await ask(new URL(script, `${url}/api/docs`).href);
    for (const { url: document } of JSON.parse(/urls: (.*),/.exec(text)?.[1] ?? '') as { url: string }[]) {
      const { status } = await ask(new URL(document, `${url}/api/docs`).href);
      // No service listens here.
      expect(status).toBe(/^(services\/gateway\/)?openapi.json$/.test(document) ? 200 : 503);
    }
  });

  it('describes the endpoints of the gateway', async () => {
    const { body } = await ask(`${url}/services/gateway/openapi.json`);
    const own = ['/health', '/livez', '/readyz', '/metrics', '/chaos', '/auth/token', '/audit', '/live'];
    expect(Object.keys(body.paths as object).sort()).toEqual(own.sort());
    expect((body.paths as Record<string, { get: { summary: string } }>)['/health']?.get.summary).toMatch(
      /every service/,
    );
  });

  it('describes the public API, at the address that it is asked at', async () => {
    const { body } = await ask(`${url}/openapi.json`);
    expect(body.servers).toEqual([{ url }]);
    expect(Object.keys(body.paths as object)[0]).toBe('/orders');
    const elsewhere = await ask(`${url}/api/openapi.json`, { headers: { Host: 'shop.example:8443' } });
    expect(elsewhere.body.servers).toEqual([{ url: 'http://shop.example:8443' }]);
    expect(elsewhere.headers.vary).toContain('Host');
  });

  it.each(['a b', '"', '$&', '<x>'])('names no address for a host that is none: %j', async (Host) => {
    const { status, body } = await ask(`${url}/openapi.json`, { headers: { Host } });
    if (status === 200) expect((body.servers as { url: string }[])[0]?.url).toBe('/');
    else expect(status).toBe(400);
  });

  it('describes the events that services publish', async () => {
    const { headers, body } = await ask(`${url}/asyncapi.json`);
    expect([headers['content-type'], body.asyncapi]).toEqual(['application/json; charset=utf-8', '3.0.0']);
    expect(Object.keys(body.channels as object).length).toBeGreaterThan(3);
  });
});

describe('a path that no service has', () => {
  it.each(['/nothing', '/events', '/api', '/api/nothing', '/api/api/health', '/services/nobody/x'])(
    'is 404: %s',
    async (path) => {
      const { status, body } = await ask(url + path);
      expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
    },
  );

  it('is 404 for POST /auth/token where no tokens are issued', async () => {
    const { status, body } = await post(`${url}/auth/token`, { userId: 'ada' });
    expect([status, body.code]).toEqual([404, 'ROUTE_NOT_FOUND']);
  });

  it('is 405 for another method', async () => {
    const { status, headers } = await ask(`${url}/health`, { method: 'DELETE' });
    expect([status, headers.allow]).toEqual([405, 'GET, HEAD']);
  });
});
