import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Name } from '../e2e/system.ts';
import { describeDurable } from '../support/database.ts';
import { ask } from '../support/tiny-service.ts';
import { type Route, routesOf } from './routes.ts';
import { type Attacked, startAttacked } from './system.ts';

const SERVICES = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'] as const satisfies Name[];

let system: Attacked;
let routes: Route[];
beforeAll(async () => {
  system = await startAttacked({ RATE_LIMIT_READS: '0', RATE_LIMIT_WRITES: '0', RATE_LIMIT_TOKENS: '0' });
  const fill = (path: string) => path.replaceAll(/\{\w+\}/g, 'x1');
  routes = await routesOf(system.operator, '/services/gateway/openapi.json', fill);
  for (const name of SERVICES) {
    const own = await routesOf(system.operator, `/services/${name}/openapi.json`, fill);
    routes.push(...own.map((route) => ({ ...route, path: `/services/${name}${route.path}` })));
  }
});
afterAll(() => system.stop());

/** Sends the same odd request to every route, and returns the routes that did not refuse it. */
async function accepting(methods: string[], odd: (path: string) => string, body?: string): Promise<string[]> {
  const tried = routes.filter(({ method }) => methods.includes(method));
  expect(tried.length).toBeGreaterThan(20);
  // Node sets the Content-Length itself, except for DELETE.
  const length: Record<string, string> =
    body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  const headers = { 'Content-Type': 'application/json', ...length, ...system.operator.headers };
  const answers = await Promise.all(
    tried.map(async ({ method, path }) => {
      const sent = { method, headers, path: odd(path), ...(body === undefined ? {} : { body }) };
      const { status, body: problem } = await ask(system.gateway.url, sent);
      return { what: `${method} ${path}`, status, code: problem.code };
    }),
  );
  return answers
    .filter(({ status, code }) => status !== 400 || code !== 'VALIDATION_FAILED')
    .map(({ what, status, code }) => `${what}: ${status} ${code}`);
}

const ALL = ['GET', 'POST', 'PUT', 'DELETE'];

describeDurable('every route of every service refuses', () => {
  it('an unknown query parameter, so that a misspelled filter does not return everything', async () => {
    expect(await accepting(ALL, (path) => `${path}?stauts=CONFIRMED`)).toEqual([]);
  });

  it.each([
    ['a NUL in its path', (path: string) => `${path}%00`],
    ['a NUL in its query', (path: string) => `${path}?limit=%00`],
    ['a lone surrogate in its query', (path: string) => `${path}?limit=%ED%A0%80`],
    ['an invalid percent escape', (path: string) => `${path}?limit=%zz`],
  ])('%s', async (_what, odd) => {
    expect(await accepting(ALL, odd)).toEqual([]);
  });

  it.each([
    ['a NUL in its body', '{"name":"\\u0000"}'],
    ['a lone surrogate in its body', '{"deep":[{"name":"\\ud800 alone"}]}'],
    ['a NUL in a key of its body', '{"\\u0000":1}'],
  ])('%s', async (_what, body) => {
    expect(await accepting(['POST', 'PUT', 'DELETE'], (path) => path, body)).toEqual([]);
  });
});

describeDurable('unusual but valid text', () => {
  it('is stored unchanged: surrogate pairs and escapes', async () => {
    const { operator } = system;
    const made = await operator.post('/products', { id: 'smile', name: '\u{1F600} "%00" \\u0000', price: 1 });
    expect(made.status).toBe(201);
    expect((await operator.get('/products/smile')).body.name).toBe('\u{1F600} "%00" \\u0000');
    expect((await operator.get('/products/search/%F0%9F%98%80%20%2500')).status).toBe(200);
  });
});
