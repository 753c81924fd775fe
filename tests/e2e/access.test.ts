import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask } from '../support/tiny-service.ts';
import { eventually, type Got, type Sent } from './http.ts';
import { address } from './orders.ts';
import { type Person, signedIn } from './signed-in.ts';
import { type Name, type System, startSystem } from './system.ts';

const services = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'] as const satisfies Name[];
const INTERNAL_TOKEN = 'a-token-that-all-services-share';
const items = [{ productId: 'prod1', quantity: 1 }];
const outcome = ({ status, body }: Got) => [status, body.code];

let system: System;
beforeAll(async () => {
  const guarded = { AUTH_MODE: 'jwt', AUTH_TOKENS: 'true', INTERNAL_TOKEN };
  system = await startSystem(guarded, [...services, 'gateway']);
});
afterAll(() => system.stop());

async function ordered(person: Person): Promise<string> {
  const placed = await person.post('/orders', { items, shippingAddress: address });
  expect(placed.status).toBe(201);
  return placed.body.id;
}

describe('services with an INTERNAL_TOKEN', () => {
  it.each(services)('%s refuses calls without it, except for health and metrics', async (name) => {
    expect(outcome(await system[name].get('/events'))).toEqual([401, 'INTERNAL_TOKEN_REQUIRED']);
    expect(outcome(await system[name].post('/anything', {}))).toEqual([401, 'INTERNAL_TOKEN_REQUIRED']);
    const wrong = { headers: { 'X-Internal-Token': 'a-token-that-nobody-shares-here' } };
    expect((await system[name].get('/events', wrong)).status).toBe(401);
    for (const path of ['/health', '/livez', '/readyz', '/metrics']) {
      expect((await system[name].get(path)).status).toBe(200);
    }
    const right = { headers: { 'X-Internal-Token': INTERNAL_TOKEN, 'X-Caller': 'operator:eve' } };
    expect((await system[name].get('/events', right)).status).toBe(200);
  });

  it('carry an order together from the cart to its return', async () => {
    const [ada, admin] = [await signedIn(system, 'ada'), await signedIn(system, 'eve', 'admin')];
    const id = await ordered(ada);
    const { body } = await admin.post(`/orders/${id}/fulfill`);
    expect(body.status).toBe('SHIPPED');
    for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']) {
      expect((await admin.put(`/shipments/${body.shipment.id}/status`, { status })).status).toBe(200);
    }
    await eventually(
      () => ada.get(`/orders/${id}`),
      (got) => got.body.status === 'DELIVERED',
    );
    expect((await ada.get(`/orders/${id}/track`)).body.status).toBe('DELIVERED');
    expect((await ada.post(`/orders/${id}/return`)).body.status).toBe('RETURNED');
    const told = await eventually(
      () => admin.get(`/notifications?orderId=${id}`),
      (got) => got.body.items?.length > 0,
    );
    expect(told.body.items[0].orderId).toBe(id);
    expect((await admin.get('/audit')).body).toMatchObject({ balanced: true, discrepancies: [] });
  });

  it('do not accept it from a client of the gateway', async () => {
    const forged = { headers: { 'X-Internal-Token': INTERNAL_TOKEN, 'X-Caller': 'operator:bob' } };
    expect((await system.gateway.get('/orders', forged)).status).toBe(401);
  });
});

