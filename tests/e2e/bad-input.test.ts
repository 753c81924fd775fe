import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { address, cart, shipped } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

/** Generated from the OpenAPI documents that the services serve, so new routes are covered. */

interface Operation {
  service: Name;
  method: string;
  path: string;
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  spec: any;
}
interface Property {
  type?: string;
  minimum?: number;
  maximum?: number;
  pattern?: string;
  enum?: string[];
}
interface Raw {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

const SERVICES: Name[] = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'];
const BAD_IDS = ['%20', 'a%20b', 'caf%C3%A9', 'x'.repeat(65), 'a%3Cb', '%00', 'a%2Fb', '%FF'];
const BAD_KEYS = ['', ' ', '"', 'k'.repeat(256), 'caf\u00e9', '""'];
/** If these were carried out, they would disturb the requests after them. */
const UNSETTLING = ['/chaos'];

let system: System;
let operations: Operation[];

beforeAll(async () => {
  // Without a catalog, the order service also validates the prices in the request.
  system = await startSystem({ PRODUCT_SERVICE_URL: 'none' }, SERVICES);
  await shipped(system);
  operations = [];
  for (const service of SERVICES) {
    const { body } = await system[service].get('/openapi.json');
    for (const [path, methods] of Object.entries<Record<string, unknown>>(body.paths)) {
      for (const [method, spec] of Object.entries(methods)) {
        operations.push({ service, method: method.toUpperCase(), path, spec: resolved(spec, body) });
      }
    }
  }
});
afterAll(() => system.stop());

// biome-ignore lint/suspicious/noExplicitAny: a JSON document
function resolved(node: any, document: any): any {
  if (Array.isArray(node)) return node.map((one) => resolved(one, document));
  if (typeof node !== 'object' || node === null) return node;
  if (typeof node.$ref === 'string') {
    const target = node.$ref
      .slice(2)
      .split('/')
      .reduce((at: Record<string, unknown>, name: string) => at[name], document);
    return resolved(target, document);
  }
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, resolved(value, document)]));
}

