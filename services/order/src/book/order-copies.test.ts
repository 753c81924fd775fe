import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { STORE_MIGRATIONS } from '@oms/shared/store/migrate';
import { PostgresStore } from '@oms/shared/store/postgres';
import { createLogger } from '@oms/shared/telemetry/logger';
import { createMetrics, type Metrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import { type RedisServer, startRedis, tellRedis } from '../../../../tests/servers/redis.ts';
import { freshDatabase } from '../../../../tests/support/database.ts';
import { describeCopies } from '../../../../tests/support/redis.ts';
import { until } from '../../../../tests/support/until.ts';
import { ADDRESS, placing, TRACE } from '../../test/order-world.ts';
import type { Decided } from '../domain/events.ts';
import { createOrderMetrics } from './metrics.ts';
import { openCopies } from './open-copies.ts';
import { OrderBook, type OrderDoc } from './order-book.ts';
import { OLDEST_MS, type OrderCopies } from './order-copies.ts';
import { rebuildOrders } from './rebuild.ts';

const log = createLogger('order', 'silent');

/** A process of the order service, as far as it reads and writes orders. */
interface Replica {
  book: OrderBook;
  store: PostgresStore<OrderDoc>;
  copies: OrderCopies;
  metrics: Metrics;
}

let redis: RedisServer;
let url: string;
let clockAheadMs: number;
let closing: (() => unknown)[];
let one: Replica;
let other: Replica;

const world = { ...realWorld, now: () => Date.now() + clockAheadMs };

async function replica(): Promise<Replica> {
  const store = new PostgresStore<OrderDoc>(url);
  const metrics = createMetrics('order');
  const copies = (await openCopies({ store, metrics, log, world }, redis.url)) as OrderCopies;
  closing.push(() => store.close().finally(() => copies.close()));
  return {
    store,
    copies,
    metrics,
    book: new OrderBook(store, world, createOrderMetrics(metrics, store, world), copies),
  };
}

async function begin(): Promise<void> {
  clockAheadMs = 0;
  closing = [];
  redis = await startRedis();
  url = await freshDatabase([STORE_MIGRATIONS, new URL('../../migrations/', import.meta.url)]);
  one = await replica();
  other = await replica();
}

async function end(): Promise<void> {
  for (const close of closing) await close();
  await redis.kill();
}

async function place(): Promise<string> {
  const id = realWorld.newId(realWorld.now());
  await one.book.decide({ traceId: TRACE }, id, (_none, now) => placing(id)(undefined, now) as { events: Decided[] });
  return id;
}

const change = (id: string, by = one) =>
  by.book.decide({ traceId: TRACE }, id, () => ({
    events: [{ type: 'order.address-changed', data: { shippingAddress: ADDRESS } }],
  }));

const versionAt = async ({ book }: Replica, id: string) => (await book.look(id, true))?.version;
const tell = (command: string) => tellRedis(redis.url, command);
/** Redis carries out a script that it knows in the order of the calls. */
async function placeKnowingScripts(): Promise<string> {
  await change(await placedAndKept());
  return place();
}
/** In milliseconds, as Redis sees it. */
const now = async () => {
  const [seconds, micros] = [...(await tell('TIME')).matchAll(/^\d+/gm)].map(Number) as [number, number];
  return seconds * 1_000 + micros / 1_000;
};
const kept = (id: string) => tell(`GET order:copy:${id}`);
const isKept = async (id: string) => (await kept(id)).includes('{');
/** Read by one replica, and kept for all. */
async function placedAndKept(): Promise<string> {
  const id = await place();
  await one.book.look(id, true);
  await until(() => isKept(id));
  return id;
}
async function readsOf({ metrics }: Replica): Promise<Record<string, number>> {
  const values = (await metrics.registry.getSingleMetric('order_copy_reads_total')?.get())?.values ?? [];
  return Object.fromEntries(values.map(({ labels, value }) => [labels.outcome, value]));
}
/** Looks at an order; what was read in the store comes back only when `go` is called. */
async function slowLook({ book, store }: Replica, id: string) {
  const read = store.read.bind(store);
  const hold = { isRead: false, go: () => {} };
  const held = new Promise<void>((resolve) => {
    hold.go = resolve;
  });
  store.read = async (wanted) => {
    const doc = await read(wanted);
    hold.isRead = true;
    await held;
    return doc;
  };
  const looking = book.look(id, true);
  await until(() => hold.isRead);
  store.read = read;
  return () => {
    hold.go();
    return looking;
  };
}

describeCopies('an order that is looked at', () => {
  beforeEach(begin);
  afterEach(end);

  it('is read from the store once, and then from its copy by every replica', async () => {
    const id = await placedAndKept();
    const { order } = await one.book.existing(id);
    for (const { store } of [one, other]) store.read = async () => undefined;
    expect(await one.book.look(id, true)).toEqual(JSON.parse(JSON.stringify(order)));
    expect(await versionAt(other, id)).toBe(1);
    expect([await readsOf(one), await readsOf(other)]).toEqual([{ miss: 1, hit: 1 }, { hit: 1 }]);
    expect(await one.book.read(id)).toBeUndefined();
  });

  it('is shown as it is after each write, whichever replica wrote it', async () => {
    const id = await placedAndKept();
    for (let version = 2; version < 12; version++) {
      const writer = version % 2 ? one : other;
      await change(id, writer);
      expect(await Promise.all([one, other].map((reader) => versionAt(reader, id)))).toEqual([version, version]);
      await until(() => isKept(id));
    }
  });

  it('has no copy any more before its change is committed, so that nothing can be told of it earlier', async () => {
    const id = await placedAndKept();
    const told: (string | undefined)[] = [];
    one.store.beforeChanges(async (versions) => {
      await one.copies.fence(versions);
      told.push((await kept(id)).trim(), String((await other.store.read(id))?.version));
    });
    await change(id);
    expect(told).toEqual(['$1\r\n2', '1']);
  });

  it('keeps no copy of an older version that somebody read while it was changed', async () => {
    const id = await placeKnowingScripts();
    const go = await slowLook(other, id);
    await change(id);
    expect((await go())?.version).toBe(1);
    // What this replica sends later arrives later.
    expect(await versionAt(other, id)).toBe(2);
    expect(await versionAt(one, id)).toBe(2);
  });

  it('keeps no copy of what was read too long ago', async () => {
    const id = await placeKnowingScripts();
    const go = await slowLook(other, id);
    const asked = await now();
    await until(async () => (await now()) > asked + 1_000);
    await go();
    // What this replica sends later arrives later.
    await other.copies.fence(new Map([['another', 1]]));
    expect(await isKept(id)).toBe(false);
    expect(await versionAt(other, id)).toBe(1);
    await until(() => isKept(id));
    expect(Number((await tell(`PTTL order:copy:${id}`)).slice(1))).toBeLessThanOrEqual(OLDEST_MS);
  });

  it('is read from the store for a client who wants no copy, and its copy is made anew', async () => {
    const id = await placedAndKept();
    await tell(`SET order:copy:${id} 1{}`);
    expect((await one.book.look(id, false))?.version).toBe(1);
    await until(async () => (await kept(id)).includes('PENDING'));
    expect(await readsOf(one)).toEqual({ miss: 1, passed_by: 1 });
  });

  it('has no copy if it does not exist', async () => {
    expect(await one.book.look('nothing', true)).toBeUndefined();
    expect(await kept('nothing')).toBe('$-1\r\n');
  });

  it('is shown corrected at once after a rebuild, which makes no new version', async () => {
    const id = await place();
    const tampered = (docs: { get(id: string): { data: OrderDoc } | undefined }) => {
      const { data } = docs.get(id) as { data: OrderDoc };
      return { put: [{ id, data: { ...data, order: { ...data.order, totalCents: 1 } } }] };
    };
    await one.store.write([id], undefined, tampered);
    const go = await slowLook(other, id);
    expect((await rebuildOrders(one.store, world.now, true, one.copies)).remaining).toEqual([]);
    expect((await go())?.totalCents).toBe(1);
    expect((await other.book.look(id, true))?.totalCents).toBe(2_000);
  });
});

describeCopies('with a Redis that', () => {
  beforeEach(begin);
  afterEach(end);

  const works = async (id: string, version: number) => {
    await change(id);
    expect(await versionAt(one, id)).toBe(version);
  };

  it('is down, orders are written and read in the store, and from copies again once it is back', async () => {
    const id = await placedAndKept();
    await redis.kill();
    await works(id, 2);
    await works(id, 3);
    expect((await readsOf(one)).unavailable).toBe(2);
    await redis.start();
    await until(async () => (await versionAt(one, id)) && (clockAheadMs += OLDEST_MS) && (await readsOf(one)).hit);
    await works(id, 4);
  });

  it('hangs, everybody waits once at most', async () => {
    const id = await placedAndKept();
    await tell('CLIENT PAUSE 3000 ALL');
    await works(id, 2);
    for (let version = 3; version < 50; version++) await works(id, version);
    expect((await readsOf(one)).unavailable).toBe(48);
  });

  it('was lost for a moment, no replica believes copies of before, which others may have failed to drop', async () => {
    const id = await placedAndKept();
    const news = jest.spyOn(log, 'info');
    await tell('CLIENT KILL TYPE normal');
    await until(() => news.mock.calls.length === 2);
    expect(await versionAt(one, id)).toBe(1);
    expect(await readsOf(one)).toEqual({ miss: 1, unavailable: 1 });
    clockAheadMs = OLDEST_MS;
    expect(await versionAt(one, id)).toBe(1);
    expect(await readsOf(one)).toMatchObject({ hit: 1, unavailable: 1 });
  });

  it.each([
    ['a list', 'RPUSH'],
    ['nonsense', 'SET'],
  ])('has %s in the place of a copy, the store is read, and the copy made anew', async (_what, command) => {
    const id = await place();
    await tell(`${command} order:copy:${id} {nonsense`);
    expect(await versionAt(one, id)).toBe(1);
    await until(async () => (await kept(id)).includes('PENDING'));
    await works(id, 2);
  });

  it('is full, copies are still dropped', async () => {
    const id = await placedAndKept();
    await tell('CONFIG SET maxmemory 1');
    await works(id, 2);
    expect(await versionAt(other, id)).toBe(2);
    await works(id, 3);
  });

  it('takes no writes, orders are read from the store', async () => {
    const id = await placedAndKept();
    await tell('REPLICAOF 127.0.0.1 1');
    await works(id, 2);
    expect((await readsOf(one)).unavailable).toBe(1);
  });
});
