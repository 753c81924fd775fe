import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type FeedEvent, OmsError, type Order, verifyWebhook, WebhookRefused } from '@oms/client';
import { startTarget, type Target } from '../support/call-target.ts';
import { until } from '../support/until.ts';
import { address } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

/** @oms/client at the gateway of the whole system. */

const NAMES: Name[] = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification', 'gateway'];

let receiver: Target;
let system: System;
let ada: Client;
let admin: Client;
beforeAll(async () => {
  receiver = await startTarget();
  const guarded = { AUTH_MODE: 'jwt', AUTH_TOKENS: 'true', INTERNAL_TOKEN: 'a-token-that-all-services-share' };
  system = await startSystem({ ...guarded, WEBHOOK_PRIVATE_ADDRESSES: 'true' }, NAMES);
  ada = clientOf('ada');
  admin = clientOf('eve', 'admin');
});
afterAll(async () => {
  await system.stop();
  await receiver.close();
});

/** Its token is had when it is needed. */
function clientOf(userId: string, role = 'customer'): Client {
  const baseUrl = system.gateway.url;
  const body = { userId, roles: [role] };
  const token = async () =>
    (await new Client({ baseUrl }).request<{ token: string }>('POST', '/auth/token', { body })).token;
  return new Client({ baseUrl, token });
}

const items = [{ productId: 'PROD001', quantity: 2 }];
const place = (): Promise<Order> => ada.orders.place({ items, shippingAddress: address });
const one = { items: [{ lineId: '1', quantity: 1 }] };

async function refusalOf(request: Promise<unknown>): Promise<OmsError> {
  const error = await request.catch((reason) => reason);
  if (error instanceof OmsError) return error;
  throw new Error(`was not refused: ${JSON.stringify(error)}`);
}

describe('an order', () => {
  it('is placed, sent in two parcels, delivered, taken back and refunded', async () => {
    const { id, status, total } = await place();
    expect([status, total]).toEqual(['CONFIRMED', 59.98]);
    expect((await admin.orders.fulfill(id, one)).status).toBe('PARTIALLY_SHIPPED');
    const { shipments } = await admin.orders.fulfill(id);
    expect(shipments.map(({ parcel }) => parcel)).toEqual([1, 2]);
    for (const parcel of shipments)
      for (const next of ['IN_TRANSIT', 'DELIVERED'] as const)
        await admin.shipments.setStatus(parcel.id, { status: next });
    await until(async () => (await ada.orders.get(id)).status === 'DELIVERED');
    expect((await ada.orders.track(id)).status).toBe('DELIVERED');
    expect((await ada.orders.return(id, { reason: 'too small' })).status).toBe('RETURNED');
    expect((await ada.orders.refunds(id)).refunded).toBe(59.98);
    const payment = (await admin.payments.list({ orderId: id }).page()).items[0];
    expect((await admin.payments.transactions(payment?.id ?? '')).items.length).toBeGreaterThan(2);
  });

  it('is followed live, until nothing more can happen to it', async () => {
    const { id, version } = await place();
    const types: string[] = [];
    for await (const { type, data } of ada.orders.events(id)) {
      types.push(type);
      if (data.newStatus === 'CONFIRMED') await ada.orders.cancel(id, { reason: 'changed my mind' });
    }
    expect(types.slice(0, version)).toContain('order.placed');
    expect(types.at(-1)).toBe('saga.done');
    const history: string[] = [];
    for await (const { type } of ada.orders.history(id, { limit: 2 })) history.push(type);
    expect(history).toEqual(types);
  });

  it('is one order, however often it is placed with its key', async () => {
    const idempotencyKey = 'cart-17';
    const placed = await Promise.all([1, 2, 3].map(() => ada.orders.place({ items }, { idempotencyKey })));
    expect(new Set(placed.map(({ id }) => id)).size).toBe(1);
  });

  it('is placed once while the gateway is away', async () => {
    const bob = clientOf('bob');
    await bob.orders.list().page();
    await system.kill('gateway');
    let revived: Promise<void> | undefined;
    const onRetry = () => (revived ??= system.revive('gateway'));
    const { id } = await bob.orders.place({ items }, { onRetry, retries: 10 });
    await revived;
    expect((await bob.orders.list().page()).items.map((order) => order.id)).toEqual([id]);
  });

  it('is not overwritten by whoever has not seen its last change', async () => {
    const { id, version } = await place();
    const headers = { 'If-Match': `"${version}"` };
    const moved = { shippingAddress: { ...address, city: 'Shelbyville' } };
    await ada.orders.update(id, moved, { headers });
    expect((await refusalOf(ada.orders.update(id, moved, { headers }))).is('PRECONDITION_FAILED')).toBe(true);
    expect((await ada.orders.get(id, { version })).shippingAddress?.city).toBe('Springfield');
  });

  it('has a label for its parcel: a PDF', async () => {
    const { shipment } = await admin.orders.fulfill((await place()).id);
    const label = await admin.shipments.label(shipment ?? { labelUrl: '' });
    expect([label.type, (await label.text()).slice(0, 5)]).toEqual(['application/pdf', '%PDF-']);
  });
});

