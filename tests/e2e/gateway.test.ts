import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from '@oms/client';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { Api } from './http.ts';
import { address, typesOf } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const SERVICES: Name[] = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'];

let system: System;
/** The whole system, for a client that knows only the gateway. */
let api: Api;

beforeAll(async () => {
  system = await startSystem({}, [...SERVICES, 'gateway']);
  const all = SERVICES.flatMap((name) => EVERY_ENDPOINT[name].filter(({ path }) => path !== '/health'));
  api = new Api(system.gateway.url, [...all, ...EVERY_ENDPOINT.gateway]);
});
afterAll(() => system.stop());

const cart = { customerId: 'ada', items: [{ productId: 'prod1', quantity: 2 }], shippingAddress: address };

async function order(): Promise<string> {
  const placed = await api.post('/orders', cart);
  expect(placed.status).toBe(201);
  return placed.body.id;
}

describe('through the gateway', () => {
  it.each(['', '/api'])('an order is shipped, and every service shows it: %s/orders', async (prefix) => {
    const placed = await api.post(`${prefix}/orders`, cart, { key: `way${prefix}` });
    expect([placed.status, placed.body.status, placed.body.total]).toEqual([201, 'CONFIRMED', 21.98]);
    const { id } = placed.body;
    const again = await api.post(`${prefix}/orders`, cart, { key: `way${prefix}` });
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([placed.text, 'true']);

    const { shipment, payment } = (await api.post(`${prefix}/orders/${id}/fulfill`)).body;
    expect((await api.get(`${prefix}/shipments/${shipment.id}`)).body.orderId).toBe(id);
    expect((await api.get(`${prefix}/shipping/track/${shipment.trackingNumber}`)).body.orderId).toBe(id);
    expect((await api.get(`${prefix}/payments/${payment.id}`)).body.status).toBe('CAPTURED');
    expect((await api.get(`${prefix}/inventory/reservations/${id}`)).body.status).toBe('COMMITTED');
    expect((await api.get(`${prefix}/products/prod1`)).body.price).toBe(10.99);
    expect((await api.get(`${prefix}/notifications?orderId=${id}`)).status).toBe(200);
    expect((await api.get(`${prefix}/availability?productId=prod1&quantity=1`)).body.available).toBe(true);
    expect((await api.get(`${prefix}/circuit-breaker/status`)).body.breakers).toHaveLength(4);
    expect((await api.get(`${prefix}/sagas`)).body.items).toEqual([]);
    expect((await api.get(`${prefix}/audit`)).body).toMatchObject({ balanced: true });
  });

  it('a stale write is refused, and a list links to its next page', async () => {
    const id = await order();
    await order();
    const { headers } = await api.get(`/orders/${id}`);
    const change = { shippingAddress: { ...address, city: 'Elsewhere' } };
    const sent = { headers: { 'If-Match': headers.get('etag') ?? '' } };
    expect((await api.put(`/orders/${id}`, change, sent)).status).toBe(200);
    expect((await api.put(`/orders/${id}`, change, sent)).status).toBe(412);
    const first = await api.get('/orders?limit=1');
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect((await api.get(next)).body.items).toHaveLength(1);
  });

  it('a shipping label is the same PDF', async () => {
    const { shipment } = (await api.post(`/orders/${await order()}/fulfill`)).body;
    const path = `/shipments/labels/${shipment.trackingNumber}`;
    const [direct, through] = await Promise.all(
      [system.shipping.url, system.gateway.url].map(async (url) => (await fetch(url + path)).arrayBuffer()),
    );
    expect(
      Buffer.from(through as ArrayBuffer)
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    expect((through as ArrayBuffer).byteLength).toBe((direct as ArrayBuffer).byteLength);
  });

  it('the events of an order are streamed live, to the last', async () => {
    const id = await order();
    const oms = new Client({ baseUrl: `${system.gateway.url}/api` });
    const told: string[] = [];
    for await (const { type, data } of oms.orders.events(id)) {
      told.push(type);
      if (data.newStatus === 'CONFIRMED') await api.delete(`/orders/${id}`);
    }
    expect(told).toEqual(typesOf(await api.get(`/orders/${id}/events`)));
    expect((await oms.orders.get(id)).status).toBe('CANCELLED');
  });

  it('each service can be reached by its name, with the routes that all services have', async () => {
    for (const name of SERVICES) {
      const { body } = await system.gateway.get(`/services/${name}/health`);
      expect(body).toMatchObject({ service: name, status: 'UP' });
    }
    expect((await system.gateway.get('/services/order/events')).body.events[0].type).toBe('order.placed');
    await system.gateway.put('/services/payment/chaos', { failureRate: 1 });
    expect((await api.get('/payments')).body.code).toBe('CHAOS_INJECTED');
    await system.gateway.put('/services/payment/chaos', { enabled: false });
    expect((await api.get('/payments')).status).toBe(200);
  });

  it('a request keeps its trace id, also in the events', async () => {
    const traceId = 'abcdef0123456789abcdef0123456789';
    const headers = { traceparent: `00-${traceId}-${'1'.repeat(16)}-01`, 'X-Request-Id': 'from-the-client' };
    const placed = await api.post('/orders', cart, { headers });
    expect(placed.headers.get('x-request-id')).toBe('from-the-client');
    const { events } = (await api.get(`/orders/${placed.body.id}/events`)).body;
    expect(new Set(events.map((event: { traceId: string }) => event.traceId))).toEqual(new Set([traceId]));
  });

  it('every OpenAPI document has a server URL that works', async () => {
    for (const name of SERVICES) {
      const url = `${system.gateway.url}/services/${name}/openapi.json`;
      const document = (await (await fetch(url)).json()) as { servers: { url: string }[]; info: { title: string } };
      expect(document.info.title).toBe(`${name} service`);
      const server = new URL(document.servers[0]?.url ?? '', url).href;
      expect(((await (await fetch(`${server}health`)).json()) as { service: string }).service).toBe(name);
    }
  });

  it('the health of all services is shown, also of one that is down, and the others go on', async () => {
    expect((await system.gateway.get('/health')).body.status).toBe('UP');
    await system.kill('product');
    const { body } = await system.gateway.get('/health');
    expect([body.status, body.dependencies.product.status, body.dependencies.order.status]).toEqual([
      'DEGRADED',
      'DOWN',
      'UP',
    ]);
    const gone = await api.get('/products/prod1');
    expect([gone.status, gone.body.code, gone.body.service]).toEqual([503, 'SERVICE_UNAVAILABLE', 'product']);
    await order();
    await system.revive('product');
    expect((await api.get('/products/prod1')).status).toBe(200);
  });
});