describe('a customer at the gateway', () => {
  let ada: Person;
  let bob: Person;
  let bobs: string;
  beforeAll(async () => {
    [ada, bob] = [await signedIn(system, 'ada'), await signedIn(system, 'bob')];
    bobs = await ordered(bob);
  });

  it('places orders without a customer id, and finds them', async () => {
    const id = await ordered(ada);
    const { body } = await ada.get(`/orders/${id}`);
    expect(body.customer).toEqual({ id: 'ada' });
    const list = await ada.get('/orders');
    expect(list.body.items.map((order: { id: string }) => order.id)).toContain(id);
    expect((await ada.get(`/api/orders/${id}/events`)).body.events.length).toBeGreaterThan(1);
  });

  it('cannot place orders for others', async () => {
    expect(outcome(await ada.post('/orders', { items, customerId: 'bob' }))).toEqual([403, 'FORBIDDEN']);
  });

  const others: [string, (id: string, more: Sent) => Promise<Got>][] = [
    ['by its id', (id, more) => ada.get(`/orders/${id}`, more)],
    [
      'live',
      (id, { headers }) => ada.get(`/orders/${id}/events`, { headers: { ...headers, Accept: 'text/event-stream' } }),
    ],
    ['to cancel it', (id, more) => ada.post(`/orders/${id}/cancel`, {}, more)],
  ];
  it.each(others)('does not find the order of another customer %s, even with a forged X-Caller', async (_how, send) => {
    for (const headers of [undefined, { 'X-Caller': 'customer:bob' }, { 'X-Caller': 'operator:bob' }]) {
      expect(outcome(await send(bobs, headers ? { headers } : {}))).toEqual([404, 'ORDER_NOT_FOUND']);
    }
    expect((await bob.get(`/orders/${bobs}`)).body.status).toBe('CONFIRMED');
  });

  it('stays the caller, even if the Connection header tells the gateway to drop X-Caller', async () => {
    const { body } = await system.gateway.post('/auth/token', { userId: 'ada' });
    const headers = { Authorization: `Bearer ${body.token}`, Connection: 'close, X-Caller, X-Internal-Token' };
    expect((await ask(`${system.gateway.url}/orders/${bobs}`, { headers })).status).toBe(404);
  });

  it('does not find it in lists', async () => {
    expect((await ada.get('/orders?customerId=bob')).body).toEqual({ items: [], nextCursor: null });
    const { body } = await ada.get('/orders', { headers: { 'X-Caller': 'customer:bob' } });
    expect(body.items.every((order: { customer: { id: string } }) => order.customer.id === 'ada')).toBe(true);
  });

  it('can read products and stock, and change neither', async () => {
    for (const path of ['/products', '/products/prod1', '/products/search/product', '/inventory/prod1']) {
      expect((await ada.get(path)).status).toBe(200);
    }
    expect((await ada.get('/inventory/prod1/availability?quantity=1')).body.available).toBe(true);
    expect((await ada.get('/availability?productId=prod1&quantity=1')).body.available).toBe(true);
    expect((await ada.put('/inventory/prod1', { quantity: 5 })).status).toBe(403);
    expect((await ada.post('/products', { name: 'Mine', price: 1 })).status).toBe(403);
  });
});

describe('an admin at the gateway', () => {
  it('sees all orders, and can place orders for any customer', async () => {
    const eve = await signedIn(system, 'eve', 'admin');
    const placed = await eve.post('/orders', { items, customerId: 'carol' });
    expect([placed.status, placed.body.customer.id]).toEqual([201, 'carol']);
    expect((await eve.get('/orders?customerId=carol')).body.items).toHaveLength(1);
    expect((await eve.post('/orders', { items })).body.customer.id).toBe('eve');
  });

  it('stays an operator with a forged X-Caller', async () => {
    const eve = await signedIn(system, 'eve', 'admin');
    const { status } = await eve.get('/orders?customerId=carol', { headers: { 'X-Caller': 'customer:dave' } });
    expect(status).toBe(200);
  });
});

describe('a caller without a token at the gateway', () => {
  it.each(['/orders', '/products', '/audit', '/metrics', '/nothing'])('is refused with 401: %s', async (path) => {
    const { status, headers, body } = await system.gateway.get(path);
    expect([status, body.code]).toEqual([401, 'UNAUTHENTICATED']);
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  it.each(['/health', '/readyz', '/docs', '/services/order/openapi.json'])('can read %s', async (path) => {
    expect((await system.gateway.get(path)).status).toBe(200);
  });
});
