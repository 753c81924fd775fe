import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import * as contract from '@oms/shared/contracts/shipping';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { RunningService } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { type Answer, answer, client, problem } from '../../../tests/support/answers.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import type { Shipment, ShippingDoc } from './domain/shipment.ts';
import { labelOf } from './label.ts';

const config = readConfig({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' });
let parts: ServiceParts<ShippingDoc>;
let running: RunningService;
let http: ReturnType<typeof client>;

beforeEach(async () => {
  parts = await createParts<ShippingDoc>('shipping', config);
  running = await serve(createApp(parts), parts, config);
  http = client(`http://127.0.0.1:${running.port}`);
});
afterEach(() => running.stop());

const shippingAddress = { name: 'Ada', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const items = [{ productId: 'P1', quantity: 2, name: 'Lamp' }];

const get = (path: string) => http.get(path);
const book = (change: object = {}) => http.post('/shipments', { orderId: 'O1', items, shippingAddress, ...change });
const booked = async (orderId = 'O1') => (await book({ orderId })).body as contract.Shipment;
const report = (id: string, change: object) => http.put(`/shipments/${id}/status`, change);
const remove = (id: string) => http.delete(`/shipments/${id}`);
const cancel = (orderId: string) => http.post('/shipments/cancel', { orderId });
const events = async () =>
  (await get('/events')).body.events.map(({ type, data }: { type: string; data: object }) => [type, data]);

describe('booking a shipment', () => {
  it('answers 201 with the shipment and its Location', async () => {
    const { status, headers, body } = await book({ carrier: 'EXPRESS' });
    expect(status).toBe(201);
    expect(headers.location).toBe(`/shipments/${body.id}`);
    expect(body).toEqual({
      id: expect.any(String),
      shipmentId: body.id,
      orderId: 'O1',
      trackingNumber: expect.stringMatching(/^TRK[0-9A-Z]{16}$/),
      carrier: 'EXPRESS',
      status: 'LABEL_GENERATED',
      shippingAddress,
      items,
      labelUrl: `/shipments/labels/${body.trackingNumber}`,
      estimatedDeliveryDays: 2,
      history: [{ status: 'LABEL_GENERATED', at: expect.any(String) }],
      orderTold: true,
    });
    expect(contract.Shipment.safeParse(body).error).toBeUndefined();
    expect((await get(headers.location as string)).body).toEqual(body);
  });

  it('takes an address that is free text, also as it is shown', async () => {
    const street = '123 Main St, Springfield';
    for (const [orderId, given] of [
      ['T1', street],
      ['T2', { street }],
    ] as const) {
      const { status, body } = await book({ orderId, shippingAddress: given });
      expect([status, body.shippingAddress]).toEqual([201, { street }]);
    }
  });

  it.each(['USA', 'United States'])('keeps the country %s as two letters', async (country) => {
    const { body } = await book({ shippingAddress: { ...shippingAddress, country } });
    expect(body.shippingAddress).toEqual(shippingAddress);
  });

  it('of an order with several parcels, once for each number', async () => {
    const [whole, first, second] = [await booked(), (await book({ parcel: 1 })).body, (await book({ parcel: 2 })).body];
    expect((await book({ parcel: 2 })).body).toEqual(second);
    const { items } = (await get('/shipments?orderId=O1')).body;
    expect(items).toEqual([second, first, whole]);
    expect(items.map(({ parcel }: Shipment) => parcel)).toEqual([2, 1, undefined]);
    await book({ orderId: 'O10', parcel: 1 });
    expect((await get('/shipments?orderId=O1')).body.items).toHaveLength(3);
    expect((await events()).map(([, { parcel }]: [string, Shipment]) => parcel)).toEqual([undefined, 1, 2, 1]);
  });

  it('is refused for a parcel whose cancellation came first, and for no other', async () => {
    const { body } = await http.post('/shipments/cancel', { orderId: 'O1', parcel: 1 });
    expect(body).toEqual({ orderId: 'O1', parcel: 1, status: 'CANCELLED' });
    const refused = await book({ parcel: 1 });
    expect(refused).toEqual(problem(409, 'SHIPMENT_CLOSED'));
    expect(refused.body.detail).toBe('Parcel 1 of order O1 was cancelled.');
    expect((await book({ parcel: 2 })).status).toBe(201);
  });

  it('delivers a parcel by its number', async () => {
    await book({ parcel: 1 });
    await book({ parcel: 2 });
    const delivered = await http.post('/shipments/deliver', { orderId: 'O1', parcel: 2 });
    expect(delivered.body).toMatchObject({ parcel: 2, status: 'DELIVERED' });
    expect((await get('/shipments?orderId=O1&status=DELIVERED')).body.items).toHaveLength(1);
    expect(await http.post('/shipments/deliver', { orderId: 'O1' })).toEqual(problem(404, 'SHIPMENT_NOT_FOUND'));
  });

  it('a second time for an order answers the same shipment, without a second event', async () => {
    const first = await booked();
    const again = await book({ carrier: 'OVERNIGHT' });
    expect([again.status, again.body]).toEqual([201, first]);
    expect(again.headers.location).toBe(`/shipments/${first.id}`);
    expect(await events()).toHaveLength(1);
  });

  it('twenty times at once makes one shipment', async () => {
    const bodies = await Promise.all(Array.from({ length: 20 }, () => booked()));
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(1);
    expect(await events()).toHaveLength(1);
  });

  it.each([
    ['no order', { orderId: undefined }, 'orderId'],
    ['no items', { items: [] }, 'items'],
    ['an item of none', { items: [{ productId: 'P1', quantity: 0 }] }, 'items.0.quantity'],
    ['no address', { shippingAddress: undefined }, 'shippingAddress'],
    ['no such country', { shippingAddress: { ...shippingAddress, country: 'XYZ' } }, 'shippingAddress.country'],
    ['no such carrier', { carrier: 'PIGEON' }, 'carrier'],
  ])('with %s is 400', async (_what, change, path) => {
    const res = await book(change);
    expect(res).toEqual(problem(400, 'VALIDATION_FAILED'));
    expect(res.body.errors).toEqual([expect.objectContaining({ path })]);
  });
});

describe('looking for a shipment', () => {
  it('finds it by its id and by its tracking number', async () => {
    const shipment = await booked();
    expect((await get(`/shipments/${shipment.id}`)).body).toEqual(shipment);
    expect((await get(`/shipments/track/${shipment.trackingNumber}`)).body).toEqual(shipment);
  });

  it('is 404 for an unknown shipment', async () => {
    for (const path of ['x', 'track/x', 'labels/x']) {
      expect(await get(`/shipments/${path}`)).toEqual(problem(404, 'SHIPMENT_NOT_FOUND'));
    }
  });

  it('is 400 for an invalid id', async () => {
    for (const path of ['a%20b', 'track/a%20b', 'labels/a%20b']) {
      expect(await get(`/shipments/${path}`)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
  });

  it('lists them, newest order first, page by page', async () => {
    for (const orderId of ['O1', 'O2', 'O3']) await booked(orderId);
    const first = await get('/shipments?limit=2');
    const orders = ({ body }: Answer) => body.items.map(({ orderId }: contract.Shipment) => orderId);
    expect(orders(first)).toEqual(['O3', 'O2']);
    expect(first.headers.link).toContain(first.body.nextCursor);
    const second = await get(`/shipments?limit=2&cursor=${first.body.nextCursor}`);
    expect(orders(second)).toEqual(['O1']);
    expect(second.body.nextCursor).toBeNull();
  });

  it('lists the shipment of an order, if there is one', async () => {
    const shipment = await booked('O1');
    await booked('O10');
    expect((await get('/shipments?orderId=O1')).body).toEqual({ items: [shipment], nextCursor: null });
    expect((await get('/shipments?orderId=O2')).body).toEqual({ items: [], nextCursor: null });
  });

  it('lists those with a status', async () => {
    const { id } = await booked('O1');
    await booked('O2');
    await report(id, { status: 'IN_TRANSIT' });
    const found = async (query: string) => (await get(`/shipments?${query}`)).body.items.length;
    expect(await found('status=IN_TRANSIT')).toBe(1);
    expect(await found('status=DELIVERED')).toBe(0);
    expect(await found('orderId=O1&status=IN_TRANSIT')).toBe(1);
    expect(await found('orderId=O2&status=IN_TRANSIT')).toBe(0);
    expect(await get('/shipments?status=LOST')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });

  it('does not list an order that was cancelled before its booking', async () => {
    await cancel('O1');
    expect((await get('/shipments')).body.items).toEqual([]);
    expect((await get('/shipments?orderId=O1')).body.items).toEqual([]);
  });
});

describe('the label', () => {
  it('is served as a PDF, the same each time, also after the shipment has left', async () => {
    const { id, trackingNumber, labelUrl } = await booked();
    const first = await get(labelUrl);
    await report(id, { status: 'IN_TRANSIT' });
    const again = await get(labelUrl);
    expect([first.status, first.type]).toEqual([200, 'application/pdf']);
    expect(first.headers['content-disposition']).toBe(`inline; filename="${trackingNumber}.pdf"`);
    const doc = await parts.store.read('shipment/O1');
    expect(first.body).toEqual(await labelOf(doc?.data as Shipment));
    expect(again.body).toEqual(first.body);
  });
});

describe('a report of the carrier', () => {
  it('moves the shipment from its label to its delivery', async () => {
    const { id } = await booked();
    await report(id, { status: 'IN_TRANSIT', location: 'Hub North', notes: 'on time' });
    await report(id, { status: 'OUT_FOR_DELIVERY' });
    const { status, body } = await report(id, { status: 'DELIVERED', location: 'Porch' });
    const at = expect.any(String);
    expect([status, body.status]).toEqual([200, 'DELIVERED']);
    expect(body.history).toEqual([
      { status: 'LABEL_GENERATED', at },
      { status: 'IN_TRANSIT', at, location: 'Hub North', notes: 'on time' },
      { status: 'OUT_FOR_DELIVERY', at },
      { status: 'DELIVERED', at, location: 'Porch' },
    ]);
    expect(body).not.toHaveProperty('notice');
    expect((await get(`/shipments/${id}`)).body).toEqual(body);
  });

  it('of the present status changes nothing', async () => {
    const { id } = await booked();
    const first = await report(id, { status: 'IN_TRANSIT' });
    const again = await report(id, { status: 'IN_TRANSIT', location: 'elsewhere' });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(await events()).toHaveLength(2);
  });

  it('is 404 for a shipment that does not exist', async () => {
    expect(await report('x', { status: 'IN_TRANSIT' })).toEqual(problem(404, 'SHIPMENT_NOT_FOUND'));
  });

  it.each([{ status: 'LOST' }, {}, { status: 'IN_TRANSIT', location: '' }])('is 400 with %j', async (change) => {
    const { id } = await booked();
    expect(await report(id, change)).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('cancelling', () => {
  it('by shipment answers the cancelled shipment, also when repeated', async () => {
    const { id } = await booked();
    const first = await remove(id);
    expect(first).toEqual(answer(200, { id, status: 'CANCELLED' }));
    expect((await remove(id)).body).toEqual(first.body);
    expect(await events()).toHaveLength(2);
  });

  it('by order answers the cancelled order, also when repeated', async () => {
    const { id } = await booked();
    for (let i = 0; i < 2; i++) {
      const { status, body } = await cancel('O1');
      expect([status, body]).toEqual([200, { orderId: 'O1', status: 'CANCELLED' }]);
    }
    expect((await get(`/shipments/${id}`)).body.status).toBe('CANCELLED');
    expect(await events()).toHaveLength(2);
  });

  it('of an unknown order is remembered, so that a booking that arrives late is refused', async () => {
    for (let i = 0; i < 2; i++) expect(await cancel('O1')).toEqual(answer(200, { status: 'CANCELLED' }));
    expect(await book()).toEqual(problem(409, 'SHIPMENT_CLOSED'));
    expect(await events()).toEqual([['shipment.cancelled', { orderId: 'O1' }]]);
  });

  it('is 404 for a shipment that does not exist', async () => {
    expect(await remove('x')).toEqual(problem(404, 'SHIPMENT_NOT_FOUND'));
  });

  it('is 400 without an order', async () => {
    expect(await http.post('/shipments/cancel', {})).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('a shipment whose order is reported as delivered', () => {
  const deliver = (orderId: string) => http.post('/shipments/deliver', { orderId });

  it('is delivered, with an event for each status on the way, once', async () => {
    const { id } = await booked();
    const delivered = await deliver('O1');
    expect(delivered).toEqual(answer(200, { id, status: 'DELIVERED', orderTold: false }));
    expect((await deliver('O1')).body.history).toEqual(delivered.body.history);
    expect(
      (await events()).slice(1).map(([type, { newStatus }]: [string, { newStatus: string }]) => [type, newStatus]),
    ).toEqual([
      ['shipment.status-changed', 'IN_TRANSIT'],
      ['shipment.status-changed', 'DELIVERED'],
    ]);
  });
});

describe('the events', () => {
  it('tell what happened to each shipment', async () => {
    const { id: shipmentId, trackingNumber } = await booked();
    await report(shipmentId, { status: 'IN_TRANSIT' });
    const other = await booked('O2');
    await remove(other.id);
    const about = { orderId: 'O1', shipmentId, trackingNumber };
    const aboutOther = { orderId: 'O2', shipmentId: other.id, trackingNumber: other.trackingNumber };
    expect(await events()).toEqual([
      ['shipment.created', { ...about, carrier: 'STANDARD' }],
      ['shipment.status-changed', { ...about, oldStatus: 'LABEL_GENERATED', newStatus: 'IN_TRANSIT' }],
      ['shipment.created', { ...aboutOther, carrier: 'STANDARD' }],
      ['shipment.cancelled', { ...aboutOther, oldStatus: 'LABEL_GENERATED', newStatus: 'CANCELLED' }],
    ]);
  });
});

describe('/shipping', () => {
  it('names the same routes as /shipments', async () => {
    const booked = await http.post('/shipping', { orderId: 'O1', items, shippingAddress });
    const { id, trackingNumber } = booked.body;
    expect(booked.status).toBe(201);
    const answers = [
      await get('/shipping?orderId=O1'),
      await get(`/shipping/${id}`),
      await get(`/shipping/track/${trackingNumber}`),
      await get(`/shipping/labels/${trackingNumber}`),
      await http.put(`/shipping/${id}/status`, { status: 'LABEL_GENERATED' }),
      await http.post('/shipping/cancel', { orderId: 'O1' }),
      await http.delete(`/shipping/${id}`),
    ];
    expect(answers.map(({ status }) => status)).toEqual(Array(7).fill(200));
    expect(answers[3]?.type).toBe('application/pdf');
  });
});

describe('every route', () => {
  it('is 405 with Allow for other methods', async () => {
    const paths = [
      ['/shipments', 'POST, GET, HEAD'],
      ['/shipments/cancel', 'POST'],
      ['/shipments/track/x', 'GET, HEAD'],
      ['/shipments/x/status', 'PUT'],
    ] as const;
    for (const [path, allow] of paths) {
      const res = await http.patch(path);
      expect(res).toEqual(problem(405, 'METHOD_NOT_ALLOWED'));
      expect(res.headers.allow).toBe(allow);
    }
  });

  it('logs the order', async () => {
    const logged = jest.spyOn(parts.log, 'log');
    const { id, trackingNumber } = await booked();
    await get(`/shipments/${id}`);
    await get(`/shipments/track/${trackingNumber}`);
    await get(`/shipments/labels/${trackingNumber}`);
    await report(id, { status: 'LABEL_GENERATED' });
    await remove(id);
    await cancel('O1');
    const lines = logged.mock.calls.map((call) => (call as unknown[])[2] as { orderId?: string });
    expect(lines.map(({ orderId }) => orderId)).toEqual(Array(7).fill('O1'));
  });
});
