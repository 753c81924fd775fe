import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { appOf, ask, post, startTiny, type Tiny } from '../../../tests/support/tiny-service.ts';
import { Lifecycle } from '../service/lifecycle.ts';
import { listen } from './server.ts';

let tiny: Tiny;
beforeAll(async () => {
  tiny = await startTiny();
});
afterAll(() => tiny.close());

describe('every service', () => {
  it('shows its health', async () => {
    tiny.clock.now += 12_340;
    const { status, body } = await ask(`${tiny.url}/health`);
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'UP', service: 'tiny', version: '1.2.3', uptimeSeconds: 12.3, dependencies: {} });
  });

  it('is DEGRADED, and still 200, while another is unavailable', async () => {
    const dependencies = () => ({ degraded: true, details: { order: 'OPEN' } });
    const app = appOf({ ...tiny.parts, dependencies });
    const { port, close } = await listen(app, new Lifecycle(), { port: 0, host: '127.0.0.1' });
    const { status, body } = await ask(`http://127.0.0.1:${port}/health`);
    await close(0);
    expect([status, body.status, body.dependencies]).toEqual([200, 'DEGRADED', { order: 'OPEN' }]);
  });

  it('shows its metrics in the text format of Prometheus', async () => {
    const { status, headers, text } = await ask(`${tiny.url}/metrics`);
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    expect(text).toContain('# TYPE http_request_duration_seconds histogram');
  });

  it('serves its event feed page by page', async () => {
    for (const id of ['a', 'b', 'c']) await post(`${tiny.url}/things`, { id, size: 1 });
    const first = await ask(`${tiny.url}/events?limit=2`);
    const second = await ask(`${tiny.url}/events?after=${first.body.next}`);
    const ids = [first, second].map(({ body }) => (body.events as { id: string }[]).map(({ id }) => id));
    expect(ids).toEqual([['thing/a:1', 'thing/b:1'], ['thing/c:1']]);
    const third = await ask(`${tiny.url}/events?after=${second.body.next}`);
    expect(third.body).toEqual({ events: [], next: second.body.next, feed: first.body.feed });
  });

  it('describes all its routes in OpenAPI 3.1', async () => {
    const { status, body } = await ask(`${tiny.url}/openapi.json`);
    expect([status, body.openapi]).toEqual([200, '3.1.0']);
    expect(body.servers).toEqual([{ url: '.' }]);
    const { securitySchemes } = body.components as { securitySchemes: object };
    expect([body.security, Object.keys(securitySchemes)]).toEqual([[{}, { bearer: [] }], ['bearer']]);
    const paths = body.paths as Record<string, Record<string, { responses: object; requestBody?: object }>>;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/things', '/things/{id}', '/health', '/metrics', '/events', '/chaos']),
    );
    const create = paths['/things']?.post;
    expect(Object.keys(create?.responses ?? {})).toEqual(expect.arrayContaining(['200', '400', '413', '415', '422']));
    expect(create?.requestBody).toMatchObject({ required: true });
  });

  it('serves a page that shows them, with all files of the page', async () => {
    const page = await ask(`${tiny.url}/docs`);
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    const loaded = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
    expect(loaded).toHaveLength(4);
    const types = await Promise.all(
      loaded.map(async (path) => (await ask(new URL(path, `${tiny.url}/docs`).href)).headers['content-type']),
    );
    expect(types).toEqual([
      'text/css; charset=utf-8',
      expect.stringContaining('text/javascript'),
      expect.stringContaining('text/javascript'),
      expect.stringContaining('text/javascript'),
    ]);
  });
});
