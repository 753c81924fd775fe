import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import { address } from '../e2e/orders.ts';
import type { Name } from '../e2e/system.ts';
import { describeDurable } from '../support/database.ts';
import { FOR_CUSTOMERS } from '../support/for-customers.ts';
import { ask } from '../support/tiny-service.ts';
import { type Route, routesOf } from './routes.ts';
import { type Attacked, INTERNAL_TOKEN, startAttacked } from './system.ts';

const SERVICES = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'] as const satisfies Name[];
const FOR_EVERYBODY = new Set(['GET /health', 'GET /livez', 'GET /readyz']);
const REFUSALS = [400, 401, 403, 404, 405];

const last = (path: string, to: string) => path.replace(/\/(?=[^/]*$)/, to);
const escaped = (letter: string) => `%${letter.charCodeAt(0).toString(16)}`;

/** Other ways to write a path that a router might still accept. */
const SPELLINGS: Record<string, (path: string) => string> = {
  'as it is': (path) => path,
  'in upper case': (path) => path.toUpperCase(),
  'with one letter in upper case': (path) => path.replace(/[a-z]/, (letter) => letter.toUpperCase()),
  'with upper case in the last part': (path) => path.replace(/[a-z](?=[^/]*$)/, (letter) => letter.toUpperCase()),
  'with a trailing slash': (path) => `${path}/`,
  'with two leading slashes': (path) => `/${path}`,
  'with two slashes inside': (path) => last(path, '//'),
  'with a backslash': (path) => last(path, '\\'),
  'with an escaped slash': (path) => last(path, '%2f'),
  'with an escaped letter': (path) => path.replace(/[a-z]/, escaped),
  'with an escaped letter in the last part': (path) => path.replace(/[a-z](?=[^/]*$)/, escaped),
  'with a NUL': (path) => `${path}%00`,
  'with a space': (path) => `${path}%20`,
  'with a path parameter': (path) => `${path};x=1`,
  'with a leading dot segment': (path) => `/.${path}`,
  'with a trailing dot segment': (path) => `${path}/.`,
  'by path traversal': (path) => `/docs/..${path}`,
  'by escaped path traversal': (path) => `/docs/%2e%2e${path}`,
  'by partly escaped path traversal': (path) => `/products/search/..%2f..${path}`,
  'below /api': (path) => `/api${path}`,
  'below /API': (path) => `/API${path}`,
  'below /api twice': (path) => `/api/api${path}`,
  'as a whole address': (path) => `http://gateway${path}`,
};

let system: Attacked;
/** The ids of what belongs to somebody else, by the name of the path parameter. */
let others: Record<string, string>;

beforeAll(async () => {
  system = await startAttacked({ RATE_LIMIT_READS: '0', RATE_LIMIT_WRITES: '0', RATE_LIMIT_TOKENS: '0' });
  const { bob, operator } = system;
  const items = [{ productId: 'prod1', quantity: 1 }];
  const { id } = (await bob.post('/orders', { items, shippingAddress: address })).body;
  const { shipment, payment } = (await operator.post(`/orders/${id}/fulfill`)).body;
  const told = await eventually(
    () => operator.get(`/notifications?orderId=${id}`),
    ({ body }) =>
      body.items?.some(({ kind }: { kind: string }) => kind === 'order-shipped') &&
      body.items.every(({ status }: { status: string }) => status === 'SENT'),
  );
  others = {
    order: id,
    payment: payment.id,
    shipment: shipment.id,
    notification: told.body.items[0].id,
    trackingNumber: shipment.trackingNumber,
  };
});
afterAll(() => system.stop());

/** A documented path with the ids of what belongs to Bob. */
function bobs(path: string): string {
  const [, collection = ''] = path.split('/');
  const own: Record<string, string | undefined> = {
    id: others[collection.replace(/s$/, '')],
    orderId: others.order,
    trackingNumber: others.trackingNumber,
    productId: 'prod1',
    query: 'product',
  };
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => own[name] ?? 'x');
}

