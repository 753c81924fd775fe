import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { TOPICS } from '@oms/shared/contracts/cloud-events';
import type { FeedEvent } from '@oms/shared/contracts/events';
import { FIRST_PRODUCTS } from '@oms/shared/contracts/product';
import { Lifecycle } from '@oms/shared/service/lifecycle';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { RunningService } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { answer, client, problem } from '../../../tests/support/answers.ts';
import { OLD } from '../../../tests/support/old-events.ts';
import { createApp } from './app.ts';
import { CatalogSearch } from './catalog-search.ts';
import { readConfig } from './config.ts';
import type { Product } from './domain/product.ts';
import { seed } from './seed.ts';

const config = readConfig({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' });
let parts: ServiceParts<Product>;
let running: RunningService[];
let http: ReturnType<typeof client>;

/** Another replica on the same store. */
async function another(): Promise<ReturnType<typeof client>> {
  const own = { ...parts, metrics: createMetrics('product'), lifecycle: new Lifecycle() };
  const service = await serve(createApp({ ...own, search: new CatalogSearch(own.store) }), own, config);
  running.push(service);
  return client(`http://127.0.0.1:${service.port}`);
}

beforeEach(async () => {
  parts = await createParts<Product>('product', config);
  running = [];
  await seed(parts);
  http = await another();
});
afterEach(async () => {
  for (const service of running) await service.stop();
});

const get = (path: string) => http.get(path);
const send = (method: 'post' | 'put' | 'delete', path: string, body: object = {}) =>
  method === 'delete' ? http.delete(path) : http[method](path, body);
const lamp = { id: 'lamp', name: 'Desk lamp', price: 24.5, category: 'Office', description: 'Bright', sku: 'L-1' };
const idsOf = async (path: string) => (await get(path)).body.items.map(({ id }: { id: string }) => id);
const events = async (): Promise<FeedEvent[]> => (await get(`/events?after=${FIRST_PRODUCTS.length}`)).body.events;

const SEED = [...FIRST_PRODUCTS].sort();

describe('the catalog at its start', () => {
  it('has the products of the inventory', async () => {
    expect(await idsOf('/products')).toEqual(SEED);
    expect(await get('/products/prod1')).toEqual(
      answer(200, { id: 'prod1', name: 'Product 1', price: 10.99, currency: 'USD' }),
    );
    expect(await get('/products/prod2')).toEqual(answer(200, { name: 'Product 2', price: 5.99 }));
    expect(await get('/products/PROD001')).toEqual(answer(200, { price: 29.99 }));
  });
  it('leaves products alone that were changed or deleted', async () => {
    await send('put', '/products/prod1', { price: 1 });
    await send('delete', '/products/prod2');
    await seed(parts);
    expect((await get('/products/prod1')).body.price).toBe(1);
    expect(await get('/products/prod2')).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await events()).toHaveLength(2);
  });
});

describe('a product that was stored before products had a currency', () => {
  it('is sold in dollars, and found', async () => {
    const { stream, ...event } = { ...OLD.product[0], stream: 'kettle' };
    const data = { ...event.data, productId: stream, createdAt: 1, updatedAt: 1 } as Product;
    const put = [{ id: stream, data, tags: { onSale: 'yes' } }];
    const told = { ...event, stream, data: { ...event.data, productId: stream } };
    await parts.store.write([stream], undefined, () => ({ put, events: [told] }));
    expect(await get('/products/kettle')).toEqual(answer(200, { price: 29.99, currency: 'USD' }));
    expect((await get('/products/search/kettle')).body.items).toMatchObject([{ price: 29.99, currency: 'USD' }]);
    expect(await events()).toMatchObject([{ dataVersion: 2, data: { price: 29.99, currency: 'USD' } }]);
  });
});

describe('a new product', () => {
  it('is on sale, and announced', async () => {
    const made = await send('post', '/products', lamp);
    expect(made).toEqual(answer(201, lamp));
    expect(made.headers.location).toBe('/products/lamp');
    expect((await get('/products/lamp')).body).toEqual(made.body);
    const [event] = (await events()) as [FeedEvent];
    const { id: productId, price: _, ...rest } = lamp;
    expect(event).toMatchObject({
      type: 'product.created',
      stream: 'lamp',
      dataVersion: 2,
      data: { productId, price: 24.5, currency: 'USD', ...rest },
    });
  });
  it('gets an id if it has none', async () => {
    const { id: _, ...nameless } = lamp;
    const [one, two] = [await send('post', '/products', nameless), await send('post', '/products', nameless)];
    expect([one.status, two.status]).toEqual([201, 201]);
    expect(one.body.id).not.toBe(two.body.id);
    expect(one.headers.location).toBe(`/products/${one.body.id}`);
    expect((await get(`/products/${one.body.id}`)).body).toMatchObject(nameless);
  });
  it('does not replace an existing product', async () => {
    expect(await send('post', '/products', { ...lamp, id: 'prod1' })).toEqual(problem(409, 'PRODUCT_EXISTS'));
    expect((await get('/products/prod1')).body.name).toBe('Product 1');
  });
  it('is created once by many requests with the same id', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => send('post', '/products', lamp)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'PRODUCT_EXISTS')).toHaveLength(19);
  });
  it.each([
    ['without a name', { name: undefined }],
    ['without a price', { price: undefined }],
    ['with a tenth of a cent', { price: 0.001 }],
    ['with a negative price', { price: -1 }],
    ['with half a yen', { price: 10.5, currency: 'JPY' }],
    ['with a currency that is none', { currency: 'QQQ' }],
    ['with a slash in its id', { id: 'a/b' }],
    ['with a very long description', { description: 'x'.repeat(2_001) }],
  ])('%s is refused', async (_what, wrong) =>
    expect(await send('post', '/products', { ...lamp, ...wrong })).toEqual(problem(400, 'VALIDATION_FAILED')),
  );
});