describe('a refusal', () => {
  it('says what is wrong with the request', async () => {
    const error = await refusalOf(ada.orders.place({ items: [{ productId: 'PROD001', quantity: 0 }] }));
    if (!error.is('VALIDATION_FAILED')) throw error;
    expect(error.problem.errors.map(({ path }) => path)).toEqual(['items.0.quantity']);
  });

  it('says what is missing, and names the order that was rejected', async () => {
    const error = await refusalOf(ada.orders.place({ items: [{ productId: 'PROD005', quantity: 6 }] }));
    if (!error.is('OUT_OF_STOCK')) throw error;
    expect(error.problem.items).toEqual([
      expect.objectContaining({ productId: 'PROD005', requested: 6, available: 5 }),
    ]);
    expect((await ada.orders.get(error.problem.orderId ?? '')).status).toBe('REJECTED');
  });

  it('says how much is left', async () => {
    const { id } = await place();
    const tooMany = await refusalOf(admin.orders.fulfill(id, { items: [{ lineId: '1', quantity: 3 }] }));
    if (!tooMany.is('QUANTITY_TOO_HIGH')) throw tooMany;
    expect(tooMany.problem).toMatchObject({ lineId: '1', most: 2 });
    await admin.orders.fulfill(id);
    const tooMuch = await refusalOf(admin.orders.refund(id, { amount: 60, reason: 'late' }));
    if (!tooMuch.is('AMOUNT_TOO_HIGH')) throw tooMuch;
    expect(tooMuch.problem).toMatchObject({ most: 59.98, currency: 'USD' });
  });

  it('is one of the token: none, or one that may not do this', async () => {
    const nobody = new Client({ baseUrl: system.gateway.url });
    expect(await refusalOf(nobody.orders.list().page())).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await refusalOf(ada.payments.list().page())).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });
});

it('a token that the gateway no longer takes is renewed', async () => {
  const tokens = [`${'e30.'.repeat(2)}x`];
  const right = clientOf('ada');
  const { token } = await right.request<{ token: string }>('POST', '/auth/token', { body: { userId: 'ada' } });
  tokens.push(token);
  const oms = new Client({ baseUrl: system.gateway.url, token: () => tokens.shift() ?? '' });
  expect((await oms.orders.list({ limit: 1 }).page()).items).toHaveLength(1);
});

