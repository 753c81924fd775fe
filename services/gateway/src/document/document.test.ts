import { describe, expect, it } from '@jest/globals';
import { EVERY_ENDPOINT, NAMES } from '@oms/shared/contracts/every-endpoint';
import { z } from 'zod';
import { CHAPTERS, FIRST } from './chapters.ts';
import { apiDocument, publicEndpoints } from './document.ts';

type Schema = Record<string, unknown> & { properties?: Record<string, Schema>; items?: Schema; enum?: string[] };
interface Operation {
  operationId: string;
  summary: string;
  description: string;
  tags: [string];
  security?: unknown[];
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { required: boolean; content: Record<string, Content> };
  responses: Record<string, { description: string; content?: Record<string, Content> }>;
}
interface Content {
  schema: Schema;
  examples?: Record<string, { value: unknown }>;
}
interface Document {
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const document = apiDocument('1.2.3') as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
);
const operation = (wanted: string) => operations.find(({ operationId }) => operationId === wanted);
const { schemas } = document.components;

describe('the API document', () => {
  it('has every endpoint of every process once, except those that only services use', () => {
    const documented = operations.map(({ method, path }) => `${method} ${path}`);
    const all = Object.values(EVERY_ENDPOINT)
      .flat()
      .filter(({ path }) => path !== '/events')
      .map(({ method, path }) => `${method} ${path}`);
    const missing = [...new Set(all)].filter((route) => !documented.includes(route));
    expect(missing).toEqual(['put /orders/{id}/shipment']);
    expect(documented.filter((route) => !all.includes(route))).toEqual(['get /services/{service}/events']);
    expect(new Set(documented).size).toBe(documented.length);
  });

  it('calls operations what their contracts call them, each by a name of its own', () => {
    const names = operations.map(({ operationId }) => operationId);
    expect(names).toEqual(expect.arrayContaining(['placeOrder', 'getOrder', 'getOrderEvents', 'issueToken']));
    expect(new Set(names).size).toBe(names.length);
    expect(new Set(names)).toEqual(new Set(publicEndpoints().map((one) => NAMES.get(one))));
  });

  it('begins with what a reader needs first', () => {
    expect(operations[0]?.operationId).toBe('placeOrder');
    expect(FIRST.filter((name) => !operation(name))).toEqual([]);
    const chapters = operations.map(({ tags: [tag] }) => tag);
    expect([...new Set(chapters)]).toEqual(Object.keys(CHAPTERS));
  });

  it('describes every chapter, and every operation with who may use it', () => {
    expect(document.tags.filter(({ description }) => !description)).toEqual([]);
    const said =
      /^.{20,}\. (?:Needs no token|For (?:customers and )?operators|For operators and Prometheus)\.(?: Also at .+\.)?$/s;
    expect(operations.filter(({ description }) => !said.test(description)).map((one) => one.operationId)).toEqual([]);
    expect(operation('listShipments')?.description).toMatch(/For operators\. Also at `\/shipping`\.$/);
  });

  it('has the answers of the gateway, too', () => {
    const statuses = Object.keys(operation('placeOrder')?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining(['401', '403', '429', '502', '503', '504']));
    expect(operation('placeOrder')?.responses[401]?.description).toBe('`UNAUTHENTICATED`');
    expect(operation('placeOrder')?.responses[429]?.description).toBe('`RATE_LIMITED`');
    expect(operation('getLivez')?.responses).not.toHaveProperty('429');
  });

  it('says that health, links and tokens need no token, and metrics do', () => {
    const open = operations.filter(({ security }) => security?.length === 0).map(({ operationId }) => operationId);
    expect(open.sort()).toEqual([
      'getLabel',
      'getLivez',
      'getReadyz',
      'getSystemHealth',
      'issueToken',
      'trackShipment',
    ]);
    expect(operation('getSystemHealth')?.responses).not.toHaveProperty('401');
    expect(operation('getMetrics')?.responses).toHaveProperty('401');
  });

  it('names no header that only the gateway and services use', () => {
    const headers = operations.flatMap(({ parameters = [] }) => parameters.filter((one) => one.in === 'header'));
    expect(new Set(headers.map(({ name }) => name.toLowerCase()))).toEqual(
      new Set(['idempotency-key', 'if-match', 'if-none-match', 'last-event-id', 'prefer']),
    );
    expect(JSON.stringify(document)).not.toMatch(/x-caller|x-internal|"keep"/i);
  });
});

