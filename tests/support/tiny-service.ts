import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { Id, PageQuery, page, QuantityInQuery } from '@oms/shared/contracts/common';
import { endpoints } from '@oms/shared/contracts/endpoint';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { createServiceApp } from '@oms/shared/http/app';
import { answered, carryOut } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { listen } from '@oms/shared/http/server';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { ChaosControl } from '@oms/shared/service/chaos';
import { Lifecycle } from '@oms/shared/service/lifecycle';
import type { ServiceParts } from '@oms/shared/service/parts';
import { Kind } from '@oms/shared/store/aggregate';
import { MemoryStore } from '@oms/shared/store/memory';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import type { Tracer } from '@oms/shared/telemetry/span';
import { realWorld, type World } from '@oms/shared/world';
import { z } from 'zod';

/** The smallest service that uses everything in shared/src/service. */

export interface Thing {
  id: string;
  size: number;
}

const things = new Kind<Thing>('thing/', { key: ({ id }) => id });

const route = endpoints('Things');
const fine = { description: 'fine', schema: z.unknown() };
const common = { summary: '', answers: { 200: fine, 201: fine } };
const OfThing = z.object({ id: Id });
const contract = {
  list: route.get('/things', {
    ...common,
    query: PageQuery,
    answers: { 200: { description: 'things', schema: page(z.unknown()) } },
  }),
  get: route.get('/things/{id}', {
    ...common,
    params: OfThing,
    query: z.object({ times: QuantityInQuery.default(1) }),
  }),
  create: route.post('/things', { ...common, body: z.object({ id: Id, size: z.int().min(1) }) }),
  remove: route.remove('/things/{id}', { ...common, params: OfThing }),
  shop: route.get('/shop', { ...common, access: 'customers' }),
  fail: route.get('/fail', common),
  busy: route.post('/busy', common),
  slow: route.get('/slow', common),
  stream: route.get('/stream', common),
  bytes: route.get('/bytes', common),
};

interface Options {
  chaosRate?: number;
  chaosApi?: boolean;
  internalToken?: string;
  allowedHosts?: string[];
  tracer?: Tracer;
  streamsPerCaller?: number;
}

export async function startTiny({
  chaosRate = 0,
  chaosApi = true,
  internalToken,
  allowedHosts,
  tracer,
  streamsPerCaller,
}: Options = {}) {
  const clock = { now: Date.parse('2026-01-01T00:00:00Z') };
  const chance = { next: 0.5 };
  const world: World = { now: () => clock.now, random: () => chance.next, newId: realWorld.newId };
  const parts: ServiceParts<Thing> = {
    service: 'tiny',
    version: '1.2.3',
    world,
    log: createLogger('tiny', 'silent'),
    metrics: createMetrics('tiny'),
    tracer,
    store: new MemoryStore<Thing>(world),
    lifecycle: new Lifecycle(),
    chaos: new ChaosControl(world, chaosRate),
    chaosApi,
    internalToken,
    allowedHosts,
    streamsPerCaller,
  };
  const slow = { begun: 0, finish: () => {} };
  const app = appOf(parts, slow);
  const listening = await listen(app, parts.lifecycle, { port: 0, host: '127.0.0.1' });
  const url = `http://127.0.0.1:${listening.port}`;
  return { ...parts, parts, app, listening, url, clock, chance, slow, close: () => listening.close(0) };
}
export type Tiny = Awaited<ReturnType<typeof startTiny>>;

export function appOf(parts: ServiceParts<Thing>, slow = { begun: 0, finish: () => {} }) {
  const { store } = parts;
  return createServiceApp(parts, (on, app) => {
    on(contract.list, async ({ query, req }, reply) => {
      const found = await things.list(store, { limit: query.limit, after: after(query) });
      return reply.page(req, found, (data) => data);
    });
    on(contract.get, async ({ params: { id }, query: { times }, res }, reply) => {
      res.locals.orderId = `order-of-${id}`;
      res.locals.customerId = `customer-of-${id}`;
      return reply(200, { id, times });
    });
    on(contract.create, async (input, reply) => {
      const { id } = input.body;
      return carryOut(parts, [things.id(id)], input, (docs) => {
        if (things.in(docs, id)) throw new Refusal(409, 'PRODUCT_EXISTS', `There is a thing ${id}.`, { id });
        const event = { type: 'thing.created', data: input.body };
        return { put: [things.put(input.body)], events: [event], answer: reply(201, input.body) };
      }).then(answered);
    });
    on(contract.remove, async ({ params: { id } }, reply) => reply(200, { id }));
    on(contract.shop, async ({ caller }, reply) => reply(200, caller));
    on(contract.fail, async () => {
      throw new Error('a secret detail');
    });
    on(contract.busy, async () => {
      throw new Unavailable('SERVICE_UNAVAILABLE', 'Come back later.', 7);
    });
    on(contract.slow, async (_, reply) => {
      slow.begun++;
      await new Promise<void>((resolve) => (slow.finish = resolve));
      return reply(200, { slow: true });
    });
    on(contract.stream, async ({ res }) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write(': open\n\n');
      return undefined;
    });
    on(contract.bytes, async () => ({
      status: 200,
      headers: { 'Content-Type': 'application/octet-stream' },
      body: Buffer.from([0, 255, 195, 169]),
    }));
    defineServiceRoutes(on, app, parts, Object.values(contract) as never);
  });
}

export interface Received {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: Record<string, unknown>;
}

/** A request with any headers and any connection. */
export function ask(url: string, { body, ...options }: RequestOptions & { body?: string } = {}): Promise<Received> {
  return new Promise((resolve, reject) => {
    const req = httpRequest(url, options, async (res) => {
      let text = '';
      for await (const chunk of res.setEncoding('utf8')) text += chunk;
      const isJson = /json/.test(res.headers['content-type'] ?? '');
      const parsed = isJson && text !== '' ? JSON.parse(text) : {};
      resolve({ status: res.statusCode ?? 0, headers: res.headers, text, body: parsed });
    });
    req.on('error', reject).end(body);
  });
}

export const post = (url: string, data: unknown, headers: Record<string, string> = {}): Promise<Received> =>
  ask(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof data === 'string' ? data : JSON.stringify(data),
  });

/** Sends bytes that need not be HTTP. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.setEncoding('utf8').on('data', (chunk) => (received += chunk));
    socket.on('end', () => resolve(received)).on('error', reject);
  });
}
