import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, startAttacked } from './system.ts';

const items = [{ productId: 'prod1', quantity: 1 }];
/** The default of ORDER_ADDRESS_CHANGES. */
const MOST_CHANGES = 20;

/** Each change of the address is an event for ever. Once, an answer had all of them: 18 MB after 3000 changes. */
describeDurable('a customer who tries to make endless events of an order', () => {
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

  it('makes none by changing the address to the same one', async () => {
    for (let i = 0; i < 50; i++) expect((await move(address.street)).status).toBe(200);
    expect(await versionNow()).toBe(version);
  });

  it('makes a limited number by changing the address again and again', async () => {
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => move('x'.repeat(190) + i)));
    expect(statuses.filter(({ status }) => status === 200)).toHaveLength(MOST_CHANGES);
    expect(statuses.filter(({ body }) => body.code === 'ADDRESS_CHANGED_TOO_OFTEN')).toHaveLength(100 - MOST_CHANGES);
    expect(await versionNow()).toBe(version + MOST_CHANGES);
  });

  it('reads them with pagination, at most 200 on a page', async () => {
    const { body } = await system.ada.get(`/orders/${id}/events?limit=10`);
    expect([body.events.length, body.next]).toEqual([10, 10]);
    expect((await system.ada.get(`/orders/${id}/events?limit=100000`)).status).toBe(400);
  });

  it('is rate-limited when reading many old versions at once, and other customers are not', async () => {
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
