import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { TOPICS } from '@oms/shared/contracts/cloud-events';
import { json, startTarget, type Target } from '../support/call-target.ts';
import { describeDurable } from '../support/database.ts';
import { isGenuine } from '../support/standard-webhooks.ts';
import { eventually } from './http.ts';
import { address, confirmed, reaches } from './orders.ts';
import { type Person, signedIn } from './signed-in.ts';
import { type Name, type System, startSystem } from './system.ts';

const NAMES: Name[] = ['order', 'inventory', 'payment', 'shipping', 'notification'];
const GUARDED = { AUTH_MODE: 'jwt', AUTH_TOKENS: 'true', INTERNAL_TOKEN: 'a-token-that-all-services-share' };

let receiver: Target;
let system: System;
const prepare = async (env: Record<string, string>, names: Name[] = NAMES) => {
  receiver = await startTarget();
  system = await startSystem({ WEBHOOK_PRIVATE_ADDRESSES: 'true', ...env }, names);
};
const tidy = async () => {
  await system.stop();
  await receiver.close();
};

const eventIn = ({ body }: Target['requests'][number]): CloudEvent => JSON.parse(body);
const events = () => receiver.requests.map(eventIn);
/** What an integrator keeps: each event once, by its id, in the order in which it came first. */
const kept = () => [...new Map(receiver.requests.map((one) => [one.headers['webhook-id'], eventIn(one)])).values()];
const ofOrder = (id: string) => kept().filter(({ subject }) => subject === id);
const received = (id: string, type: string, more: object = {}) =>
  eventually(
    () => ofOrder(id),
    (all) =>
      all.some((one) => one.type === type && Object.entries(more).every(([key, value]) => one.data[key] === value)),
  );

describe('an operator', () => {
  let admin: Person;
  beforeEach(async () => {
    await prepare(GUARDED, [...NAMES, 'gateway']);
    admin = await signedIn(system, 'eve', 'admin');
  });
  afterEach(tidy);

  it('has a shop told of its orders, which can verify and follow each from its placing to its return', async () => {
    const { status, body } = await admin.post('/webhooks', { url: `${receiver.url}/hook`, events: ['*'] });
    expect(status).toBe(201);
    const ada = await signedIn(system, 'ada');
    const items = [{ productId: 'PROD001', quantity: 2, price: 29.99 }];
    const { id } = (await ada.post('/orders', { items, shippingAddress: address })).body;
    const { shipment } = (await admin.post(`/orders/${id}/fulfill`)).body;
    for (const next of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'])
      await admin.put(`/shipments/${shipment.id}/status`, { status: next });
    await received(id, 'order.status-changed', { newStatus: 'DELIVERED' });
    await ada.post(`/orders/${id}/return`);
    await received(id, 'order.status-changed', { newStatus: 'RETURNED' });
    await received(id, 'payment.refunded');

    for (const request of receiver.requests) {
      expect(request.path).toBe('/hook');
      expect(await isGenuine(request, body.secret)).toBe(true);
      expect(await isGenuine({ ...request, body: request.body.replace(id, 'another') }, body.secret)).toBe(false);
    }
    const types: Record<string, { parse(data: unknown): unknown }> = {
      ...{ ...TOPICS.order.types, ...TOPICS.payment.types, ...TOPICS.shipping.types },
    };
    for (const { type, data } of events()) expect(types[type]?.parse(data)).toEqual(data);
    const statuses = ofOrder(id).filter(({ type }) => type === 'order.status-changed');
    expect(statuses.map(({ data }) => data.newStatus)).toEqual(['CONFIRMED', 'SHIPPED', 'DELIVERED', 'RETURNED']);
    const deliveries = await eventually(
      () => admin.get(`/webhooks/${body.id}/deliveries?status=DELIVERED&limit=200`),
      (got) => got.body.items.length === kept().length,
    );
    expect(deliveries.body.items.map(({ eventId }: { eventId: string }) => eventId).sort()).toEqual(
      kept()
        .map((event) => event.id)
        .sort(),
    );
  });

  it('alone has webhooks: neither customers nor checkouts may see or make one', async () => {
    const { body } = await admin.post('/webhooks', { url: receiver.url, events: ['order.*'] });
    for (const role of ['customer', 'checkout']) {
      const other = await signedIn(system, 'bob', role);
      const answers = [
        await other.post('/webhooks', { url: receiver.url, events: ['*'] }),
        await other.get('/webhooks'),
        await other.get(`/webhooks/${body.id}/deliveries`),
        await other.post(`/webhooks/${body.id}/rotate-secret`),
        await other.delete(`/webhooks/${body.id}`),
      ];
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    }
    expect((await system.gateway.get('/webhooks')).status).toBe(401);
    const { items } = (await admin.get('/api/webhooks')).body;
    expect(items).toMatchObject([{ id: body.id, status: 'ACTIVE' }]);
    expect(JSON.stringify(items)).not.toContain('whsec_');
  });
});

describeDurable('with PostgreSQL, a webhook', () => {
  beforeEach(() => prepare({ DATABASE_URL: `${process.env.DATABASE_URL_TEST}/e2e_${randomUUID().slice(0, 8)}` }));
  afterEach(tidy);

  it('gets what happened while its receiver failed, and while the notification service was down, once each', async () => {
    receiver.answer = (_, res) => json(res, 503, {});
    const hook = (await system.notification.post('/webhooks', { url: receiver.url, events: ['order.*'] })).body;
    const first = await confirmed(system);
    await eventually(
      () => receiver.requests.length,
      (count) => count > 0,
    );
    await system.kill('notification');
    const second = await confirmed(system);
    await system.order.post(`/orders/${first}/fulfill`);
    await reaches(system, first, 'SHIPPED');

    const failed = receiver.requests.length;
    receiver.answer = (_, res) => json(res, 200, {});
    await system.revive('notification');
    for (const [id, last] of [
      [first, 'SHIPPED'],
      [second, 'CONFIRMED'],
    ] as const) {
      await received(id, 'order.status-changed', { newStatus: last });
    }
    const taken = receiver.requests.slice(failed).map(({ headers }) => headers['webhook-id']);
    expect(taken.length).toBe(new Set(taken).size);
    expect(ofOrder(first).map(({ type, data }) => data.newStatus ?? type)).toEqual([
      'order.placed',
      'CONFIRMED',
      'SHIPPED',
    ]);
    expect((await system.notification.get(`/webhooks/${hook.id}`)).body.status).toBe('ACTIVE');

    const from = events()[0]?.time;
    const before = receiver.requests.length;
    expect((await system.notification.post(`/webhooks/${hook.id}/replay`, { from })).status).toBe(202);
    await eventually(
      () => receiver.requests.length,
      (count) => count === before + 5,
    );
    expect(new Set(receiver.requests.slice(before).map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set(taken),
    );
  });
});
