import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, type Got } from './http.ts';
import { balanced, confirmed, reaches, shipped, typesOf } from './orders.ts';
import { type System, startSystem } from './system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const moved = async (shipmentId: string, ...statuses: string[]) => {
  for (const status of statuses)
    expect((await system.shipping.put(`/shipments/${shipmentId}/status`, { status })).status).toBe(200);
};
const parcelOf = async (id: string) => (await system.shipping.get(`/shipments?orderId=${id}`)).body.items[0];
const toDelivered = (id: string, key?: string) =>
  system.order.put(`/orders/${id}/status`, { status: 'DELIVERED' }, key === undefined ? {} : { key });
/** The order, once it knows this status of its parcel. */
const followed = (id: string, status: string): Promise<Got> =>
  eventually(
    () => system.order.get(`/orders/${id}`),
    ({ body }) => body.shipment?.status === status,
  );
const deliveries = async (id: string) => {
  const { body } = await system.order.get(`/orders/${id}/events`);
  return body.events.filter(({ data }: { data: { newStatus?: string } }) => data.newStatus === 'DELIVERED');
};
/** The discrepancies of this order in the audit. */
const complaints = async (id: string) =>
  (await balanced(system)).discrepancies.filter((found: { id: string }) => found.id === id);
const told = async (id: string) =>
  eventually(
    () => parcelOf(id),
    ({ orderTold }) => orderTold,
  );

