import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryStore } from '@oms/shared/store/memory';
import type { EventQuery, StoredEvent } from '@oms/shared/store/store';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import { until } from '../../../../tests/support/until.ts';
import { ADDRESS, placing, TRACE } from '../../test/order-world.ts';
import type { Decided } from '../domain/events.ts';
import { createOrderMetrics } from './metrics.ts';
import { OrderBook, type OrderDoc } from './order-book.ts';
import { PastOrders, SNAPSHOT_EVERY } from './past-orders.ts';

/** Tells how many events were read, and reads none while it is told to wait. */
class CountingStore extends MemoryStore<OrderDoc> {
  read_ = 0;
  looking = 0;
  most = 0;
  ready: Promise<void> | undefined;

  override async events(query: EventQuery): Promise<StoredEvent[]> {
    this.most = Math.max(this.most, ++this.looking);
    await this.ready;
    const found = await super.events(query);
    this.looking--;
    this.read_ += found.length;
    return found;
  }
}

const EVENTS = 3_000;
let clock: { ms: number };
let store: CountingStore;
let past: PastOrders;
let id: string;
beforeEach(async () => {
  clock = { ms: Date.UTC(2026, 0, 1) };
  const world = { ...realWorld, now: () => clock.ms };
  store = new CountingStore(world);
  past = new PastOrders(store);
  const book = new OrderBook(store, world, createOrderMetrics(createMetrics('order'), store, world));
  id = world.newId(clock.ms);
  await book.decide({ traceId: TRACE }, id, (_none, now) => placing(id)(undefined, now) as { events: Decided[] });
  for (let version = 2; version <= EVENTS; version++) {
    clock.ms += 1_000;
    const shippingAddress = { ...ADDRESS, zip: `${version}` };
    const events: Decided[] = [{ type: 'order.address-changed', data: { shippingAddress } }];
    await book.decide({ traceId: TRACE }, id, () => ({ events }));
  }
});

const at = (version: number, caller = 'ada') =>
  past.rebuilt(caller, { id, version: EVENTS }, (event) => event.version <= version);
const before = (ms: number) => past.rebuilt('ada', { id, version: EVENTS }, (event) => event.at <= ms);

describe('an order as it was', () => {
  it('is what its events said then', async () => {
    for (const version of [1, 99, 100, 101, 2_950, EVENTS]) {
      const order = await at(version);
      expect([order?.version, order?.shippingAddress?.zip]).toEqual([version, version === 1 ? '12345' : `${version}`]);
    }
    expect(await before(Date.UTC(2026, 0, 1) - 1)).toBeUndefined();
    expect((await before(Date.UTC(2026, 0, 1) + 1_500_500))?.version).toBe(1_501);
  });

  it('is read whole once, and after that from the nearest snapshot', async () => {
    await at(EVENTS);
    for (const look of [
      () => at(2_999),
      () => at(1_050),
      () => at(7),
      () => before(Date.UTC(2026, 0, 1) + 2_000_000),
    ]) {
      store.read_ = 0;
      await look();
      expect(store.read_).toBeLessThanOrEqual(SNAPSHOT_EVERY);
    }
  });

  it('leaves nothing in the lists of orders', async () => {
    await at(EVENTS);
    expect((await store.list({ limit: 10 })).items.map((doc) => doc.id)).toEqual([id]);
    expect((await store.list({ limit: 10, newestFirst: true })).items.map((doc) => doc.id)).toEqual([id]);
  });

  it('is still rebuilt where no snapshot can be kept', async () => {
    store.write = () => Promise.reject(new Error('the store is full'));
    expect((await at(2_999))?.version).toBe(2_999);
  });
});

describe('many requests for orders as they were, at once', () => {
  it('take turns, and beyond a limit are refused for now', async () => {
    let go = () => {};
    store.ready = new Promise((resolve) => (go = resolve));
    const looks = Array.from({ length: 100 }, (_, i) => at(5, `caller ${i}`).catch((error) => error.code));
    await until(() => store.looking === 4);
    go();
    const found = await Promise.all(looks);
    expect(store.most).toBe(4);
    expect(found.filter((one) => one === 'SERVICE_UNAVAILABLE')).toHaveLength(36);
    expect(found.filter((one) => one?.version === 5)).toHaveLength(64);
    expect((await at(5))?.version).toBe(5);
  });

  it('are refused to one caller before they delay others', async () => {
    let go = () => {};
    store.ready = new Promise((resolve) => (go = resolve));
    const looks = Array.from({ length: 15 }, () => at(5).catch((error) => [error.status, error.code]));
    const other = at(5, 'bob');
    go();
    const found = await Promise.all(looks);
    expect(found.filter((one) => Array.isArray(one))).toEqual(Array(5).fill([429, 'TOO_MANY_REBUILDS']));
    expect((await other)?.version).toBe(5);
  });
});
