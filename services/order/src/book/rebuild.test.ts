import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { STORE_MIGRATIONS } from '@oms/shared/store/migrate';
import { PostgresStore } from '@oms/shared/store/postgres';
import type { Doc, EventQuery, StoredEvent } from '@oms/shared/store/store';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { realWorld } from '@oms/shared/world';
import { describeDurable, freshDatabase } from '../../../../tests/support/database.ts';
import { OLD } from '../../../../tests/support/old-events.ts';
import { answers } from '../../test/bare-answers.ts';
import { ADDRESS, placing, TRACE } from '../../test/order-world.ts';
import type { Decided, OrderEvent } from '../domain/events.ts';
import { type Order, rebuild } from '../domain/order.ts';
import { createOrderMetrics } from './metrics.ts';
import { OrderBook, type OrderDoc } from './order-book.ts';
import { rebuildOrders } from './rebuild.ts';

/** Lets something happen each time before events are read, and has lost one of them. */
class EventfulStore extends PostgresStore<OrderDoc> {
  meanwhile: () => Promise<unknown> = async () => {};
  lost: number | undefined;

  override async events(query: EventQuery): Promise<StoredEvent[]> {
    await this.meanwhile();
    return (await super.events(query)).filter(({ version }) => version !== this.lost);
  }
}

let store: EventfulStore;
let book: OrderBook;
beforeEach(async () => {
  if (!process.env.DATABASE_URL_TEST) return;
  const url = await freshDatabase([STORE_MIGRATIONS, new URL('../../migrations/', import.meta.url)]);
  store = new EventfulStore(url);
  book = new OrderBook(store, realWorld, createOrderMetrics(createMetrics('order'), store, realWorld));
});
afterEach(() => store?.close());

async function place(): Promise<string> {
  const id = realWorld.newId(realWorld.now());
  await book.decide({ traceId: TRACE }, id, (_none, now) => placing(id)(undefined, now) as { events: Decided[] });
  return id;
}

const move = (id: string) =>
  book.decide({ traceId: TRACE }, id, () => ({
    events: [{ type: 'order.address-changed', data: { shippingAddress: ADDRESS } }],
  }));

const tamper = (id: string, change: Partial<Order>) =>
  store.write([id], undefined, (docs) => {
    const { data } = docs.get(id) as Doc<OrderDoc>;
    return { put: [{ id, data: { order: { ...data.order, ...change } } }] };
  });

const check = () => rebuildOrders(store, realWorld.now, false);
const correct = () => rebuildOrders(store, realWorld.now, true);

describeDurable('orders that are as their events say', () => {
  it('are all compared, however many pages they fill', async () => {
    const ids = await Promise.all(Array.from({ length: 450 }, place));
    await move(ids[0] as string);
    expect(await check()).toEqual({ orders: 450, differing: [], remaining: [] });
  });

  it('may be older than the decimals of currencies, and keep two decimals', async () => {
    for (const { stream, type, at, traceId, data } of OLD.order) {
      const order = JSON.parse(JSON.stringify(rebuild([{ type, data, at, traceId } as unknown as OrderEvent])));
      const event = { stream, type, at, traceId, data };
      await store.write([stream], undefined, () => ({ put: [{ id: stream, data: { order } }], events: [event] }));
    }
    await move('O2');
    expect(await check()).toEqual({ orders: 2, differing: [], remaining: [] });
    expect(answers.render((await book.existing('O2')).order)).toMatchObject({
      version: 2,
      total: 1000,
      currency: 'JPY',
    });
  });

  it('do not count as differing because they change meanwhile', async () => {
    const id = await place();
    let moves = 0;
    store.meanwhile = async () => moves++ < 3 && (await move(id));
    expect(await check()).toMatchObject({ orders: 1, differing: [] });
    expect(moves).toBeGreaterThan(3);
  });
});

describeDurable('an order that is not as its events say', () => {
  it('is named by a check, and not changed', async () => {
    const [id] = [await place(), await place()];
    await tamper(id, { totalCents: 1 });
    expect(await check()).toEqual({ orders: 2, differing: [id], remaining: [id] });
    expect((await book.existing(id)).order.totalCents).toBe(1);
  });

  it('is put right, and found by its tags again', async () => {
    const id = await place();
    const { order } = await book.existing(id);
    await tamper(id, { status: 'CANCELLED', saga: undefined });
    expect(await correct()).toEqual({ orders: 1, differing: [id], remaining: [] });
    expect((await book.existing(id)).order).toEqual(order);
    expect(await store.count({ status: 'PENDING', saga: 'running' })).toBe(1);
    expect(await store.due(realWorld.now(), 10)).toEqual([id]);
    expect(await check()).toMatchObject({ differing: [] });
  });

  it('is put right from all its events, even if more of them come meanwhile', async () => {
    const id = await place();
    await tamper(id, { totalCents: 1 });
    const write = store.write.bind(store);
    // Just before it is put right.
    store.write = async (ids, request, change) => {
      store.write = write;
      await move(id);
      return write(ids, request, change);
    };
    expect(await correct()).toMatchObject({ differing: [id], remaining: [] });
    expect((await book.existing(id)).order).toMatchObject({ totalCents: 2_000, version: 2 });
  });

  it.each([1, 2, 3])('because event %d is lost keeps what is stored', async (version) => {
    const id = await place();
    await move(id);
    await move(id);
    const { order } = await book.existing(id);
    store.lost = version;
    expect(await correct()).toEqual({ orders: 1, differing: [id], remaining: [id] });
    expect((await book.existing(id)).order).toEqual(order);
  });
});
