import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { address, cart, confirmed } from '../../../../tests/e2e/orders.ts';
import { type System, startSystem } from '../../../../tests/e2e/system.ts';

/** Requests may say some things in other words than the answers do. */

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const place = async (more: Record<string, unknown>) =>
  (await system.order.post('/orders', cart('PROD001', 1, more))).body;
const setStatus = (id: string, status: string) => system.order.put(`/orders/${id}/status`, { status });

describe('an address that is free text', () => {
  const street = '123 Main St, Springfield';

  it('is kept as the street, and needs nothing more to be shipped to and printed', async () => {
    const { id, shippingAddress } = await place({ shippingAddress: street });
    expect(shippingAddress).toEqual({ street });
    const shipped = await system.order.post(`/orders/${id}/fulfill`);
    expect([shipped.status, shipped.body.status]).toEqual([200, 'SHIPPED']);
    const { body } = await system.shipping.get(`/shipments/${shipped.body.shipment.id}`);
    expect(body.shippingAddress).toEqual({ street });
    const label = await fetch(`${system.shipping.url}/shipments/labels/${body.trackingNumber}`);
    expect([label.status, label.headers.get('content-type')]).toEqual([200, 'application/pdf']);
  });

  it('can take the place of another, and can be given when it is shipped', async () => {
    const { id } = await place({});
    const changed = await system.order.put(`/orders/${id}`, { shippingAddress: street });
    expect([changed.status, changed.body.shippingAddress]).toEqual([200, { street }]);
    const again = await system.order.put(`/orders/${id}`, { shippingAddress: changed.body.shippingAddress });
    expect(again.body.version).toBe(changed.body.version);
    const bare = await place({ shippingAddress: undefined });
    const shipped = await system.order.post(`/orders/${bare.id}/fulfill`, { shippingAddress: street });
    expect([shipped.status, shipped.body.shippingAddress]).toEqual([200, { street }]);
  });

  it('is not half an address: what is missing of one is named', async () => {
    const { body } = await system.order.post('/orders', cart('PROD001', 1, { shippingAddress: { street, zip: '1' } }));
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual([
      'shippingAddress.city',
      'shippingAddress.country',
    ]);
  });
});

it.each(['USA', 'United States'])('the country %s is kept as two letters', async (country) => {
  expect((await place({ shippingAddress: { ...address, country } })).shippingAddress).toEqual(address);
});

it('an order has its id twice: also as orderId', async () => {
  const { id, orderId } = await place({});
  expect(orderId).toBe(id);
});

describe('a status in another word', () => {
  it.each(['CREATED', 'PLACED'])('is where no command leads to, as PENDING: %s', async (word) => {
    const { status, body } = await setStatus(await confirmed(system), word);
    expect([status, body.code]).toEqual([409, 'INVALID_TRANSITION']);
  });

  it('confirms an order: PAID', async () => {
    const { id, status } = await place({ autoConfirm: false });
    expect(status).toBe('AWAITING_CONFIRMATION');
    expect((await setStatus(id, 'PAID')).body.status).toBe('CONFIRMED');
    const again = await setStatus(id, 'PAID');
    expect([again.status, again.body.status]).toEqual([200, 'CONFIRMED']);
  });

  it('can be all that the request says', async () => {
    const { id } = await place({ autoConfirm: false });
    expect((await system.order.put(`/orders/${id}/status`, 'PAID')).body.status).toBe('CONFIRMED');
    expect((await system.order.put(`/orders/${id}/status`, 'SENT')).status).toBe(400);
  });

  it('delivers an order: COMPLETED', async () => {
    const id = await confirmed(system);
    await setStatus(id, 'SHIPPED');
    expect((await setStatus(id, 'COMPLETED')).body.status).toBe('DELIVERED');
  });

  it.each([
    ['PAID', 'CONFIRMED'],
    ['COMPLETED', 'DELIVERED'],
    ['CREATED', 'PENDING'],
  ])('finds the same orders: %s as %s', async (word, status) => {
    const [found, same] = await Promise.all([word, status].map((one) => system.order.get(`/orders?status=${one}`)));
    expect(found?.body).toEqual(same?.body);
  });

  it('is refused if it is none', async () => {
    expect((await setStatus(await confirmed(system), 'SENT')).status).toBe(400);
    expect((await system.order.get('/orders?status=SENT')).status).toBe(400);
  });
});
