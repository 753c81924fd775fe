import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { address } from '../e2e/orders.ts';
import type { Person } from '../e2e/signed-in.ts';
import { describeDurable } from '../support/database.ts';
import { until } from '../support/until.ts';
import { type Attacked, startAttacked } from './system.ts';

const items = [{ productId: 'prod1', quantity: 1 }];
/** The default of STREAMS_PER_CALLER. */
const MOST = 20;

/** Once, each stream queried the database after every event of any order: a thousand streams slowed everybody down. */
describeDurable('a customer who opens many event streams and leaves them open', () => {
  let system: Attacked;
  let orders: string[];
  const open: { leave(): void }[] = [];
  beforeAll(async () => {
    system = await startAttacked();
    const placed = [1, 2].map(() => system.ada.post('/orders', { items, shippingAddress: address }));
    orders = (await Promise.all(placed)).map(({ body }) => body.id as string);
  });
  afterEach(() => open.splice(0).forEach((stream) => void stream.leave()));
  afterAll(() => system.stop());

  async function stream(person: Person, path: string, base = system.gateway.url) {
    const headers = { ...person.headers, Accept: 'text/event-stream' };
    const req = request(base + path, { headers }).end();
    req.on('error', () => {});
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const one = { status: res.statusCode, text: '', ended: false, leave: () => void req.destroy() };
    res.setEncoding('utf8').on('data', (chunk) => (one.text += chunk));
    res.on('end', () => (one.ended = true)).on('error', () => {});
    open.push(one);
    return one;
  }
  const many = (person: Person, count: number) =>
    Promise.all(Array.from({ length: count }, (_, i) => stream(person, `/orders/${orders[i % 2]}/events`)));
  /** All that a caller may have. A closed stream counts until the gateway notices. */
  async function all(person: Person) {
    const streams: Awaited<ReturnType<typeof many>> = [];
    await until(async () => {
      const opened = await many(person, MOST - streams.length);
      streams.push(...opened.filter(({ status }) => status === 200));
      return streams.length === MOST;
    });
    return streams;
  }
  const counted = (streams: { status: number | undefined }[]) =>
    [200, 429].map((status) => streams.filter((one) => one.status === status).length);

  it('gets 429 for each stream over the limit, whatever its order', async () => {
    expect(counted(await many(system.ada, 60))).toEqual([MOST, 40]);
  });

  it('blocks neither other callers nor their own reads', async () => {
    await many(system.ada, 60);
    const placed = await system.bob.post('/orders', { items, shippingAddress: address });
    expect(placed.status).toBe(201);
    expect((await stream(system.bob, `/orders/${placed.body.id}/events`)).status).toBe(200);
    expect((await system.ada.get(`/orders/${orders[0]}/events`)).status).toBe(200);
  });

  it('can open new streams when old ones end, as they do with their order', async () => {
    const streams = await all(system.ada);
    expect((await stream(system.ada, `/orders/${orders[0]}/events`)).status).toBe(429);
    for (const id of orders) expect((await system.ada.post(`/orders/${id}/cancel`, {})).status).toBe(200);
    await until(() => streams.every(({ ended, text }) => ended && text.endsWith('event: end\ndata: {}\n\n')));
    await until(async () => (await stream(system.ada, `/orders/${orders[0]}/events`)).status === 200);
  });

  describe('who goes past the gateway', () => {
    it('is refused by the service', async () => {
      const direct = await stream(system.ada, `/orders/${orders[0]}/events`, system.order.url);
      expect(direct.status).toBe(401);
    });
  });
});
