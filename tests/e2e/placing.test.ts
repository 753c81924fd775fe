import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from './http.ts';
import { address, balanced, cart, confirmed, reaches, typesOf } from './orders.ts';
import { type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem({ ORDER_HOLD_MS: '1500' });
});
afterAll(() => system.stop());

const available = async (productId: string) => (await system.inventory.get(`/inventory/${productId}`)).body.available;

describe('an order with enough stock and money', () => {
  it('is confirmed, with its stock reserved and its payment authorized', async () => {
    const before = await available('PROD002');
    const placed = await system.order.post('/orders', cart('PROD002', 3));
    expect(placed.status).toBe(201);
    const { id, version } = placed.body;
    expect(placed.headers.get('location')).toBe(`/orders/${id}`);
    expect(placed.headers.get('etag')).toBe(`"${version}"`);
    expect(placed.body).toMatchObject({ status: 'CONFIRMED', total: 89.97, currency: 'USD', needsAttention: false });
    expect(await available('PROD002')).toBe(before - 3);
    const { body } = await system.payment.get(`/payments?orderId=${id}`);
    expect(body.items).toEqual([expect.objectContaining({ status: 'AUTHORIZED', amount: 89.97, captured: 0 })]);
    expect(placed.body.payment).toEqual({ id: body.items[0].id, status: 'AUTHORIZED' });
  });

  it('has an event for each step, all in one trace', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const { body } = await system.order.post('/orders', cart(), { headers });
    const events = await system.order.get(`/orders/${body.id}/events`);
    expect(typesOf(events)).toEqual([
      ...['order.placed', 'saga.step-done', 'saga.step-done'],
      ...['order.status-changed', 'saga.done'],
    ]);
    expect(events.body.events.map(({ version }: { version: number }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(events.body.events.map((event: { traceId: string }) => event.traceId))).toEqual(new Set([traceId]));
    const stockEvents = await system.inventory.get('/events?limit=200');
    const reserved = stockEvents.body.events.find(
      (event: { data: { orderId: string } }) => event.data.orderId === body.id,
    );
    expect(reserved).toMatchObject({ type: 'stock.reserved', traceId });
  });
});

describe('an order without enough stock or money', () => {
  it('is rejected when the stock is too small, and the answer says how much is left', async () => {
    const placed = await system.order.post('/orders', cart('PROD005', 6));
    expect(placed.status).toBe(409);
    expect(placed.body).toMatchObject({
      code: 'OUT_OF_STOCK',
      items: [{ productId: 'PROD005', requested: 6, available: 5 }],
    });
    expect(placed.headers.get('location')).toBe(`/orders/${placed.body.orderId}`);
    const { body } = await system.order.get(`/orders/${placed.body.orderId}`);
    expect(body).toMatchObject({ status: 'REJECTED', failure: { code: 'OUT_OF_STOCK' } });
    expect((await system.payment.get(`/payments?orderId=${body.id}`)).body.items).toEqual([]);
  });

  it('releases its stock when the card is declined', async () => {
    const before = await available('PROD003');
    const placed = await system.order.post('/orders', cart('PROD003', 2, { paymentMethod: 'tok_declined' }));
    expect(placed.body).toMatchObject({ status: 402, code: 'PAYMENT_DECLINED' });
    expect(await available('PROD003')).toBe(before);
    const events = await system.order.get(`/orders/${placed.body.orderId}/events`);
    expect(typesOf(events)).toEqual([
      'order.placed',
      'saga.step-done',
      'saga.step-refused',
      'saga.undoing',
      'order.status-changed',
      'saga.step-undone',
      'saga.undone',
    ]);
    expect((await system.order.get(`/orders/${placed.body.orderId}`)).body.status).toBe('REJECTED');
  });
});

describe('a payment whose answer is lost', () => {
  it('is authorized once, and the order is confirmed', async () => {
    const placed = await system.order.post('/orders', cart('PROD001', 1, { paymentMethod: 'tok_lost_answer' }));
    expect(placed.body.status).toBe('CONFIRMED');
    const { body } = await system.payment.get(`/payments/${placed.body.payment.id}/transactions`);
    expect(body.items).toEqual([expect.objectContaining({ type: 'AUTHORIZE', amount: 29.99 })]);
    const events = await system.order.get(`/orders/${placed.body.id}/events`);
    expect(typesOf(events)).toContain('saga.step-retried');
  });
});

describe('a client that does not wait', () => {
  it('is answered 202 at once, and finds the order confirmed later', async () => {
    const placed = await system.order.post('/orders', cart(), { headers: { Prefer: 'respond-async' } });
    expect(placed.status).toBe(202);
    expect(placed.headers.get('preference-applied')).toBe('respond-async');
    expect(placed.body.status).toBe('PENDING');
    await reaches(system, placed.body.id, 'CONFIRMED');
  });
});

describe('an order that needs a confirmation', () => {
  it('holds stock and payment until it is confirmed', async () => {
    const placed = await system.order.post('/orders', cart('PROD001', 1, { autoConfirm: false }));
    expect(placed.body).toMatchObject({ status: 'AWAITING_CONFIRMATION', payment: { status: 'AUTHORIZED' } });
    const again = { status: 200, body: { status: 'CONFIRMED' } };
    expect(await system.order.post(`/orders/${placed.body.id}/confirm`)).toMatchObject(again);
    expect(await system.order.post(`/orders/${placed.body.id}/confirm`)).toMatchObject(again);
  });

  it('expires if it is not confirmed in time: it is cancelled', async () => {
    const before = await available('PROD004');
    const { body } = await system.order.post('/orders', cart('PROD004', 2, { autoConfirm: false }));
    expect(await available('PROD004')).toBe(before - 2);
    await reaches(system, body.id, 'CANCELLED');
    expect(await available('PROD004')).toBe(before);
  });
});

describe('the order service', () => {
  it('shows an order as it was, by version and by time', async () => {
    const id = await confirmed(system);
    const then = new Date().toISOString();
    await eventually(Date.now, (now) => now > Date.parse(then));
    await system.order.put(`/orders/${id}`, { shippingAddress: { ...address, city: 'Shelbyville' } });
    const [first, atThen, now] = await Promise.all([
      system.order.get(`/orders/${id}?version=1`),
      system.order.get(`/orders/${id}?at=${encodeURIComponent(then)}`),
      system.order.get(`/orders/${id}`),
    ]);
    expect(first?.body).toMatchObject({ status: 'PENDING', version: 1 });
    expect(atThen?.body).toMatchObject({ status: 'CONFIRMED', version: 5, shippingAddress: { city: 'Springfield' } });
    expect(now?.body).toMatchObject({ version: 6, shippingAddress: { city: 'Shelbyville' } });
    expect((await system.order.get(`/orders/${id}?version=99`)).status).toBe(404);
    expect((await system.order.get(`/orders/${id}?at=2020-01-01T00:00:00Z`)).status).toBe(404);
  });

  it('lists orders newest first, with pagination, by customer and status', async () => {
    const customerId = 'LISTED';
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.unshift(await confirmed(system, { customerId }));
    const first = await system.order.get(`/orders?customerId=${customerId}&limit=3`);
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(0, 3));
    const link = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect(link).toContain(`cursor=${first.body.nextCursor}`);
    const second = await system.order.get(link);
    expect(second.body.items.map(({ id }: { id: string }) => id)).toEqual(ids.slice(3));
    expect(second.body.nextCursor).toBeNull();
    const none = await system.order.get(`/orders?customerId=${customerId}&status=SHIPPED`);
    expect(none.body.items).toEqual([]);
    const future = encodeURIComponent(new Date(Date.now() + 60_000).toISOString());
    expect((await system.order.get(`/orders?customerId=${customerId}&to=${future}`)).body.items).toHaveLength(5);
    expect((await system.order.get(`/orders?customerId=${customerId}&from=${future}`)).body.items).toEqual([]);
  });

  it('says whether a cart is available', async () => {
    const query = encodeURIComponent(JSON.stringify([{ productId: 'PROD005', quantity: 6 }]));
    const { body } = await system.order.get(`/availability?items=${query}`);
    expect(body).toMatchObject({ available: false, optimistic: false });
  });
});

it('the audit is balanced afterwards', async () => {
  const audit = await eventually(
    () => balanced(system),
    ({ inFlight }) => inFlight === 0,
  );
  expect(audit).toMatchObject({ balanced: true, discrepancies: [] });
  expect(audit.checkedOrders).toBe((await system.order.get('/orders?limit=200')).body.items.length);
});
