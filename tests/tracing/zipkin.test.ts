import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../e2e/http.ts';
import type { ZipkinSpan } from '../servers/span-collector.ts';
import { describeZipkin, startZipkin, type ZipkinServer } from '../servers/zipkin.ts';
import { processesOf } from '../support/processes.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { Tree } from './tree.ts';

const ALL = ['inventory', 'payment', 'shipping', 'product', 'order', 'notification', 'gateway'];
const PATIENCE_MS = 60_000;
const ADA = { id: 'C1', name: 'Ada Lovelace', email: 'ada@example.org' };
const ADDRESS = { name: ADA.name, street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const ITEMS = [{ productId: 'PROD001', quantity: 1 }];

(process.env.DATABASE_URL_TEST ? describeZipkin : describe.skip)('in Zipkin', () => {
  let zipkin: ZipkinServer;
  let processes: ServiceProcess[] = [];
  beforeAll(async () => {
    zipkin = await startZipkin();
  }, 120_000);
  afterEach(() => {
    for (const one of processes) one.end();
    expect(processes.flatMap(({ diedOfItself }) => diedOfItself)).toEqual([]);
  });
  afterAll(() => zipkin?.stop());

  const database = () => `${process.env.DATABASE_URL_TEST}/tracing_${randomUUID().slice(0, 8)}`;

  async function prepare(names: readonly string[], env: Record<string, string> = {}): Promise<void> {
    const common = { DATABASE_URL: database(), ZIPKIN_URL: zipkin.url, LOG_LEVEL: 'error', SAGA_POLL_MS: '50' };
    processes = await processesOf(names, { ...common, ...env });
  }

  const named = (name: string) => processes.find((one) => one.name === name) as ServiceProcess;
  const start = (...names: readonly string[]) => Promise.all(names.map((name) => named(name).start()));

  async function post(path: string, body: object, client: Client): Promise<{ id: string; status: string }> {
    const headers = { 'Content-Type': 'application/json', traceparent: client.traceparent };
    const answer = await fetch(named('gateway').url + path, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    return (await answer.json()) as { id: string; status: string };
  }

  /** The trace, as soon as it has all expected spans. */
  const traceWith = async (traceId: string, isComplete: (tree: Tree) => boolean): Promise<Tree> =>
    eventually(async () => new Tree(await zipkin.trace(traceId)), isComplete, PATIENCE_MS);

  it('an order is one trace from the client to the last notification, and every span has its parent', async () => {
    await prepare(ALL, { PRICE_FRESH_MS: '0' });
    await start(...ALL);
    const placed = { customer: ADA, items: ITEMS, shippingAddress: ADDRESS };
    // New processes may be too slow for the timeouts of the first order.
    const isConfirmed = ({ status }: { status: string }) => status === 'CONFIRMED';
    await eventually(async () => post('/orders', placed, await beginning(zipkin)), isConfirmed, PATIENCE_MS);
    const client = await beginning(zipkin);
    const order = await post('/orders', placed, client);
    expect(order).toEqual(expect.objectContaining({ status: 'CONFIRMED' }));
    expect(await post(`/orders/${order.id}/fulfill`, {}, client)).toMatchObject({ status: 'SHIPPED' });

    const sent = (tree: Tree) => tree.find('send a notification', { 'notification.outcome': 'sent' });
    const kinds = ['order-confirmed', 'order-received', 'order-shipped', 'payment-received'];
    const tree = await traceWith(client.traceId, (seen) => seen.isWhole && sent(seen).length === 4);
    expect(
      sent(tree)
        .map(({ tags }) => tags['notification.kind'])
        .sort(),
    ).toEqual(kinds);
    expect(tree.roots.map(({ name }) => name)).toEqual(['buy']);
    expect(tree.uncalled).toEqual([]);
    expect(tree.services).toEqual(new Set(['client', ...ALL]));

    const [shipped] = tree.find('send a notification', { 'notification.kind': 'order-shipped' });
    expect(tree.wayTo(shipped as ZipkinSpan)).toEqual([
      'client: buy',
      'gateway: post /orders/*',
      'gateway: post order',
      'order: post /orders/{id}/fulfill',
      'order: saga fulfil-order',
      'order: write',
      'notification: consume order.status-changed',
      'notification: send a notification',
    ]);
    const [captured] = tree.find('post /payments/capture');
    expect(tree.wayTo(captured as ZipkinSpan).slice(4)).toEqual([
      'order: saga fulfil-order',
      'order: capture-payment',
      'order: post payment',
      'payment: post /payments/capture',
    ]);
    for (const { tags } of tree.find('write')) expect(tags['db.system.name']).toBe('postgresql');
    expect(JSON.stringify(tree.spans)).not.toMatch(/ada@|Lovelace|Main St|tok_/);
  }, 180_000);

  it('the order of a killed runner goes on in its trace, below the last write of that runner', async () => {
    const env = { SAGA_LEASE_MS: '1500', PROVIDER_LATENCY_MS: '3000', PRODUCT_SERVICE_URL: 'none' };
    await prepare([...ALL, 'order-2'], env);
    await start(...ALL);
    const client = await beginning(zipkin);
    const items = ITEMS.map((item) => ({ ...item, price: 10 }));
    const answered = post('/orders', { customer: ADA, items }, client).catch(() => undefined);
    const half = await traceWith(client.traceId, (seen) => seen.find('reserve-stock').length === 1);
    expect(await named('order').kill()).toBe(true);
    await answered;
    await start('order-2');

    const confirmed = (tree: Tree) => tree.find('send a notification', { 'notification.kind': 'order-confirmed' });
    const resuming = (tree: Tree) => tree.find('take up an overdue order');
    const tree = await traceWith(client.traceId, (seen) => confirmed(seen).length + resuming(seen).length === 2);
    const [resumed] = resuming(tree) as [ZipkinSpan];
    const [killed] = half.find('reserve-stock') as [ZipkinSpan];
    expect(resumed.tags['service.instance.id']).not.toBe(killed.tags['service.instance.id']);
    expect(tree.wayTo(confirmed(tree)[0] as ZipkinSpan)).toEqual([
      'order: write',
      'order: take up an overdue order',
      'order: saga place-order',
      'order: write',
      'notification: consume order.status-changed',
      'notification: send a notification',
    ]);
    // A killed process does not export what was under way: the request, the saga, and the call of the payment service.
    const lost = new Set(tree.orphans.map(({ name }) => name));
    expect(lost).toEqual(new Set(['write', 'reserve-stock', 'post /payments/authorize']));
    expect(tree.orphans.every(({ timestamp }) => timestamp < resumed.timestamp)).toBe(true);
    expect(tree.roots.map(({ name }) => name)).toEqual(['buy']);
  }, 180_000);
});

interface Client {
  traceId: string;
  traceparent: string;
}

/** A client that records traces itself, and exports its own spans to Zipkin. */
async function beginning(zipkin: ZipkinServer): Promise<Client> {
  const [traceId, id] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  const span = { traceId, id, name: 'buy', timestamp: Date.now() * 1_000, duration: 1 };
  await zipkin.tell({ ...span, localEndpoint: { serviceName: 'client' } });
  return { traceId, traceparent: `00-${traceId}-${id}-01` };
}
