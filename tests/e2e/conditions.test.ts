import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Api, eventually, type Got, type Sent } from './http.ts';
import { shipped } from './orders.ts';
import { type System, startSystem } from './system.ts';

let system: System;
let ids: { shipment: string; payment: string; order: string };
beforeAll(async () => {
  system = await startSystem({}, ['order', 'inventory', 'payment', 'shipping', 'product']);
  const items = [{ productId: 'PROD001', quantity: 1 }];
  const { id } = (await system.order.post('/orders', { customerId: 'ada', items })).body;
  const address = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
  const { shipment, payment } = (await system.order.post(`/orders/${id}/fulfill`, { shippingAddress: address })).body;
  ids = { shipment: shipment.id, payment: payment.id, order: id };
});
afterAll(() => system.stop());

const ifMatch = (tag: string): Sent => ({ headers: { 'If-Match': tag } });
const outcome = ({ status, body }: Got) => [status, body.code];

interface Kept {
  of: () => Api;
  path: () => string;
  /** Writes that each change it. */
  writes: ((sent: Sent) => Promise<Got>)[];
}
const kept: Record<string, Kept> = {
  'a product': {
    of: () => system.product,
    path: () => '/products/PROD002',
    writes: [
      (sent) => system.product.put('/products/PROD002', { description: `at ${performance.now()}` }, sent),
      (sent) => system.product.delete('/products/PROD002', sent),
    ],
  },
  'a stock level': {
    of: () => system.inventory,
    path: () => '/inventory/PROD003',
    writes: [
      (sent) => system.inventory.put('/inventory/PROD003', { quantity: 5 }, sent),
      (sent) => system.inventory.post('/inventory/PROD003/reserve', { quantity: 1 }, sent),
      (sent) => system.inventory.post('/inventory/PROD003/release', { quantity: 1 }, sent),
    ],
  },
  'a shipment': {
    of: () => system.shipping,
    path: () => `/shipments/${ids.shipment}`,
    writes: [(sent) => system.shipping.put(`/shipments/${ids.shipment}/status`, { status: 'IN_TRANSIT' }, sent)],
  },
  'a payment': { of: () => system.payment, path: () => `/payments/${ids.payment}`, writes: [] },
  'a reservation': { of: () => system.inventory, path: () => `/inventory/reservations/${ids.order}`, writes: [] },
};

describe.each(Object.entries(kept))('%s', (_name, { of, path, writes }) => {
  it('is answered 304 without a body if the client has it', async () => {
    const first = await of().get(path());
    const tag = first.headers.get('etag') as string;
    const again = await of().get(path(), { headers: { 'If-None-Match': tag } });
    expect([again.status, again.text]).toEqual([304, '']);
    expect((await of().get(path(), { headers: { 'If-None-Match': '"another"' } })).text).toBe(first.text);
  });

  it('is changed only if If-Match has its current ETag', async () => {
    for (const write of writes) {
      const before = await of().get(path());
      expect(outcome(await write(ifMatch('"another"')))).toEqual([412, 'PRECONDITION_FAILED']);
      expect((await of().get(path())).text).toBe(before.text);
      const tag = before.headers.get('etag') as string;
      const changed = await write(ifMatch(tag));
      expect(changed.status).toBe(200);
      expect(changed.headers.get('etag')).not.toBe(tag);
      expect(outcome(await write(ifMatch(tag)))[0]).not.toBe(200);
    }
  });
});

it('a stock level has a new ETag after an order has reserved some of it', async () => {
  const { inventory } = system;
  const tag = (await inventory.get('/inventory/PROD001')).headers.get('etag');
  await shipped(system);
  const now = await eventually(
    () => inventory.get('/inventory/PROD001'),
    ({ headers }) => headers.get('etag') !== tag,
  );
  expect(now.status).toBe(200);
});