describe('an order that an operator marks as delivered', () => {
  it('is delivered together with its parcel, which cannot be cancelled any more', async () => {
    const { id, shipmentId } = await shipped(system);
    const delivered = await toDelivered(id);
    expect(delivered).toMatchObject({ status: 200, body: { status: 'DELIVERED', shipment: { status: 'DELIVERED' } } });
    const { status, history } = await parcelOf(id);
    expect(status).toBe('DELIVERED');
    expect(history.map((entry: { status: string }) => entry.status)).toEqual([
      'LABEL_GENERATED',
      'IN_TRANSIT',
      'DELIVERED',
    ]);
    expect((await system.shipping.delete(`/shipments/${shipmentId}`)).body.code).toBe('INVALID_TRANSITION');
    expect((await system.shipping.post('/shipments/cancel', { orderId: id })).body.code).toBe('INVALID_TRANSITION');
    await told(id);
    expect(await deliveries(id)).toHaveLength(1);
    expect(await complaints(id)).toEqual([]);
  });

  it('is delivered once, even if several callers say so at the same time', async () => {
    const { id, shipmentId } = await shipped(system);
    await moved(shipmentId, 'IN_TRANSIT');
    const said = await Promise.all([
      ...Array.from({ length: 4 }, () => toDelivered(id, `${id}-delivered`)),
      toDelivered(id),
      system.shipping.put(`/shipments/${shipmentId}/status`, { status: 'DELIVERED' }),
    ]);
    expect(said.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(new Set(said.slice(0, 4).map(({ text }) => text)).size).toBe(1);
    await told(id);
    expect(await deliveries(id)).toHaveLength(1);
    expect((await parcelOf(id)).history).toHaveLength(3);
  });

  it.each([
    ['came back', ['IN_TRANSIT', 'RETURNED']],
    ['was cancelled', ['CANCELLED']],
  ])('stays shipped if its parcel %s, and a retry has the same answer', async (_, statuses) => {
    const { id, shipmentId } = await shipped(system);
    await moved(shipmentId, ...statuses);
    const refused = await toDelivered(id, `${id}-no`);
    expect(refused.body).toMatchObject({ status: 409, code: 'INVALID_TRANSITION' });
    expect((await toDelivered(id, `${id}-no`)).text).toBe(refused.text);
    expect((await system.order.get(`/orders/${id}`)).body.status).toBe('SHIPPED');
  });

  it('stays shipped while shipping is down, and a retry succeeds after recovery', async () => {
    const { id } = await shipped(system);
    await system.shipping.put('/chaos', { failureRate: 1 });
    const refused = await toDelivered(id, `${id}-later`);
    expect(refused.body).toMatchObject({ status: 503, code: 'SHIPPING_UNAVAILABLE' });
    expect((await system.order.get(`/orders/${id}`)).body.status).toBe('SHIPPED');
    await system.shipping.put('/chaos', { enabled: false });
    await system.order.post('/circuit-breaker/reset');
    expect(await toDelivered(id, `${id}-later`)).toMatchObject({ status: 200, body: { status: 'DELIVERED' } });
  });

  it('is delivered even if the answer of shipping is lost', async () => {
    const { id } = await shipped(system);
    await system.shipping.put('/chaos', { dropRate: 1 });
    expect((await toDelivered(id)).body.code).toBe('SHIPPING_UNAVAILABLE');
    await system.shipping.put('/chaos', { enabled: false });
    await reaches(system, id, 'DELIVERED');
    expect(await deliveries(id)).toHaveLength(1);
    await system.order.post('/circuit-breaker/reset');
  });

  it('is not delivered with the key of another request, and neither is its parcel', async () => {
    const { id } = await shipped(system);
    await system.order.put(`/orders/${id}/status`, { status: 'PENDING' }, { key: `${id}-other` });
    expect((await toDelivered(id, `${id}-other`)).status).toBe(422);
    expect((await parcelOf(id)).status).toBe('LABEL_GENERATED');
  });

  it('is not delivered with a stale If-Match, and neither is its parcel', async () => {
    const { id } = await shipped(system);
    const saw = async (tag: string) =>
      system.order.put(`/orders/${id}/status`, { status: 'DELIVERED' }, { headers: { 'If-Match': tag } });
    expect((await saw('"1"')).body).toMatchObject({ status: 412, code: 'PRECONDITION_FAILED' });
    expect((await parcelOf(id)).status).toBe('LABEL_GENERATED');
    const { headers } = await system.order.get(`/orders/${id}`);
    expect(await saw(headers.get('etag') as string)).toMatchObject({ status: 200, body: { status: 'DELIVERED' } });
  });

  it('is not delivered before it has shipped', async () => {
    const id = await confirmed(system);
    expect((await toDelivered(id)).body.code).toBe('INVALID_TRANSITION');
    expect(await parcelOf(id)).toBeUndefined();
  });
});

describe('a parcel on its way', () => {
  it('is followed by its order, with an event for each stop', async () => {
    const { id, shipmentId } = await shipped(system);
    for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY']) {
      const before = (await system.order.get(`/orders/${id}`)).headers.get('etag');
      await moved(shipmentId, status);
      const { body, headers } = await followed(id, status);
      expect(body).toMatchObject({ status: 'SHIPPED', needsAttention: false });
      expect(headers.get('etag')).not.toBe(before);
    }
    await moved(shipmentId, 'DELIVERED');
    await reaches(system, id, 'DELIVERED');
    const types = typesOf(await system.order.get(`/orders/${id}/events`));
    expect(types.filter((type) => type === 'order.parcel-moved')).toHaveLength(2);
  });

  it('that is delayed makes its order need attention, with a reason, until it moves on', async () => {
    const { id, shipmentId } = await shipped(system);
    await moved(shipmentId, 'IN_TRANSIT', 'EXCEPTION');
    expect((await followed(id, 'EXCEPTION')).body).toMatchObject({
      ...{ status: 'SHIPPED', needsAttention: true },
      attentionReason: expect.stringContaining('parcel'),
    });
    expect(await complaints(id)).toEqual([]);
    await moved(shipmentId, 'IN_TRANSIT');
    const { body } = await followed(id, 'IN_TRANSIT');
    expect([body.needsAttention, body.attentionReason]).toEqual([false, undefined]);
  });

  it('that comes back makes its order need attention until the return: refund and restock', async () => {
    const { id, shipmentId } = await shipped(system);
    expect((await system.order.post(`/orders/${id}/return`)).body.code).toBe('INVALID_TRANSITION');
    await moved(shipmentId, 'IN_TRANSIT', 'RETURNED');
    expect((await followed(id, 'RETURNED')).body).toMatchObject({ status: 'SHIPPED', needsAttention: true });
    expect(await complaints(id)).toEqual([]);
    const returned = await system.order.post(`/orders/${id}/return`, { reason: 'nobody was at home' });
    expect(returned.body).toMatchObject({ status: 'RETURNED', needsAttention: false, payment: { status: 'REFUNDED' } });
    expect(await complaints(id)).toEqual([]);
  });

  it('that is cancelled without its order is reported by the audit until the order is returned', async () => {
    const { id, shipmentId } = await shipped(system);
    await system.shipping.delete(`/shipments/${shipmentId}`);
    expect((await followed(id, 'CANCELLED')).body).toMatchObject({ status: 'SHIPPED', needsAttention: true });
    await told(id);
    expect(await complaints(id)).toEqual([expect.objectContaining({ kind: 'SHIPMENT_MISMATCH' })]);
    expect((await system.order.post(`/orders/${id}/return`)).body.status).toBe('RETURNED');
    expect(await complaints(id)).toEqual([]);
  });
});

describe('news of a parcel', () => {
  it.each([
    ['an operator', 'operator:olga'],
    ['another service', 'service:payment'],
    ['a customer', 'customer:CUST1'],
  ])('is refused from %s: only shipping may send it', async (_, caller) => {
    const { id, shipmentId } = await shipped(system);
    const news = { shipmentId, status: 'DELIVERED', sequence: 3 };
    const said = await system.order.put(`/orders/${id}/shipment`, news, { headers: { 'X-Caller': caller } });
    expect(said.body).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    expect((await system.order.get(`/orders/${id}`)).body.status).toBe('SHIPPED');
  });

  it('changes nothing if newer news came first', async () => {
    const { id, shipmentId } = await shipped(system);
    const say = (status: string, sequence: number) =>
      system.order.put(
        `/orders/${id}/shipment`,
        { shipmentId, status, sequence },
        { headers: { 'X-Caller': 'service:shipping' } },
      );
    expect((await say('EXCEPTION', 3)).body.shipment.status).toBe('EXCEPTION');
    expect((await say('IN_TRANSIT', 2)).body.shipment.status).toBe('EXCEPTION');
    expect((await say('IN_TRANSIT', 4)).body.shipment.status).toBe('IN_TRANSIT');
    expect((await say('DELIVERED', 5)).body.status).toBe('DELIVERED');
  });
});
