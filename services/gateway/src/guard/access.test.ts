import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '@oms/shared/contracts/endpoint';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import express from 'express';
import { FOR_CUSTOMERS } from '../../../../tests/support/for-customers.ts';
import { sendRaw } from '../../../../tests/support/tiny-service.ts';
import { targetOf } from '../targets.ts';
import { accessTo } from './access.ts';

const O = '0190a1b2-0000-7000-8000-000000000001';

describe('everybody', () => {
  it.each([
    ['GET', '/health'],
    ['GET', '/livez'],
    ['GET', '/readyz'],
    ['POST', '/auth/token'],
    ['GET', '/'],
    ['GET', '/docs'],
    ['GET', '/swagger-ui/index.html'],
    ['GET', '/docs/swagger-ui.css'],
    ['GET', '/openapi.json'],
    ['GET', '/asyncapi.json'],
    ['GET', '/problems'],
    ['GET', '/problems/out-of-stock'],
    ['GET', '/services/order/openapi.json'],
    ['GET', '/assets/index-BqX_1a-Z.js'],
    ['GET', '/shipments/labels/TRK1?expires=1&signature=s'],
    ['GET', '/shipping/track/TRK1'],
    ['HEAD', '/health?verbose=1'],
  ])('may %s %s', (method, url) => expect(accessTo(method, url)).toBe('everybody'));
});

describe('customers', () => {
  it.each([
    ['POST', '/orders'],
    ['GET', '/orders'],
    ['GET', '/orders?status=CONFIRMED&customerId=bob'],
    ['GET', `/orders/${O}`],
    ['HEAD', `/orders/${O}`],
    ['GET', `/orders/${O}?version=1`],
    ['GET', `/orders/${O}/events`],
    ['GET', `/orders/${O}/track`],
    ['PUT', `/orders/${O}`],
    ['POST', `/orders/${O}/confirm`],
    ['POST', `/orders/${O}/cancel`],
    ['POST', `/orders/${O}/return`],
    ['DELETE', `/orders/${O}`],
    ['GET', '/products'],
    ['GET', '/products/prod1'],
    ['GET', '/products/search/desk%20lamp'],
    ['GET', '/products/search/caf%C3%A9%2F%22'],
    ['GET', '/inventory'],
    ['GET', '/inventory/prod1'],
    ['GET', '/inventory/check?items=%5B%5D'],
    ['GET', '/inventory/prod1/availability?quantity=2'],
    ['GET', '/availability?productId=prod1&quantity=1'],
  ])('may %s %s, below /api too', (method, url) => {
    expect(accessTo(method, url)).toBe('customers');
    expect(accessTo(method, `/api${url}`)).toBe('customers');
  });
});

describe('only admins', () => {
  it.each([
    ['POST', `/orders/${O}/fulfill`],
    ['POST', `/orders/${O}/process`],
    ['PUT', `/orders/${O}/status`],
    ['DELETE', '/orders'],
    ['PATCH', `/orders/${O}`],
    ['OPTIONS', '/orders'],
    ['GET', '/orders/circuit-breaker/status'],
    ['POST', '/circuit-breaker/reset'],
    ['GET', '/sagas'],
    ['POST', `/sagas/${O}/retry`],
    ['GET', '/audit'],
    ['GET', '/events'],
    ['GET', '/chaos'],
    ['PUT', '/chaos'],
    ['GET', '/payments?orderId=1'],
    ['POST', '/payments/refund'],
    ['GET', '/shipments'],
    ['GET', '/notifications'],
    ['POST', '/webhooks'],
    ['GET', '/webhooks/W1/deliveries'],
    ['POST', '/products'],
    ['PUT', '/products/prod1'],
    ['DELETE', '/products/prod1'],
    ['PUT', '/inventory/prod1'],
    ['POST', '/inventory/reserve'],
    ['POST', '/inventory/prod1/reserve'],
    ['GET', '/inventory/reservations'],
    ['GET', `/inventory/reservations/${O}`],
    ['GET', '/inventory/reservations/availability'],
    ['GET', '/services/order/orders'],
    ['GET', '/services/order/metrics'],
    ['POST', '/health'],
    ['GET', '/nothing'],
    ['GET', '/.env'],
    ['GET', '/docs/../audit'],
  ])('may %s %s, below /api too', (method, url) => {
    expect(accessTo(method, url)).toBe('admins');
    expect(accessTo(method, `/api${url}`)).toBe('admins');
  });
});

it('the contracts open to customers what is listed for them, and nothing else', () => {
  const open = Object.values(EVERY_ENDPOINT)
    .flatMap((endpoints: Endpoint[]) => endpoints)
    .filter(({ access }) => access === 'customers');
  expect(new Set(open.map(({ method, path }) => `${method.toUpperCase()} ${path}`))).toEqual(FOR_CUSTOMERS);
});