describe('a change', () => {
  beforeEach(async () => void (await send('post', '/products', lamp)));

  it('changes the given fields, and the event has all of them', async () => {
    const changed = await send('put', '/products/lamp', { price: 22.5 });
    expect(changed).toEqual(answer(200, { ...lamp, price: 22.5 }));
    expect((await get('/products/lamp')).body).toEqual(changed.body);
    expect((await events()).at(-1)).toMatchObject({
      type: 'product.changed',
      data: { price: 22.5, currency: 'USD', name: lamp.name },
    });
  });
  it('of the currency needs a price', async () => {
    expect(await send('put', '/products/lamp', { currency: 'KWD' })).toEqual(problem(400, 'VALIDATION_FAILED'));
    const changed = await send('put', '/products/lamp', { currency: 'KWD', price: 7.125 });
    expect(changed).toEqual(answer(200, { ...lamp, currency: 'KWD', price: 7.125 }));
    for (const path of ['/products?ids=lamp', '/products/search/lamp'])
      expect((await get(path)).body.items).toContainEqual(expect.objectContaining({ currency: 'KWD', price: 7.125 }));
    expect(await send('put', '/products/lamp', { price: 7.1255 })).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
  it('that changes nothing writes no event', async () => {
    expect(await send('put', '/products/lamp', { price: 24.5 })).toEqual(answer(200, lamp));
    expect(await send('put', '/products/lamp', {})).toEqual(answer(200, lamp));
    expect(await events()).toHaveLength(1);
  });
  it('is 404 without a product', async () =>
    expect(await send('put', '/products/nobody', { price: 1 })).toEqual(problem(404, 'PRODUCT_NOT_FOUND')));
});

describe('a deleted product', () => {
  beforeEach(async () => {
    await send('post', '/products', lamp);
    expect(await send('delete', '/products/lamp')).toEqual(answer(200, lamp));
  });

  it('is found nowhere', async () => {
    expect(await get('/products/lamp')).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await send('put', '/products/lamp', { price: 1 })).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await send('delete', '/products/lamp')).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await idsOf('/products')).toEqual(SEED);
    expect(await idsOf('/products?category=Office')).not.toContain('lamp');
    expect(await idsOf('/products?ids=lamp,prod1')).toEqual(['prod1']);
    expect(await idsOf('/products/search/bright')).toEqual([]);
    expect((await events()).at(-1)).toMatchObject({ type: 'product.deleted', data: { productId: 'lamp' } });
  });
  it('can be created again', async () => {
    expect(await send('post', '/products', { id: 'lamp', name: 'Chair', price: 1 })).toEqual(
      answer(201, { name: 'Chair' }),
    );
    expect((await get('/products/lamp')).body).not.toHaveProperty('description');
    expect(await idsOf('/products/search/bright')).toEqual([]);
    expect(await idsOf('/products/search/chair')).toEqual(['lamp']);
  });
});

