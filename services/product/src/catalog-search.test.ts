import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { decide } from '@oms/shared/store/aggregate';
import { MemoryStore } from '@oms/shared/store/memory';
import type { EventQuery, StoredEvent } from '@oms/shared/store/store';
import { CatalogSearch } from './catalog-search.ts';
import { products } from './documents.ts';
import { apply, change, create, type Product, type ProductEvent } from './domain/product.ts';

/** The real store, with a feed that counts its readings, and can be slow or broken. */
class WatchedFeed extends MemoryStore<Product> {
  readings = 0;
  broken = false;
  /** A reading waits for this before it returns. */
  slow: Promise<void> | undefined;

  override async events(query: EventQuery): Promise<StoredEvent[]> {
    this.readings++;
    if (this.broken) throw new Error('the store cannot be reached');
    const seen = await super.events(query);
    await this.slow;
    return seen;
  }
}

const TRACE = 'a'.repeat(32);
let store: WatchedFeed;
let search: CatalogSearch;
beforeEach(() => {
  store = new WatchedFeed({ now: () => 1 });
  search = new CatalogSearch(store);
});

const happens = (id: string, decided: (known: Product | undefined) => ProductEvent | undefined) =>
  decide({ store, world: { now: () => 1 } }, [id], { traceId: TRACE }, (docs, now) => {
    const known = products.in(docs, id);
    const event = decided(known) as ProductEvent;
    return { put: [products.put(apply(known, event, now))], events: [event] };
  });
const add = (id: string, name = 'Lamp', description?: string) =>
  happens(id, (known) => create(known, id, { name, description, price: 1 }));
const redescribe = (id: string, description: string) => happens(id, (known) => change(known, id, { description }));
const found = async (query = 'lamp') => (await search.find(query, 200)).map(({ productId }) => productId);

describe('before a search the feed is read', () => {
  it('to its end, however long the feed is', async () => {
    for (let i = 0; i < 2_001; i++) await add(`p${i}`, i === 2_000 ? 'Last' : 'Lamp');
    expect(await found('last')).toEqual(['p2000']);
    expect(store.readings).toBe(3);
  });
  it('from its last position, once', async () => {
    await add('a');
    await found();
    await add('b');
    store.readings = 0;
    expect(await found()).toEqual(['a', 'b']);
    expect(await found()).toEqual(['a', 'b']);
    expect(store.readings).toBe(2);
  });
  it('once for all waiting searches, and again for events committed since that reading began', async () => {
    let go = () => {};
    store.slow = new Promise((resolve) => (go = resolve));
    const early = found();
    while (store.readings === 0) await Promise.resolve();
    await add('a');
    const late = Array.from({ length: 10 }, () => found());
    go();
    expect(await early).toEqual([]);
    expect(await Promise.all(late)).toEqual(late.map(() => ['a']));
    expect(store.readings).toBe(2);
  });
});

describe('many changed products with very many words', () => {
  const PRODUCTS = 1_000;
  const words = (of: string) => Array.from({ length: 60 }, (_, i) => `${of}x${i}`).join(' ');

  it('are found at the next search, while the service answers other requests', async () => {
    for (let i = 0; i < PRODUCTS; i++) await add(`p${i}`, 'Lamp', words(`old${i}`));
    await found();
    for (let i = 0; i < PRODUCTS; i++) await redescribe(`p${i}`, words(`new${i}`));

    let turns = 0;
    let searching = true;
    const others = (async () => {
      for (; searching; turns++) await setImmediate();
    })();
    expect(await found('new999x59')).toEqual(['p999']);
    searching = false;
    await others;
    expect(turns).toBeGreaterThanOrEqual(PRODUCTS / 20);
    expect(await found('old999x59')).toEqual([]);
  });
});

it('a failing store fails one search, and not the next', async () => {
  await add('a');
  store.broken = true;
  await expect(found()).rejects.toThrow('cannot be reached');
  store.broken = false;
  expect(await found()).toEqual(['a']);
});