it('metrics are for Prometheus', () => {
  expect(accessTo('GET', '/metrics')).toBe('metrics');
  expect(accessTo('GET', '/METRICS')).toBe('admins');
});

/** Says which endpoint of which service Express takes a request for, set as the services' apps set it. */
function whatIsMatched() {
  const app = express().enable('case sensitive routing').enable('strict routing');
  for (const [name, endpoints] of Object.entries(EVERY_ENDPOINT)) {
    const router = express.Router({ caseSensitive: true, strict: true });
    for (const { method, path, aliases = [] } of endpoints as Endpoint[]) {
      const patterns = [path, ...aliases].map((one) => one.replaceAll(/\{(\w+)\}/g, ':$1'));
      router[method](patterns, (_req, res) => void res.end(`${method.toUpperCase()} ${path}`));
    }
    router.use((_req, res) => void res.end('nothing'));
    app.use((req, res, next) => (req.headers['x-service'] === name ? router(req, res, next) : next()));
  }
  app.use(((_error, _req, res, _next) => void res.end('nothing')) satisfies express.ErrorRequestHandler);
  return createServer(app);
}

describe('however a path is written, the table never allows a customer more than Express does', () => {
  const server = whatIsMatched();
  let port: number;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => void server.close());

  /** What the service would do that the gateway sends it to. */
  async function carriedOut(method: string, url: string): Promise<string> {
    const target = (() => {
      try {
        return targetOf(url);
      } catch {
        return undefined;
      }
    })();
    if (!target) return 'nothing';
    const head = `${method} ${target.path} HTTP/1.1\r\nHost: x\r\nX-Service: ${target.service}\r\nConnection: close\r\n\r\n`;
    const answer = await sendRaw(port, head);
    return (
      answer
        .split('\r\n\r\n')[1]
        ?.split('\r\n')
        .find((line) => /^(?:[A-Z]+ \/|nothing)/.test(line)) ?? 'nothing'
    );
  }

  const beginnings = ['', '/api', '/API', '/api/api', '//', '/.', '/%61pi', 'http://x', '/services/order', '/;'];
  const places = ['/orders', '/Orders', '/%6frders', '/orders/', '/inventory', '/products', '/sagas', '/payments'];
  const ids = ['', `/${O}`, '//', '/..', '/%2e%2e', '/reservations', '/search', '/circuit-breaker', '/check', '/a%2Fb'];
  const ends = ['', '/', '/fulfill', '/FULFILL', '/%66ulfill', '/fulfill/', '//fulfill', '/fulfill?x=/events'];
  const more = [
    '/events',
    '/confirm',
    '/confirm/../fulfill',
    '/confirm%2f..%2ffulfill',
    '/status',
    '\\status',
    '/reserve',
  ];
  const paths = beginnings.flatMap((beginning) =>
    places.flatMap((place) => ids.flatMap((id) => [...ends, ...more].map((end) => beginning + place + id + end))),
  );

  it.each(['GET', 'POST', 'PUT', 'DELETE'])('%s', async (method) => {
    const wrong: string[] = [];
    const done = new Set<string>();
    const worthTrying = paths.filter((path) => accessTo(method, path) === 'customers');
    for (const path of worthTrying) {
      const what = await carriedOut(method, path);
      done.add(what);
      if (what !== 'nothing' && !FOR_CUSTOMERS.has(what)) wrong.push(`${method} ${path} is ${what}`);
    }
    expect(wrong).toEqual([]);
    expect(worthTrying.length).toBeGreaterThan(3);
    expect([...done].some((what) => FOR_CUSTOMERS.has(what))).toBe(true);
  });

  const disguised = [
    `/Orders/${O}/fulfill`,
    `/orders/${O}/FULFILL`,
    `/orders/${O}/fulfill/`,
    `/api/Orders/${O}/Fulfill/`,
    `/API/orders/${O}/fulfill`,
    `http://elsewhere/orders/${O}/fulfill`,
    `/services/order/orders/${O}/fulfill`,
    `/orders/%30/fulfill`,
    `/orders/${O}/fulfill?/events`,
    '/orders/a%2Fb/fulfill',
    '/orders/../fulfill',
  ];
  it.each(disguised)('POST %s ships an order only for admins', (path) => {
    expect(accessTo('POST', path)).toBe('admins');
  });

  it('although Express carries out those that are written as in the contract', async () => {
    const done = await Promise.all(disguised.map((path) => carriedOut('POST', path)));
    expect(done.filter((what) => what === 'POST /orders/{id}/fulfill').length).toBe(6);
  });
});
