import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { insideHeaders } from '@oms/shared/contracts/caller';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import type { RunningService } from '@oms/shared/service/process';
import { readConfig } from '../../services/order/src/config.ts';
import { start } from '../../services/order/src/main.ts';
import { Api, type Got } from '../e2e/http.ts';
import type { Person } from '../e2e/signed-in.ts';
import { describeDurable } from '../support/database.ts';
import { type Attacked, INTERNAL_TOKEN, startAttacked } from './system.ts';

const MOST = 10;

let system: Attacked;
let replica: RunningService;
let other: Api;

const cart = (quantity: number, productId = 'prod1') => ({
  items: [{ productId, quantity }],
  autoConfirm: false,
  paymentMethod: 'tok_visa',
});
const place = (who: Person, quantity: number, key?: string) =>
  who.post('/orders', { ...cart(quantity), customerId: who.userId }, key === undefined ? {} : { key });
/** Calls the other replica as the gateway would. */
const placeAtOther = (customer: string, quantity: number): Promise<Got> =>
  other.post('/orders', cart(quantity), { headers: insideHeaders({ kind: 'customer', id: customer }, INTERNAL_TOKEN) });
const unitsOf = (placed: readonly Got[]) =>
  placed.filter(({ status }) => status === 201).reduce((sum, { body }) => sum + (body.items[0].quantity as number), 0);
const heldBy = async (who: Person): Promise<string[]> => {
  const { body } = await who.get('/orders?status=AWAITING_CONFIRMATION&limit=200');
  return body.items.map(({ id }: { id: string }) => id);
};
const letGo = async (who: Person) => {
  for (const id of await heldBy(who)) await who.delete(`/orders/${id}`);
};

describeDurable('a customer who holds stock and never confirms', () => {
  beforeAll(async () => {
    const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/attack_${randomUUID().slice(0, 8)}`;
    const env = { DATABASE_URL, ORDER_HOLD_UNITS: String(MOST) };
    system = await startAttacked(env);
    const names = ['inventory', 'payment', 'shipping', 'product'] as const;
    const urls = Object.fromEntries(names.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, system[name].url]));
    const own = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', INTERNAL_TOKEN };
    replica = await start(readConfig({ ...env, ...urls, ...own }));
    other = new Api(`http://127.0.0.1:${replica.port}`, EVERY_ENDPOINT.order);
  });
  afterAll(async () => {
    await replica.stop();
    await system.stop();
  });

  it('holds no more units than the limit, even through two replicas at once', async () => {
    const placed = await Promise.all(
      Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? place(system.ada, 3) : placeAtOther('ada', 3))),
    );
    expect(unitsOf(placed)).toBe(9);
    const refused = placed.filter(({ status }) => status !== 201);
    for (const { status, body } of refused) {
      expect([status, body]).toEqual([409, expect.objectContaining({ code: 'TOO_MANY_UNCONFIRMED', most: MOST })]);
      expect((await system.ada.get(`/orders/${body.orderId}`)).body.status).toBe('REJECTED');
    }
    expect(refused.at(-1)?.body.held).toBe(9);
    expect(await heldBy(system.ada)).toHaveLength(3);
    expect(
      (
        await system.inventory.get('/inventory/prod1', {
          headers: insideHeaders({ kind: 'operator', id: 'o' }, INTERNAL_TOKEN),
        })
      ).body.reserved,
    ).toBe(9);
  });

  it('is refused a single order over the limit, and a retry has the same answer', async () => {
    const refused = await place(system.bob, MOST + 1, 'too-much');
    expect(refused.body).toMatchObject({ code: 'TOO_MANY_UNCONFIRMED', held: 0 });
    expect((await place(system.bob, MOST + 1, 'too-much')).text).toBe(refused.text);
  });

  it('does not use up the limits of other customers and operators', async () => {
    expect((await place(system.bob, MOST)).status).toBe(201);
    const ordered = await system.operator.post('/orders', { ...cart(MOST + 5), customerId: 'ada' });
    expect(ordered.status).toBe(201);
    await system.operator.delete(`/orders/${ordered.body.id}`);
  });

  it('can hold more after an order is confirmed or cancelled', async () => {
    expect((await place(system.ada, 4)).body).toMatchObject({ code: 'TOO_MANY_UNCONFIRMED', held: 9 });
    const [confirmed, cancelled] = await heldBy(system.ada);
    await system.ada.post(`/orders/${confirmed}/confirm`);
    expect((await place(system.ada, 4)).status).toBe(201);
    await system.ada.delete(`/orders/${cancelled}`);
    expect((await placeAtOther('ada', 3)).status).toBe(201);
    expect((await place(system.ada, 1)).body).toMatchObject({ code: 'TOO_MANY_UNCONFIRMED', held: 10 });
    await letGo(system.ada);
    expect((await place(system.ada, MOST)).status).toBe(201);
  });

  it('leaves no extra documents in lists or in the audit', async () => {
    const { body } = await system.operator.get('/orders?limit=200');
    for (const order of body.items) expect(order).toHaveProperty('status');
    expect((await system.operator.get('/audit')).body).toMatchObject({ balanced: true });
  });
});