/** Sends exactly what it is given, which `fetch` would refuse. */
function raw(
  service: Name,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Raw> {
  const { hostname, port } = new URL(system[service].url);
  return new Promise((resolve, reject) => {
    const length = { 'Content-Length': String(Buffer.byteLength(body ?? '')) };
    const sent = request({ hostname, port, method, path, headers: { ...length, ...headers }, agent: false }, (got) => {
      let text = '';
      got.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      got.on('end', () => resolve({ status: got.statusCode ?? 0, headers: got.headers, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const fill = (path: string, id = 'nobody') => path.replaceAll(/\{\w+\}/g, id);
const writing = () => operations.filter(({ method }) => method !== 'GET');
/** The change of an order is the only body without an example. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON document
const exampleFor = ({ requestBody }: any): string | undefined =>
  requestBody && JSON.stringify(requestBody.content['application/json'].schema.example ?? { shippingAddress: address });

function expectProblem(got: Raw, status: number, code: string | string[], what: string): void {
  const { status: found, text } = got;
  expect({ what, status: found, text: found === status ? '' : text.slice(0, 300) }).toEqual({ what, status, text: '' });
  const type = got.headers['content-type'];
  expect({ what, type }).toEqual({ what, type: expect.stringMatching(/^application\/problem\+json/) });
  const problem = JSON.parse(text);
  const complete = {
    type: expect.any(String),
    title: expect.any(String),
    status,
    detail: expect.any(String),
    instance: expect.any(String),
    traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
  };
  expect({ what, problem }).toEqual({ what, problem: expect.objectContaining(complete) });
  const known = [code].flat().includes(problem.code);
  expect({ what, code: known ? 'as documented' : problem.code }).toEqual({ what, code: 'as documented' });
  expect(text).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
}

/** All data of the services, to check that nothing changes. */
async function everything(): Promise<string> {
  const lists: [Name, string][] = [
    ['order', '/orders?limit=200'],
    ['order', '/events?limit=200'],
    ['inventory', '/inventory?limit=200'],
    ['inventory', '/inventory/reservations?limit=200'],
    ['payment', '/payments?limit=200'],
    ['shipping', '/shipments?limit=200'],
    ['product', '/events?limit=200'],
  ];
  const texts = await Promise.all(lists.map(async ([service, path]) => (await raw(service, 'GET', path)).text));
  return texts.join('\n');
}

async function changesNothing(run: () => Promise<void>): Promise<void> {
  const before = await everything();
  await run();
  expect(await everything()).toBe(before);
}

describe('every documented operation', () => {
  it('is found: there are more than forty', () => {
    expect(operations.length).toBeGreaterThan(60);
    expect(new Set(operations.map(({ spec, service }) => `${service} ${spec.operationId}`)).size).toBe(
      operations.length,
    );
  });

  it('refuses a body that is not JSON, by its text or by its content type', () =>
    changesNothing(async () => {
      for (const { service, method, path } of writing()) {
        const what = `${service} ${method} ${path}`;
        const url = fill(path);
        expectProblem(await raw(service, method, url, JSON_TYPE, '{"half":'), 400, 'MALFORMED_JSON', what);
        expectProblem(
          await raw(service, method, url, JSON_TYPE, Buffer.from([0xff, 0xfe, 0x7b])),
          400,
          'MALFORMED_JSON',
          what,
        );
        expectProblem(
          await raw(service, method, url, { 'Content-Type': 'text/plain' }, 'hello'),
          415,
          'UNSUPPORTED_MEDIA_TYPE',
          what,
        );
        expectProblem(await raw(service, method, url, {}, '{}'), 415, 'UNSUPPORTED_MEDIA_TYPE', what);
        const packed = { ...JSON_TYPE, 'Content-Encoding': 'brotli-ish' };
        expectProblem(await raw(service, method, url, packed, '{}'), 415, 'UNSUPPORTED_MEDIA_TYPE', what);
      }
    }));

  it('refuses a body over 100 kB', () =>
    changesNothing(async () => {
      const body = JSON.stringify({ filler: 'x'.repeat(110 * 1024) });
      for (const { service, method, path } of writing()) {
        const got = await raw(service, method, fill(path), JSON_TYPE, body);
        expectProblem(got, 413, 'PAYLOAD_TOO_LARGE', `${service} ${method} ${path}`);
      }
    }));

  it('refuses a body that is not an object, lacks a required field, or has a wrong type', () =>
    changesNothing(async () => {
      for (const { service, method, path, spec } of writing()) {
        const schema = spec.requestBody?.content['application/json'].schema;
        if (!schema) continue;
        const what = `${service} ${method} ${path}`;
        const send = async (body: unknown) => raw(service, method, fill(path), JSON_TYPE, JSON.stringify(body));
        for (const body of [[], 'text', 7, null]) expectProblem(await send(body), 400, 'VALIDATION_FAILED', what);
        if (schema.required?.length > 0) {
          const got = await send({});
          expectProblem(got, 400, 'VALIDATION_FAILED', `${what}, empty`);
          expect(JSON.parse(got.text).errors.length).toBeGreaterThan(0);
        }
        for (const [name, property] of Object.entries<Property>(schema.properties ?? {})) {
          const wrong = property.type === 'object' ? 'text' : { not: 'this' };
          expectProblem(await send({ [name]: wrong }), 400, 'VALIDATION_FAILED', `${what}, ${name}`);
          for (const value of limitsOf(property)) {
            expectProblem(
              await send({ ...schema.example, [name]: value }),
              400,
              'VALIDATION_FAILED',
              `${what}, ${name}=${value}`,
            );
          }
        }
      }
    }));

  it('refuses keys for prototype pollution', () =>
    changesNothing(async () => {
      for (const { service, method, path } of writing()) {
        const got = await raw(service, method, fill(path), JSON_TYPE, '{"__proto__":{"polluted":true}}');
        expectProblem(got, 400, 'VALIDATION_FAILED', `${service} ${method} ${path}`);
      }
    }));

  it('refuses invalid ids', () =>
    changesNothing(async () => {
      for (const { service, method, path, spec } of operations) {
        if (!path.includes('{') || isFreeText(spec)) continue;
        for (const id of BAD_IDS) {
          const body = exampleFor(spec);
          const got = await raw(service, method, fill(path, id), body ? JSON_TYPE : {}, body);
          expectProblem(got, 400, 'VALIDATION_FAILED', `${service} ${method} ${path} with ${id}`);
        }
      }
    }));

  it('refuses invalid query parameters', async () => {
    for (const { service, method, path, spec } of operations) {
      for (const { name, in: where, schema } of spec.parameters ?? []) {
        if (where !== 'query' || (schema.type === 'string' && takesAnyText(schema) && !schema.format)) continue;
        const separator = `${fill(path)}?${name}=`;
        const got = await raw(service, method, `${separator}%00no%20such%20thing!`);
        expectProblem(got, 400, 'VALIDATION_FAILED', `${service} ${method} ${path}?${name}`);
        const twice = await raw(service, method, `${separator}1&${name}=2`);
        expectProblem(twice, 400, 'VALIDATION_FAILED', `${service} ${method} ${path}?${name} twice`);
      }
    }
  });

  it('refuses an invalid Idempotency-Key', () =>
    changesNothing(async () => {
      for (const { service, method, path, spec } of writing()) {
        const body = exampleFor(spec) ?? '{}';
        for (const key of BAD_KEYS) {
          const headers = { ...JSON_TYPE, 'Idempotency-Key': key };
          const what = `${service} ${method} ${path} with key ${JSON.stringify(key)}`;
          expectProblem(await raw(service, method, fill(path), headers, body), 400, 'VALIDATION_FAILED', what);
        }
      }
    }));

  it('answers 404 for an unknown id', () =>
    changesNothing(async () => {
      const withTarget = operations.filter(
        ({ path, method, spec }) => /\{\w+\}/.test(path) && spec.responses['404'] && method !== 'PUT',
      );
      expect(withTarget.length).toBeGreaterThan(15);
      for (const { service, method, path, spec } of withTarget) {
        const body = exampleFor(spec);
        const got = await raw(service, method, fill(path), body ? JSON_TYPE : {}, body);
        expectProblem(
          got,
          404,
          ['ORDER', 'PRODUCT', 'RESERVATION', 'PAYMENT', 'SHIPMENT', 'NOTIFICATION', 'WEBHOOK'].map(
            (of) => `${of}_NOT_FOUND`,
          ),
          `${service} ${method} ${path}`,
        );
      }
    }));
});

describe('an unknown route', () => {
  it('is a 404, and an unknown method a 405 with Allow', () =>
    changesNothing(async () => {
      for (const service of SERVICES) {
        expectProblem(await raw(service, 'GET', '/no/such/route'), 404, 'ROUTE_NOT_FOUND', service);
        expectProblem(await raw(service, 'POST', '/'), 404, 'ROUTE_NOT_FOUND', service);
      }
      const paths = new Map<string, Operation[]>();
      for (const one of operations)
        paths.set(`${one.service} ${one.path}`, [...(paths.get(`${one.service} ${one.path}`) ?? []), one]);
      for (const [what, same] of paths) {
        const [{ service, path }] = same as [Operation];
        const got = await raw(service, 'PATCH', fill(path));
        expectProblem(got, 405, 'METHOD_NOT_ALLOWED', what);
        for (const { method } of same)
          expect({ what, allow: got.headers.allow }).toEqual({ what, allow: expect.stringContaining(method) });
      }
    }));
});

describe('an order', () => {
  const wrong: [string, Record<string, unknown>][] = [
    ['the id of a guest', { customerId: 'guest:1' }],
    ['a customer without an id', { customerId: undefined, customer: { name: 'Ada' } }],
    ['two customers', { customer: { id: 'A' } }],
    ['no items', { items: [] }],
    [
      'a hundred and one items',
      { items: Array.from({ length: 101 }, () => ({ productId: 'A', quantity: 1, price: 1 })) },
    ],
    ['no price', { items: [{ productId: 'PROD001', quantity: 1 }] }],
    ['a quantity of zero', { items: [{ productId: 'PROD001', quantity: 0, price: 1 }] }],
    ['a negative quantity', { items: [{ productId: 'PROD001', quantity: -1, price: 1 }] }],
    ['half a unit', { items: [{ productId: 'PROD001', quantity: 0.5, price: 1 }] }],
    ['a quantity as text', { items: [{ productId: 'PROD001', quantity: '1', price: 1 }] }],
    ['a huge quantity', { items: [{ productId: 'PROD001', quantity: 1e15, price: 1 }] }],
    ['a negative price', { items: [{ productId: 'PROD001', quantity: 1, price: -0.01 }] }],
    ['a tenth of a cent', { items: [{ productId: 'PROD001', quantity: 1, price: 0.001 }] }],
    ['a product id with a slash', { items: [{ productId: 'a/b', quantity: 1, price: 1 }] }],
    ['a lower-case currency', { currency: 'usd' }],
    ['a card number as payment method', { paymentMethod: '4111 1111 1111 1111' }],
    ['an address without a city', { shippingAddress: { ...address, city: undefined } }],
    ['an address in no country', { shippingAddress: { ...address, country: 'Atlantis' } }],
    ['an address without any text', { shippingAddress: ' ' }],
    ['an invalid e-mail address', { customerId: undefined, customer: { id: 'A', email: 'nope' } }],
    ['an invalid phone number', { customerId: undefined, customer: { id: 'A', phone: '0500 555' } }],
    ['an autoConfirm that is not a boolean', { autoConfirm: 'no' }],
  ];
  it.each(wrong)('with %s is refused, and is not stored', async (_what, change) =>
    changesNothing(async () => {
      const got = await system.order.post('/orders', cart('PROD001', 1, change));
      expect(got.body).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' });
      expect(got.body.errors[0]).toEqual({ path: expect.any(String), message: expect.any(String) });
    }),
  );

  it('ignores unknown fields', async () => {
    const got = await system.order.post('/orders', cart('PROD001', 1, { status: 'DELIVERED', id: 'mine', total: 0 }));
    expect(got.body).toMatchObject({ status: 'CONFIRMED', total: 29.99 });
    expect(got.body.id).not.toBe('mine');
  });
});

describe('a well-formed request', () => {
  it('is answered only with a documented status', async () => {
    for (const { service, method, path, spec } of operations) {
      if (UNSETTLING.includes(path)) continue;
      const body = exampleFor(spec);
      const got = await raw(service, method, fill(path), body ? JSON_TYPE : {}, body);
      const what = `${service} ${method} ${path}`;
      expect({ what, status: Object.keys(spec.responses).includes(String(got.status)) || got.status }).toEqual({
        what,
        status: true,
      });
    }
  });

  it('that writes is idempotent: a retry with its key has the same answer', async () => {
    const notSo: string[] = [];
    for (const { service, method, path, spec } of writing()) {
      if (UNSETTLING.includes(path)) continue;
      const headers = { ...JSON_TYPE, 'Idempotency-Key': `once-${spec.operationId}` };
      const send = () => raw(service, method, fill(path), headers, exampleFor(spec) ?? '{}');
      const [first, again] = [await send(), await send()];
      if (again.text !== first.text || again.headers['idempotent-replayed'] !== 'true')
        notSo.push(`${service} ${method} ${path}: ${first.status}`);
    }
    // Only another service may call it.
    expect(notSo).toEqual(['order PUT /orders/{id}/shipment: 403']);
  });
});

/** Whether the path accepts any text, as in a search. */
// biome-ignore lint/suspicious/noExplicitAny: a JSON document
const isFreeText = (spec: any): boolean =>
  spec.parameters.some(
    ({ in: where, schema }: { in: string; schema: Property }) => where === 'path' && takesAnyText(schema),
  );

/** Whether it accepts any text, apart from an empty one. */
function takesAnyText({ pattern, enum: names }: Property): boolean {
  return !names && (!pattern || new RegExp(pattern).test('whatever it wants!'));
}

/** Values just outside what a property's schema allows. */
function limitsOf({ type, minimum, maximum, pattern, enum: names }: Property): unknown[] {
  const outside: unknown[] = [];
  if (type === 'integer' || type === 'number') {
    if (minimum !== undefined) outside.push(minimum - 1);
    if (maximum !== undefined) outside.push(maximum + 1);
    if (type === 'integer') outside.push(1.5);
  }
  if (pattern) outside.push(...['', 'ü'.repeat(3), 'x'.repeat(500)].filter((text) => !new RegExp(pattern).test(text)));
  if (names) outside.push('NOT_ONE_OF_THEM');
  return outside;
}
