import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gatewayWorld } from '../../../tests/support/gateway.ts';
import { ask } from '../../../tests/support/tiny-service.ts';

const world = gatewayWorld();
let url: string;
let page: string;
let assets: string[];
beforeAll(async () => {
  url = (
    await world.gateway({ AUTH_MODE: 'jwt', AUTH_TOKENS: 'true', INTERNAL_TOKEN: 'what-services-show-each-other' })
  ).url;
  page = (await ask(url)).text;
  assets = [...page.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, path]) => `${url}/${path}`);
});
afterAll(() => world.close());

const MOST_GZIPPED_BYTES = 150_000;
const raw = async (path: string, encoding: string) => {
  const answer = await fetch(path, { headers: { 'Accept-Encoding': encoding } });
  return { headers: answer.headers, text: await answer.text() };
};

describe('the page', () => {
  it('is open to everybody; signing in comes after it', async () => {
    const { status, headers } = await ask(url);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });

  it('loads only its own files, and has nothing inline', async () => {
    const { headers } = await ask(url);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:/);
    expect(page).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=/i);
  });

  it('is checked each time (If-None-Match), and sent only when it has changed', async () => {
    const { headers } = await ask(url);
    expect(headers['cache-control']).toBe('no-cache');
    const again = await ask(url, { headers: { 'If-None-Match': String(headers.etag) } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await ask(url, { headers: { 'If-None-Match': '"another"' } })).status).toBe(200);
  });

  it('leaves the policy of other pages alone', async () => {
    const { headers } = await ask(`${url}/docs`);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });
});

describe('what the page loads', () => {
  it('has a name that changes with its content, and is cached without limit', async () => {
    expect(assets).toHaveLength(3);
    for (const asset of assets) {
      expect(asset).toMatch(/-[A-Z0-9]{8}\.(js|css|svg)$/);
      const { status, headers } = await ask(asset);
      expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    }
  });

  it('is compressed as the browser accepts it, and has the same content each way', async () => {
    for (const asset of assets) {
      const plain = await raw(asset, 'identity');
      expect(plain.headers.get('content-encoding')).toBeNull();
      for (const encoding of ['br', 'gzip']) {
        const packed = await raw(asset, encoding);
        expect([packed.headers.get('content-encoding'), packed.headers.get('vary')]).toEqual([
          encoding,
          'Accept-Encoding',
        ]);
        expect(packed.text).toBe(plain.text);
        expect(packed.headers.get('etag')).not.toBe(plain.headers.get('etag'));
      }
    }
  });

  it('is small', async () => {
    let bytes = 0;
    for (const asset of [url, ...assets]) {
      const answer = await fetch(asset, { method: 'HEAD', headers: { 'Accept-Encoding': 'gzip' } });
      bytes += Number(answer.headers.get('content-length'));
    }
    expect(bytes).toBeGreaterThan(1_000);
    expect(bytes).toBeLessThan(MOST_GZIPPED_BYTES);
  });

  it('is no other file of that folder', async () => {
    const name = String(assets[0]).split('/').at(-1);
    for (const path of [`assets/${name}.br`, 'assets/nothing.js', 'index.html']) {
      expect((await ask(`${url}/${path}`)).status).toBeGreaterThanOrEqual(400);
    }
  });
});