describe('a list', () => {
  it('is of one category', async () => {
    await send('put', '/products/PROD001', { category: 'Office' });
    expect(await idsOf('/products?category=Office')).toEqual(['PROD001', 'PROD002', 'PROD003']);
    expect(await idsOf('/products?category=Kitchen')).toEqual([]);
  });
  it('has the named products that exist, each once, on one page', async () => {
    expect(await idsOf('/products?ids=prod2,nobody,PROD001,prod2')).toEqual(['prod2', 'PROD001']);
    expect(await idsOf('/products?ids=prod2,PROD001&category=Samples')).toEqual(['prod2']);
    for (let i = 0; i < 60; i++) await send('post', '/products', { ...lamp, id: `many${i}` });
    const many = Array.from({ length: 100 }, (_, i) => `many${i}`);
    expect(await idsOf(`/products?ids=${many}`)).toEqual(many.slice(0, 60));
  });
  it('refuses invalid ids, and too many', async () => {
    for (const ids of ['', 'a,,b', 'a%2Fb', Array.from({ length: 101 }, (_, i) => i).join()]) {
      expect(await get(`/products?ids=${ids}`)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
  });
});

describe('a search', () => {
  it('finds the first catalog', async () => {
    expect(await idsOf('/products/search/catalog%20product')).toEqual(['prod1', 'prod2']);
    expect(await idsOf('/products/search/cafe%20pre')).toEqual(['PROD001']);
    expect(await idsOf('/products/search/lamp')).toEqual(['PROD002', 'PROD003']);
    expect((await get('/products/search/coffee')).body.items[0]).toEqual((await get('/products/PROD001')).body);
  });
  it('finds a change at once, also one of another replica', async () => {
    const other = await another();
    const there = async (query: string) => (await other.get(`/products/search/${query}`)).body.items;
    for (let i = 0; i < 20; i++) {
      await send('post', '/products', { id: `n${i}`, name: `novelty${i}x`, price: 1 });
      expect(await there(`novelty${i}x`)).toEqual([(await get(`/products/n${i}`)).body]);
    }
    await send('put', '/products/n1', { name: 'renamed' });
    await send('delete', '/products/n2');
    expect(await there('renamed')).toEqual([(await get('/products/n1')).body]);
    expect([await there('novelty1x'), await there('novelty2x')]).toEqual([[], []]);
  });
  it('respects its limit', async () => {
    expect(await idsOf('/products/search/prod?limit=3')).toHaveLength(3);
    expect(await get('/products/search/prod?limit=0')).toEqual(problem(400, 'VALIDATION_FAILED'));
    for (const bad of ['%20', '%FF', 'x'.repeat(201)]) {
      expect(await get(`/products/search/${bad}`)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
    expect(await idsOf('/products/search/%2B%2F%26')).toEqual([]);
  });
});

it('writes events that match their contract', async () => {
  await send('post', '/products', lamp);
  await send('put', '/products/lamp', { name: 'Chair' });
  await send('delete', '/products/lamp');
  const all: FeedEvent[] = (await get('/events')).body.events;
  const { types } = TOPICS.product;
  for (const { type, stream, data, traceId } of all) {
    const told = types[type as keyof typeof types].strict().parse(data);
    expect([told.productId, traceId]).toEqual([stream, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  }
  expect(all.slice(FIRST_PRODUCTS.length).map(({ type }) => type)).toEqual([
    'product.created',
    'product.changed',
    'product.deleted',
  ]);
});