/** Fits every route with a body; she may place this order. */
function withBody(headers: Record<string, string>) {
  const body = JSON.stringify({
    ...{ orderId: others.order, paymentId: others.payment, items: [{ productId: 'prod2', quantity: 1 }] },
    ...{ shippingAddress: address, status: 'PROCESSING', quantity: 1, amount: 1, price: 1, name: 'Mine' },
    ...{ reason: 'mine', note: 'mine', failureRate: 1, paymentMethod: 'tok_visa' },
  });
  // Node sets the Content-Length itself, except for DELETE.
  const length = String(Buffer.byteLength(body));
  return { body, headers: { 'Content-Type': 'application/json', 'Content-Length': length, ...headers } };
}

const routes = (url: string) => routesOf(system.operator, url, bobs);

/** Tries each spelling, and returns those that did or showed what is not hers. */
async function walk(origin: string, tries: Route[], headers: Record<string, string>, isHers: (key: string) => boolean) {
  const wrong: string[] = [];
  let tried = 0;
  for (const { key, method, path } of tries) {
    const sent = method === 'GET' ? { method, headers } : { method, ...withBody(headers) };
    const attempts = Object.values(SPELLINGS).map(async (spell) => {
      const spelled = spell(path);
      const { status, text } = await ask(origin, { ...sent, path: spelled });
      const shown = isHers(key) && status < 300 && !/bob/i.test(text) && !text.includes(others.order as string);
      if (!shown && !REFUSALS.includes(status)) wrong.push(`${method} ${spelled}: ${status} ${text.slice(0, 80)}`);
      tried++;
    });
    await Promise.all(attempts);
  }
  return { wrong, tried };
}

/** Everything that she could have changed. */
async function seen() {
  const { operator } = system;
  const paths = [
    `/orders/${others.order}/events`,
    `/payments/${others.payment}`,
    `/shipments/${others.shipment}`,
    `/notifications/${others.notification}`,
    `/inventory/reservations/${others.order}`,
    '/inventory/prod1',
    '/products',
    ...SERVICES.map((name) => `/services/${name}/chaos`),
  ];
  return Promise.all(paths.map(async (path) => (await operator.get(path)).body));
}

describeDurable('a customer who spells the path of a forbidden route in other ways', () => {
  it('cannot reach it through the gateway', async () => {
    const before = await seen();
    const isHers = (key: string) => FOR_CUSTOMERS.has(key) || FOR_EVERYBODY.has(key);
    const all = [...(await routes('/services/gateway/openapi.json')).filter(({ path }) => path !== '/auth/token')];
    for (const name of SERVICES) all.push(...(await routes(`/services/${name}/openapi.json`)));
    const { wrong, tried } = await walk(system.gateway.url, all, system.ada.headers, isHers);
    expect(wrong).toEqual([]);
    expect(tried).toBeGreaterThan(1_500);
    expect(await seen()).toEqual(before);
  });

  it('cannot reach it through /services/<name> of the gateway', async () => {
    const before = await seen();
    for (const name of SERVICES) {
      const own = (await routes(`/services/${name}/openapi.json`)).map((one) => ({
        ...one,
        path: `/services/${name}${one.path}`,
      }));
      const { wrong } = await walk(system.gateway.url, own, system.ada.headers, () => false);
      expect(wrong).toEqual([]);
    }
    expect(await seen()).toEqual(before);
  });

  it.each(SERVICES)('cannot reach it at the %s service itself', async (name) => {
    const before = await seen();
    const inside = { 'X-Internal-Token': INTERNAL_TOKEN, 'X-Caller': 'customer:ada' };
    const isHers = (key: string) => FOR_CUSTOMERS.has(key) || FOR_EVERYBODY.has(key) || key === 'GET /metrics';
    const { wrong } = await walk(system[name].url, await routes(`/services/${name}/openapi.json`), inside, isHers);
    expect(wrong).toEqual([]);
    expect(await seen()).toEqual(before);
  });

  it('leaves the audit balanced', async () => {
    const { body } = await eventually(
      () => system.operator.get('/audit'),
      (got) => got.body.inFlight === 0,
    );
    expect(body).toMatchObject({ balanced: true, discrepancies: [] });
  });
});
