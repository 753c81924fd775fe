import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { MemoryStore } from '@oms/shared/store/memory';
import { realWorld } from '@oms/shared/world';
import { followCatalog } from './catalog.ts';
import { products } from './documents.ts';
import { add, type InventoryDoc, newProduct, type Product } from './domain/stock.ts';

type What = 'created' | 'changed' | 'deleted';
/** The n-th event of the lamp, a minute after the one before. */
const event = (n: number, what: What, subject = 'lamp'): CloudEvent => ({
  specversion: '1.0',
  id: `${subject}:${n}`,
  source: '/product',
  type: `product.${what}`,
  subject,
  time: new Date(Date.UTC(2026, 0, 31, 12, n)).toISOString(),
  datacontenttype: 'application/json',
  sequence: String(n),
  dataversion: '2',
  data: { productId: subject },
});
const [created, changed, deleted, again] = [
  event(1, 'created'),
  event(2, 'changed'),
  event(3, 'deleted'),
  event(4, 'created'),
] as const;

let store: MemoryStore<InventoryDoc>;
let take: ReturnType<typeof followCatalog>;
beforeEach(() => {
  store = new MemoryStore<InventoryDoc>(realWorld);
  take = followCatalog({ store, world: realWorld });
});

const lamp = () => products.read(store, 'lamp');
const has = (product: Product) =>
  store.write([products.id('lamp')], undefined, () => ({ put: [products.put(product)] }));
const outcomeOf = async (...events: CloudEvent[]) => {
  for (const one of events) await take([one]);
  return (await lamp())?.catalog;
};
const OF_AGAIN = { offered: true, sequence: 4, at: Date.parse(again.time) };

describe('a product that is created', () => {
  it.each([[created], [changed]])('has a row of stock of zero at once: %#', async (first) => {
    await take([first]);
    expect(await lamp()).toMatchObject({ ...newProduct('lamp', 0), catalog: { offered: true } });
  });
  it('keeps the stock that it has already', async () => {
    await has(add(newProduct('lamp', 3), 4));
    await take([created]);
    expect(await lamp()).toMatchObject(add(newProduct('lamp', 3), 4));
  });
});

describe('a product that gets another price', () => {
  it('is not written: nothing about its stock is new', async () => {
    await take([created]);
    const write = jest.spyOn(store, 'write');
    const before = await lamp();
    await take([changed]);
    expect(await lamp()).toBe(before);
    expect(write).toHaveBeenCalledTimes(1);
  });
});

describe('a product that is deleted', () => {
  it('is offered no more', async () => expect(await outcomeOf(created, deleted)).toMatchObject({ offered: false }));
  it('is offered again when it is created again', async () =>
    expect(await outcomeOf(created, deleted, again)).toEqual(OF_AGAIN));
  it('is offered no more, though nobody has heard before that it was created', async () =>
    expect(await outcomeOf(deleted, created, changed)).toMatchObject({ offered: false }));
});

describe('events that come again, late, or all at once', () => {
  it.each([
    [[created, deleted, again, created, deleted, again]],
    [[created, again, deleted]],
    [[again, created, changed, deleted]],
  ])('leave what the newest one says: %#', async (events) => expect(await outcomeOf(...events)).toEqual(OF_AGAIN));
  it('are one write, for all products together', async () => {
    const write = jest.spyOn(store, 'write');
    await take([created, event(1, 'created', 'chair'), deleted, again]);
    expect(write).toHaveBeenCalledTimes(1);
    expect([(await lamp())?.catalog?.sequence, (await products.read(store, 'chair'))?.onHand]).toEqual([4, 0]);
  });
  it('of other kinds are passed over', async () => {
    await take([{ ...created, type: 'product.praised' }]);
    expect(await lamp()).toBeUndefined();
  });
});