describe('lists', () => {
  it('are read to their end: orders, products, stock', async () => {
    const carl = clientOf('carl');
    const placed: string[] = [];
    for (let i = 0; i < 5; i++) placed.unshift((await carl.orders.place({ items })).id);
    const read: string[] = [];
    for await (const { id } of carl.orders.list({ status: 'CONFIRMED', limit: 2 })) read.push(id);
    expect(read).toEqual(placed);

    const catalog: string[] = [];
    for await (const { id } of carl.products.list({ limit: 3 })) catalog.push(id);
    const stock: string[] = [];
    for await (const { productId } of carl.inventory.list({ limit: 3 })) stock.push(productId);
    expect(new Set(catalog)).toEqual(new Set(stock));
    expect(catalog.length).toBeGreaterThan(6);
  });

  it('are of products and their stock, which operators change', async () => {
    const { id, name } = await admin.products.create({ id: 'TEA', name: 'Green tea', price: 4.5 });
    await admin.inventory.add(id, { quantity: 3 });
    expect(await ada.inventory.get(id)).toMatchObject({ productId: id, available: 3 });
    expect((await ada.products.search('green tea')).items).toEqual([expect.objectContaining({ id, name })]);
    expect((await ada.orders.availability({ productId: id, quantity: 4 })).available).toBe(false);
    await admin.products.delete(id);
    expect(await refusalOf(ada.products.get(id))).toMatchObject({ code: 'PRODUCT_NOT_FOUND' });
  });
});

it('the feed of a service goes on after its last event while the gateway restarts, and later for a reader who kept its position', async () => {
  const seen: FeedEvent[] = [];
  const leaving = new AbortController();
  const reading = (async () => {
    for await (const event of admin.events('order', {}, { signal: leaving.signal })) seen.push(event);
  })();
  const isConfirmed = (id: string) =>
    seen.some(
      ({ stream, type, data }) => stream === id && type === 'order.status-changed' && data.newStatus === 'CONFIRMED',
    );
  const first = (await place()).id;
  await until(() => isConfirmed(first));
  await system.kill('gateway');
  await system.revive('gateway');
  const second = (await place()).id;
  await until(() => isConfirmed(second));
  leaving.abort(new Error('read enough'));
  await expect(reading).rejects.toThrow('read enough');
  expect(seen.map(({ position }) => Number(position))).toEqual(seen.map((_, i) => Number(seen[0]?.position) + i));

  const kept = seen.find(({ stream }) => stream === second);
  const after = seen[seen.indexOf(kept as FeedEvent) - 1]?.position ?? '';
  for await (const { id } of admin.events('order', { after })) {
    expect(id).toBe(kept?.id);
    break;
  }
});

it('a webhook is told what happens to orders, verified; its secret is replaced without a gap', async () => {
  const { id: webhookId, secret } = await admin.webhooks.create({ url: `${receiver.url}/hook`, events: ['order.*'] });
  const toldOf = async (orderId: string) => {
    const isTold = ({ body }: Target['requests'][number]) => body.includes(orderId);
    await until(() => receiver.requests.some(isTold));
    return receiver.requests.find(isTold) as Target['requests'][number];
  };
  const first = await place();
  const { body, headers } = await toldOf(first.id);
  const event = await verifyWebhook(body, headers, secret);
  expect(event).toMatchObject({ type: 'order.placed', subject: first.id, data: { orderId: first.id, total: 59.98 } });
  expect(event.id).toBe(headers['webhook-id']);
  await expect(verifyWebhook(body.replace('59.98', '0.01'), headers, secret)).rejects.toThrow(WebhookRefused);

  const renewed = await admin.webhooks.rotateSecret(webhookId);
  const later = await toldOf((await place()).id);
  for (const known of [secret, renewed.secret, [secret, renewed.secret]])
    expect((await verifyWebhook(later.body, later.headers, known)).type).toBe('order.placed');
  // They are listed soon after they were delivered.
  await until(async () => {
    const listed: string[] = [];
    for await (const { eventId } of admin.webhooks.deliveries(webhookId, { limit: 1 })) listed.push(eventId);
    return listed.includes(event.id);
  });
  await admin.webhooks.delete(webhookId);
});
