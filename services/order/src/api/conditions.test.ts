import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Got, Sent } from '../../../../tests/e2e/http.ts';
import { address, confirmed, reaches, shipped } from '../../../../tests/e2e/orders.ts';
import { type System, startSystem } from '../../../../tests/e2e/system.ts';

let system: System;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(() => system.stop());

const ifMatch = (tag: string): Sent => ({ headers: { 'If-Match': tag } });
const tagOf = async (id: string) => (await system.order.get(`/orders/${id}`)).headers.get('etag') as string;
const outcome = ({ status, body }: Got) => [status, body.code];
const elsewhere = { shippingAddress: { ...address, city: 'Shelbyville' } };

const held = async () => {
  const items = [{ productId: 'prod1', quantity: 1, price: 1 }];
  return (await system.order.post('/orders', { customerId: 'ada', items, autoConfirm: false })).body.id as string;
};
const delivered = async () => {
  const { id, shipmentId } = await shipped(system);
  for (const status of ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']) {
    await system.shipping.put(`/shipments/${shipmentId}/status`, { status });
  }
  await reaches(system, id, 'DELIVERED');
  return id;
};
const plain = () => confirmed(system);

const writes: [what: string, made: () => Promise<string>, send: (id: string, sent: Sent) => Promise<Got>][] = [
  ['PUT /orders/:id', plain, (id, sent) => system.order.put(`/orders/${id}`, elsewhere, sent)],
  ['confirm', held, (id, sent) => system.order.post(`/orders/${id}/confirm`, undefined, sent)],
  ['process', plain, (id, sent) => system.order.post(`/orders/${id}/process`, undefined, sent)],
  ['fulfill', plain, (id, sent) => system.order.post(`/orders/${id}/fulfill`, elsewhere, sent)],
  ['cancel', plain, (id, sent) => system.order.post(`/orders/${id}/cancel`, {}, sent)],
  ['DELETE', plain, (id, sent) => system.order.delete(`/orders/${id}`, sent)],
  ['return', delivered, (id, sent) => system.order.post(`/orders/${id}/return`, {}, sent)],
  ['PUT status', plain, (id, sent) => system.order.put(`/orders/${id}/status`, { status: 'PROCESSING' }, sent)],
  ['PUT status', plain, (id, sent) => system.order.put(`/orders/${id}/status`, { status: 'CANCELLED' }, sent)],
];

describe('a write with If-Match', () => {
  it.each(writes)('%s is 412 and does nothing if the order has changed meanwhile', async (_what, made, send) => {
    const id = await made();
    const before = await system.order.get(`/orders/${id}`);
    for (const tag of [
      '"999"',
      `"${before.body.version - 1}"`,
      `W/${await tagOf(id)}`,
      '',
      String(before.body.version),
    ]) {
      expect(outcome(await send(id, ifMatch(tag)))).toEqual([412, 'PRECONDITION_FAILED']);
    }
    expect((await system.order.get(`/orders/${id}`)).text).toBe(before.text);
  });

  it.each(writes)('%s is carried out if it has not', async (_what, made, send) => {
    const id = await made();
    expect((await send(id, ifMatch(`"999", ${await tagOf(id)}`))).status).toBe(200);
  });

  it('is decided in the write: of many with one tag, one is carried out', async () => {
    const id = await confirmed(system);
    const tag = await tagOf(id);
    const changes = Array.from({ length: 8 }, (_, i) => {
      const shippingAddress = { ...address, city: `City ${i}` };
      return system.order.put(`/orders/${id}`, { shippingAddress }, ifMatch(tag));
    });
    const statuses = (await Promise.all(changes)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
  });

  it('is answered as the first time when it is repeated with its key', async () => {
    const id = await confirmed(system);
    const sent = { ...ifMatch(await tagOf(id)), key: 'once' };
    const first = await system.order.put(`/orders/${id}`, elsewhere, sent);
    const again = await system.order.put(`/orders/${id}`, elsewhere, sent);
    expect([first.status, again.text]).toEqual([200, first.text]);
  });

  it('tells nobody about the order of another', async () => {
    const id = await confirmed(system);
    const sent = { headers: { 'If-Match': '"999"', 'X-Caller': 'customer:somebody-else' } };
    expect(outcome(await system.order.delete(`/orders/${id}`, sent))).toEqual([404, 'ORDER_NOT_FOUND']);
  });
});

describe('a read with If-None-Match', () => {
  const asked = (tag: string): Sent => ({ headers: { 'If-None-Match': tag } });

  it('is 304, and nothing else, if the order is still the same', async () => {
    const id = await confirmed(system);
    const tag = await tagOf(id);
    for (const known of [tag, `"0", ${tag}`, `W/${tag}`, '*']) {
      const { status, text, headers } = await system.order.get(`/orders/${id}`, asked(known));
      expect([status, text, headers.get('etag')]).toEqual([304, '', tag]);
    }
  });

  it('is the order if it has changed', async () => {
    const id = await confirmed(system);
    const tag = await tagOf(id);
    await system.order.put(`/orders/${id}`, elsewhere);
    expect((await system.order.get(`/orders/${id}`, asked(tag))).status).toBe(200);
  });
});

describe('an operator who repairs a saga with If-Match', () => {
  it.each(['retry', 'compensate', 'resolve'])(
    'does nothing by %s to an order that has changed meanwhile',
    async (how) => {
      const id = await confirmed(system);
      const sent = await system.order.post(`/sagas/${id}/${how}`, { note: 'by hand' }, ifMatch('"999"'));
      expect(outcome(sent)).toEqual([412, 'PRECONDITION_FAILED']);
      const meant = await system.order.post(`/sagas/${id}/${how}`, { note: 'by hand' }, ifMatch(await tagOf(id)));
      expect(outcome(meant)).toEqual([409, 'NO_SAGA']);
    },
  );
});
