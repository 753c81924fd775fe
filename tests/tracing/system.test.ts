import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import { address } from '../e2e/orders.ts';
import { type Name, type System, startSystem } from '../e2e/system.ts';
import { type Collector, startCollector } from '../servers/span-collector.ts';
import { freePort } from '../support/free-port.ts';
import { Tree } from './tree.ts';

const ALL: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order', 'notification', 'gateway'];
const ORDER = {
  customer: { id: 'C1', name: 'Ada Lovelace', email: 'ada@example.org' },
  items: [{ productId: 'PROD001', quantity: 1 }],
  shippingAddress: address,
  paymentMethod: 'tok_visa',
};

let system: System | undefined;
let collector: Collector;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await system?.stop();
  system = undefined;
  await collector.close();
});
afterAll(() => system?.stop());

async function start(env: Record<string, string>): Promise<System> {
  system = await startSystem(env, ALL);
  return system;
}

const recorded = async (isComplete: (tree: Tree) => boolean): Promise<Tree[]> =>
  eventually(
    () => traces(),
    (all) => all.some(isComplete),
  );

/** Sorted by start time. */
function traces(): Tree[] {
  const byTrace = new Map<string, Tree['spans'][number][]>();
  for (const span of collector.spans) byTrace.set(span.traceId, [...(byTrace.get(span.traceId) ?? []), span]);
  const all = [...byTrace.values()].sort(([a], [b]) => (a?.timestamp ?? 0) - (b?.timestamp ?? 0));
  return all.map((spans) => new Tree(spans));
}

describe('the recorded spans', () => {
  it('make one complete trace for each request until the delivery, without personal data', async () => {
    const { gateway } = await start({ ZIPKIN_URL: collector.url });
    const { id } = (await gateway.post('/orders', ORDER)).body;
    const { shipment } = (await gateway.post(`/orders/${id}/fulfill`, {})).body;
    for (const status of ['IN_TRANSIT', 'DELIVERED']) await gateway.put(`/shipments/${shipment.id}/status`, { status });

    const told = (tree: Tree) => tree.find('send a notification', { 'notification.kind': 'order-delivered' }).length;
    const all = await recorded((tree) => tree.isWhole && told(tree) === 1);
    const byPath = (path: string) => all.filter(({ roots }) => roots[0]?.name === path);
    expect(all.filter(({ isWhole, roots }) => !isWhole || roots.length !== 1).map(({ spans }) => spans)).toEqual([]);
    expect(all.flatMap(({ uncalled }) => uncalled)).toEqual([]);
    expect([byPath('POST /orders/*').length, byPath('PUT /shipments/*').length, all.length]).toEqual([2, 2, 4]);
    const [delivered] = all.flatMap((tree) =>
      tree.find('send a notification', { 'notification.kind': 'order-delivered' }),
    );
    expect(all.at(-1)?.wayTo(delivered as Tree['spans'][number])).toEqual([
      'gateway: PUT /shipments/*',
      'gateway: PUT shipping',
      'shipping: PUT /shipments/{id}/status',
      'shipping: tell of a parcel',
      'shipping: PUT order',
      'order: PUT /orders/{id}/shipment',
      'notification: consume order.status-changed',
      'notification: send a notification',
    ]);
    const everything = collector.bodies.map(({ text }) => text).join();
    expect(everything).toContain(id);
    expect(everything).not.toMatch(
      new RegExp(`\\bada\\b|Lovelace|${address.street}|tok_visa|${shipment.trackingNumber}`, 'i'),
    );
  });

  it('show the undo in the trace of the rejected order', async () => {
    const { gateway } = await start({ ZIPKIN_URL: collector.url });
    expect((await gateway.post('/orders', { ...ORDER, paymentMethod: 'tok_declined' })).status).toBe(402);
    const [tree] = (await recorded((one) => one.isWhole && one.find('undo-reserve-stock').length === 1)) as [Tree];
    const [undone] = tree.find('POST /inventory/release') as [Tree['spans'][number]];
    expect(tree.wayTo(undone).slice(3)).toEqual([
      'order: saga place-order',
      'order: undo-reserve-stock',
      'order: POST inventory',
      'inventory: POST /inventory/release',
    ]);
    expect(tree.find('authorize-payment', { 'saga.step.code': 'PAYMENT_DECLINED' })).toHaveLength(1);
  });

  it('leave out a request whose traceparent says not to sample it', async () => {
    const { gateway } = await start({ ZIPKIN_URL: collector.url });
    const headers = { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-00` };
    const unwanted = (await gateway.post('/orders', ORDER, { headers })).body.id;
    const wanted = (await gateway.post('/orders', ORDER)).body.id;
    const sent = (tree: Tree) => tree.find('send a notification', { 'notification.kind': 'order-confirmed' }).length;
    await recorded((tree) => tree.isWhole && sent(tree) === 1);
    const everything = collector.bodies.map(({ text }) => text).join();
    expect([everything.includes(wanted), everything.includes(unwanted)]).toEqual([true, false]);
  });

  it('are exported when the services stop', async () => {
    const { gateway } = await start({ ZIPKIN_URL: collector.url });
    await gateway.post('/orders', ORDER);
    await system?.stop();
    system = undefined;
    expect(collector.spans.map(({ name }) => name)).toEqual(expect.arrayContaining(['POST /orders', 'POST /orders/*']));
  });
});

describe('orders succeed', () => {
  it.each([
    ['the trace collector is down', async () => ({ ZIPKIN_URL: `http://127.0.0.1:${await freePort()}` })],
    [
      'the trace collector never answers',
      async () => {
        collector.answer = () => {};
        return { ZIPKIN_URL: collector.url };
      },
    ],
  ])('when %s', async (_trouble, env) => {
    const { gateway, order } = await start(await env());
    const answers = await Promise.all(Array.from({ length: 30 }, () => gateway.post('/orders', ORDER)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect((await order.get('/health')).body.status).toBe('UP');
    await system?.stop();
    system = undefined;
  });
});
