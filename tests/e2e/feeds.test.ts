import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { feedVariables } from '@oms/shared/events/feed-source';
import type { EventSource } from '@oms/shared/events/hand-over';
import { openEventSource } from '@oms/shared/events/open';
import { breakerSettings } from '@oms/shared/resilience/breaker-config';
import { Peers } from '@oms/shared/resilience/peers';
import { parseEnv } from '@oms/shared/service/config';
import { MemoryStore } from '@oms/shared/store/memory';
import type { Store } from '@oms/shared/store/store';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import { eventually } from './http.ts';
import { confirmed } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

let system: System;
let ends: (() => Promise<unknown>)[];
beforeEach(() => {
  ends = [];
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
});

async function start(...names: Name[]): Promise<void> {
  system = await startSystem({}, names);
  ends.push(() => system.stop());
}

type Handle = (events: readonly CloudEvent[]) => Promise<void>;

/** Reads the feeds of these services like a service with this store. */
async function follow(names: ('order' | 'inventory' | 'payment')[], store: Store<unknown>, before: Handle) {
  const log = createLogger('reader', 'silent');
  const logged = { warn: jest.spyOn(log, 'warn'), info: jest.spyOn(log, 'info') };
  const parts = { service: 'reader', world: realWorld, log, metrics: createMetrics('reader') };
  const peers = new Peers(parts);
  const services = Object.fromEntries(names.map((name) => [name, [system[name].url]]));
  const breaker = breakerSettings('feeds', parseEnv(feedVariables, {}));
  const source: EventSource = await openEventSource({ ...parts, group: 'reader', services, peers, breaker, store });
  const seen: CloudEvent[] = [];
  await source.start(async (events) => {
    await before(events);
    seen.push(...events);
  });
  ends.push(async () => {
    await source.stop();
    await peers.close();
  });
  return {
    source,
    seen,
    logged,
    readings: () => logged.warn.mock.calls.filter(([what]) => /^reading/.test(String(what))),
  };
}

const atOnce: Handle = async () => {};
const memory = () => new MemoryStore<unknown>(realWorld);
const add = (productId = 'PROD001', quantity = 1) => system.inventory.put(`/inventory/${productId}`, { quantity });
const idsOf = (events: readonly CloudEvent[]) => events.map(({ id }) => id);
const count = (seen: readonly CloudEvent[], wanted: number) =>
  eventually(
    () => idsOf(seen),
    ({ length }) => length >= wanted,
  );

describe('a reader of feeds', () => {
  it('gets past and new events, in order', async () => {
    await start('order', 'inventory', 'payment', 'shipping');
    const first = await confirmed(system);
    const { seen } = await follow(['order', 'inventory', 'payment'], memory(), atOnce);
    const typesOf = (orderId: string) => {
      const of = seen.filter(({ subject }) => subject === orderId);
      return ['/order', '/inventory', '/payment'].map((source) =>
        of.filter((event) => event.source === source).map(({ type }) => type),
      );
    };
    const all = [['order.placed', 'order.status-changed'], ['stock.reserved'], ['payment.authorized']];
    await eventually(
      () => typesOf(first),
      (types) => types.flat().length === 4,
    );
    expect(typesOf(first)).toEqual(all);

    const second = await confirmed(system);
    await eventually(
      () => typesOf(second),
      (types) => types.flat().length === 4,
    );
    expect(typesOf(second)).toEqual(all);
    expect(seen).toHaveLength(8);
    expect(seen.find(({ type }) => type === 'order.placed')?.data).toMatchObject({ orderId: first, total: 29.99 });
  });

  it('continues at its bookmark after a restart', async () => {
    await start('inventory');
    const store = memory();
    for (let i = 0; i < 250; i++) await add();
    const before = await follow(['inventory'], store, atOnce);
    await count(before.seen, 250);
    await before.source.stop();
    await add('PROD002');
    const after = await follow(['inventory'], store, atOnce);
    await count(after.seen, 1);
    expect(idsOf(after.seen)).toEqual(['product/PROD002:1']);
    expect(before.seen.map(({ sequence }) => Number(sequence))).toEqual(Array.from({ length: 250 }, (_, i) => i + 1));
  });

  it('stops at once while it waits for the next event', async () => {
    await start('inventory');
    const { source, seen } = await follow(['inventory'], memory(), atOnce);
    await add();
    await count(seen, 1);
    const waited = system.inventory.get('/events?after=end', { headers: { Prefer: 'wait=5' } }).then(() => 'waited');
    expect(await Promise.race([source.stop(), waited])).toBeUndefined();
    await add();
    expect(seen).toHaveLength(1);
  });
});

describe('a handler that rejects', () => {
  it('gets the same event again before any later one', async () => {
    await start('inventory');
    const attempts: string[][] = [];
    const { seen, readings, logged } = await follow(['inventory'], memory(), async (events) => {
      attempts.push(idsOf(events));
      if (attempts.length <= 3) throw new Error('not yet');
    });
    await add();
    await count(seen, 1);
    await add();
    await count(seen, 2);
    expect(idsOf(seen)).toEqual(['product/PROD001:1', 'product/PROD001:2']);
    expect(attempts.slice(0, 4).map(([first]) => first)).toEqual(Array(4).fill('product/PROD001:1'));
    expect(readings()).toMatchObject([
      [expect.any(String), { reader: 'feed:inventory', error: { message: 'not yet' } }],
    ]);
    expect(logged.info.mock.calls).toEqual([['reading events goes on', { reader: 'feed:inventory' }]]);
  });
});

describe('a service that is down', () => {
  it('does not delay the events of others', async () => {
    await start('inventory', 'payment');
    await system.kill('payment');
    const { seen, readings } = await follow(['payment', 'inventory'], memory(), atOnce);
    await add();
    await count(seen, 1);
    await eventually(readings, ({ length }) => length === 1);
    await system.revive('payment');
    await system.payment.post('/payments/authorize', { orderId: 'o1', amount: 5, paymentMethod: 'tok_visa' });
    await count(seen, 2);
    expect(seen.map(({ type }) => type)).toEqual(['stock.added', 'payment.authorized']);
    expect(readings()).toMatchObject([[expect.any(String), { reader: 'feed:payment' }]]);
  });
});

describe('a service with a topic, but without a broker', () => {
  it('reports no lag of its outbox', async () => {
    await start('inventory', 'notification');
    await add();
    expect((await system.inventory.get('/metrics')).text).toMatch(/^outbox_lag_seconds\{service="inventory"\} 0$/m);
    expect((await system.notification.get('/metrics')).text).not.toContain('outbox_lag_seconds');
  });
});