/** Every schema with its place, from the component or the operation that has it. */
function* inside(place: string, schema: Schema | undefined): Generator<[place: string, schema: Schema]> {
  if (!schema) return;
  yield [place, schema];
  for (const [name, member] of Object.entries(schema.properties ?? {})) yield* inside(`${place}.${name}`, member);
  yield* inside(`${place}[]`, schema.items);
  if (typeof schema.additionalProperties === 'object')
    yield* inside(`${place}{}`, schema.additionalProperties as Schema);
}
const contents = operations.flatMap(({ operationId, requestBody, responses }) =>
  [requestBody, ...Object.values(responses)].flatMap((one) =>
    Object.values(one?.content ?? {}).map((content) => [operationId, content] as const),
  ),
);
const named = Object.entries(schemas).flatMap(([name, schema]) => [...inside(name, schema)]);
const unnamed = [
  ...contents.map(([operationId, { schema }]) => [operationId, schema] as const),
  ...operations.flatMap((one) =>
    (one.parameters ?? []).map(({ name, schema }) => [`${one.operationId}?${name}`, schema] as const),
  ),
].flatMap(([place, schema]) => [...inside(place, schema)]);
const where = (wrong: (schema: Schema) => boolean) =>
  [...named, ...unnamed].filter(([, schema]) => wrong(schema)).map(([place]) => place);

describe('what generators of clients understand', () => {
  it.each(['anyOf', 'oneOf', 'allOf', 'not', 'dependentRequired', 'propertyNames', 'const', 'multipleOf'])(
    'has no %s',
    (keyword) => expect(where((schema) => keyword in schema)).toEqual([]),
  );

  it('has one type of content in each answer, JSON where there is some', () => {
    const types = operations.flatMap(({ responses }) =>
      Object.values(responses).map(({ content = {} }) => Object.keys(content)),
    );
    expect(types.filter((one) => one.length > 1)).toEqual([]);
    expect(Object.keys(operation('getOrderEvents')?.responses[200]?.content ?? {})).toEqual(['application/json']);
    expect(Object.keys(operation('getLabel')?.responses[200]?.content ?? {})).toEqual(['application/pdf']);
  });

  it('has no body that may be left out', () => {
    const bodies = operations.flatMap(({ requestBody }) => requestBody ?? []);
    expect(bodies.filter(({ required }) => !required)).toEqual([]);
  });

  it('has no format with a pattern', () => {
    expect(where((schema) => 'format' in schema && 'pattern' in schema)).toEqual([]);
  });

  it('has a name for every object and every enum', () => {
    const isTop = new Set(Object.keys(schemas));
    const needsName = (schema: Schema) => schema.enum !== undefined || (schema.type === 'object' && schema.properties);
    expect(where((schema) => Boolean(needsName(schema))).filter((place) => !isTop.has(place))).toEqual([]);
  });

  it('has a name of its own for every value of an enum, where all are in one scope', () => {
    const names = Object.values(schemas).flatMap(
      (schema) => (schema['x-enum-varnames'] ?? schema.enum ?? []) as string[],
    );
    const plain = names.map((name) => name.toUpperCase().replaceAll(/\W/g, '_'));
    expect(plain.filter((name, i) => plain.indexOf(name) !== i)).toEqual([]);
    expect(schemas.OrderStatus).not.toHaveProperty('x-enum-varnames');
  });

  it('has no object that is called as the constructor of another is in Go', () => {
    expect(Object.keys(schemas).filter((name) => name.startsWith('New') && name.slice(3) in schemas)).toEqual([]);
  });

  it('has answers that are open to new members, and all others are as they are', () => {
    expect(schemas.Order).toMatchObject({ additionalProperties: true });
    expect(schemas.PlaceOrder).not.toHaveProperty('additionalProperties');
    expect(where(({ additionalProperties }) => additionalProperties === false)).toEqual([]);
  });

  it('has every error code in one enum', () => {
    expect(schemas.Problem?.properties?.code).toMatchObject({ $ref: '#/components/schemas/ErrorCode' });
    expect(schemas.ErrorCode?.enum).toEqual(expect.arrayContaining(['OUT_OF_STOCK', 'GATEWAY_TIMEOUT']));
  });
});

describe('its examples', () => {
  const $defs = JSON.parse(JSON.stringify(schemas).replaceAll('#/components/schemas/', '#/$defs/'));
  const faultIn = (schema: Schema, value: unknown) => {
    const local = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
    return z.fromJSONSchema({ ...local, $defs }).safeParse(value).error?.message;
  };

  it('are there for every body that can be sent, and for what comes back of it', () => {
    const without = operations.filter(({ requestBody }) =>
      Object.values(requestBody?.content ?? {}).some(({ examples }) =>
        Object.values(examples ?? {}).every(({ value }) => !value),
      ),
    );
    expect(without.map(({ operationId }) => operationId)).toEqual([]);
    for (const name of ['Order', 'Product', 'StockLevel', 'Payment', 'Shipment', 'Notification', 'Problem'])
      expect(schemas[name]).toHaveProperty('example');
  });

  it('match their schemas', () => {
    const bodies = contents.flatMap(([place, { schema, examples = {} }]) =>
      Object.values(examples).map(({ value }) => [place, faultIn(schema, value)]),
    );
    const members = [...named, ...unnamed]
      .filter(([, { example }]) => example !== undefined)
      .map(([place, schema]) => [place, faultIn(schema, schema.example)]);
    expect([...bodies, ...members].filter(([, fault]) => fault !== undefined)).toEqual([]);
    expect(bodies.length).toBeGreaterThan(30);
    expect(faultIn(schemas.PlaceOrder as Schema, { items: [] })).toContain('items');
  });
});
