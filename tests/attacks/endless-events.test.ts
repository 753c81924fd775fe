import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

const items = [{ productId: 'prod1', quantity: 1 }];
/** ORDER_ADDRESS_CHANGES, where nothing else is said. */
const MOST_CHANGES = 20;

/** Each change of the address is an event for ever, and all of them were read whole: 3000 changes made answers of 18 MB. */
describeDurable('a customer who makes events of an order without end', () => {
  let system: Attacked;
  let id: string;
  let version: number;
  beforeAll(async () => {
    system = await startAttacked();
    const placed = await system.ada.post('/orders', { items, shippingAddress: address });
    ({ id, version } = placed.body);
  });
  afterAll(() => system.stop());

  const move = (street: string) => system.ada.put(`/orders/${id}`, { shippingAddress: { ...address, street } });
  const versionNow = async () => (await system.ada.get(`/orders/${id}`)).body.version as number;

  it('by changing the address to what it is, makes none', async () => {
    for (let i = 0; i < 50; i++) expect((await move(address.street)).status).toBe(200);
    expect(await versionNow()).toBe(version);
  });

  it('by changing the address again and again, makes as many as an order may have', async () => {
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => move('x'.repeat(190) + i)));
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(MOST_CHANGES);
    expect(statuses.filter(({ body }) => body.code === 'ADDRESS_CHANGED_TOO_OFTEN')).toHaveLength(100 - MOST_CHANGES);
    expect(await versionNow()).toBe(version + MOST_CHANGES);
  });

  it('gets them in pages, and never more than 200 at once', async () => {
    const { body } = await system.ada.get(`/orders/${id}/events?limit=10`);
    expect([body.events.length, body.next]).toEqual([10, 10]);
    expect((await system.ada.get(`/orders/${id}/events?limit=100000`)).status).toBe(400);
  });

  it('and asks for all its old states at once, is held back, and nobody else', async () => {
    const bobs = (await system.bob.post('/orders', { items, shippingAddress: address })).body.id;
    const asked = Array.from({ length: 300 }, (_, i) => system.ada.get(`/orders/${id}?version=${1 + (i % version)}`));
    const others = [1, 2, 3].map((of) => system.bob.get(`/orders/${bobs}?version=${of}`));
    for (const { status } of await Promise.all(others)) expect(status).toBe(200);
    const statuses = (await Promise.all(asked)).map(({ status }) => status);
    expect(statuses.every((status) => [200, 429].includes(status))).toBe(true);
    expect(statuses).toContain(200);
    expect((await system.ada.get(`/orders/${id}?version=1`)).body.version).toBe(1);
  });
});
