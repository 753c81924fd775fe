import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FIRST_PRODUCTS } from '@oms/shared/contracts/product';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { RunningService } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { decide } from '@oms/shared/store/aggregate';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { answer, client, problem } from '../../../tests/support/answers.ts';
import { createApp } from './app.ts';
import { readConfig } from './config.ts';
import { products } from './documents.ts';
import { type InventoryDoc, listed } from './domain/stock.ts';
import { seed } from './seed.ts';

const config = readConfig({ PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent', CHAOS_API: 'true' });
let parts: ServiceParts<InventoryDoc>;
let running: RunningService[];
let http: ReturnType<typeof client>;

async function another(change: Partial<ServiceParts<InventoryDoc>> = {}): Promise<ReturnType<typeof client>> {
  const own = { ...parts, metrics: createMetrics('inventory'), ...change };
  const service = await serve(createApp(own), own, config);
  running.push(service);
  return client(`http://127.0.0.1:${service.port}`);
}

beforeEach(async () => {
  parts = await createParts<InventoryDoc>('inventory', config);
  running = [];
  await seed(parts);
  http = await another();
});
afterEach(async () => {
  for (const service of running) await service.stop();
});

const get = (path: string) => http.get(path);
const post = (path: string, body: object) => http.post(path, body);
const line = (productId: string, quantity: number) => ({ productId, quantity });
const reserve = (orderId: string, items: object[]) => post('/inventory/reserve', { orderId, items });
const settle = (how: 'release' | 'commit' | 'restock', orderId: string) => post(`/inventory/${how}`, { orderId });
const level = async (productId: string) => (await get(`/inventory/${productId}`)).body;
const eventTypes = async () => (await get('/events')).body.events.map(({ type }: { type: string }) => type);

describe('stock levels', () => {
  it('begin with 100 of each product, but 5 of PROD005, and 2 of limited-stock-001', async () => {
    const { body } = await get('/inventory');
    const few: Record<string, number> = { PROD005: 5, 'limited-stock-001': 2 };
    const onHand = body.items.map((one: Record<string, unknown>) => [one.productId, one.onHand, one.available]);
    expect(onHand).toEqual([...FIRST_PRODUCTS].sort().map((id) => [id, few[id] ?? 100, few[id] ?? 100]));
    expect(body.nextCursor).toBeNull();
  });
  it('are also what /inventory/status says', async () => {
    expect((await get('/inventory/status')).text).toBe((await get('/inventory')).text);
  });
  it('are not reset by a restart', async () => {
    await reserve('O1', [line('PROD005', 2)]);
    await seed(parts);
    expect(await level('PROD005')).toMatchObject({ onHand: 5, reserved: 2, available: 3 });
  });
  it('are read one by one', async () => {
    expect(await get('/inventory/prod1')).toEqual(answer(200, { productId: 'prod1', onHand: 100, reserved: 0 }));
    expect(await get('/inventory/hat')).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await get('/inventory/a%20b')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
  it('answer a check of one product', async () => {
    expect((await get('/inventory/PROD005/availability?quantity=5')).body).toEqual({
      productId: 'PROD005',
      quantity: 5,
      available: true,
      inStock: 5,
    });
    expect(await get('/inventory/PROD005/availability?quantity=6')).toEqual(answer(200, { available: false }));
    expect(await get('/inventory/hat/availability?quantity=1')).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await get('/inventory/PROD005/availability?quantity=0')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('a product that was deleted from the catalog', () => {
  beforeEach(() =>
    decide(parts, [products.id('prod1')], { traceId: '' }, (docs) => ({
      put: [products.put(listed(products.in(docs, 'prod1'), 'prod1', { offered: false, sequence: 2, at: 2 }))],
    })),
  );

  it('shows its counts, and that it is withdrawn', async () => {
    expect(await level('prod1')).toMatchObject({ onHand: 100, available: 100, withdrawn: true });
    expect(await level('prod2')).not.toHaveProperty('withdrawn');
    expect(await level('prod1')).not.toHaveProperty('catalog');
  });
  it('is not available', async () => {
    const nothing = { productId: 'prod1', quantity: 1, available: false, inStock: 0 };
    expect((await get('/inventory/prod1/availability')).body).toEqual(nothing);
    expect((await get('/inventory/check?productId=prod1')).body).toEqual({ available: false, items: [nothing] });
  });
  it('can be neither reserved nor held, but gets its stock counted', async () => {
    expect(await reserve('O1', [line('prod1', 1)])).toEqual(problem(409, 'PRODUCT_NOT_FOUND', { products: ['prod1'] }));
    expect(await post('/inventory/prod1/reserve', { quantity: 1 })).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await http.put('/inventory/prod1', { quantity: 5 })).toEqual(answer(200, { onHand: 105, withdrawn: true }));
  });
});

describe('GET /inventory/check', () => {
  const check = async (items: object[]) =>
    (await get(`/inventory/check?items=${encodeURIComponent(JSON.stringify(items))}`)).body;

  it('answers for each item and for all together', async () => {
    const one = { ...line('prod1', 100), available: true, inStock: 100 };
    expect(await check([line('prod1', 100)])).toEqual({ available: true, items: [one] });
    const short = { ...line('PROD005', 6), available: false, inStock: 5 };
    expect(await check([line('prod1', 100), line('PROD005', 6)])).toEqual({ available: false, items: [one, short] });
  });
  it('counts the lines of one product together', async () => {
    expect(await check([line('PROD005', 3), line('PROD005', 3)])).toMatchObject({ available: false });
    expect(await check([line('PROD005', 3), line('PROD005', 2)])).toMatchObject({ available: true });
  });
  it('reports an unknown product as out of stock', async () => {
    expect(await check([line('hat', 1)])).toEqual({
      available: false,
      items: [{ ...line('hat', 1), available: false, inStock: 0 }],
    });
  });
  it('accepts one product without JSON', async () => {
    expect(await get('/inventory/check?productId=PROD005&quantity=6')).toEqual(answer(200, { available: false }));
    expect(await get('/inventory/check?productId=PROD005')).toEqual(answer(200, { available: true }));
  });
  it('refuses invalid input', async () => {
    for (const query of ['', '?items=[', '?items=[]', '?items=[{"productId":"a"}]', '?items=[]&productId=a']) {
      expect(await get(`/inventory/check${query}`)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
  });
});

describe('POST /inventory/reserve', () => {
  it('reserves, announces it, and gives a repeated request the same answer', async () => {
    const first = await reserve('O1', [line('prod1', 2), line('prod2', 1)]);
    expect(first).toEqual(
      answer(201, { orderId: 'O1', status: 'RESERVED', items: [line('prod1', 2), line('prod2', 1)] }),
    );
    expect((await reserve('O1', [line('prod1', 2), line('prod2', 1)])).text).toBe(first.text);
    expect(await level('prod1')).toMatchObject({ onHand: 100, reserved: 2, available: 98 });
    expect(await eventTypes()).toEqual(['stock.reserved']);
  });
  it('reserves all or nothing', async () => {
    expect(await reserve('O1', [line('prod1', 1), line('PROD005', 6)])).toEqual(problem(409, 'OUT_OF_STOCK'));
    expect(await reserve('O1', [line('prod1', 1), line('hat', 1)])).toEqual(
      problem(409, 'PRODUCT_NOT_FOUND', { products: ['hat'] }),
    );
    expect(await level('prod1')).toMatchObject({ reserved: 0 });
  });
  it('refuses invalid input', async () => {
    for (const items of [[], [line('prod1', 0)], [line('prod1', 1.5)], [{ productId: 'prod1' }]]) {
      expect(await reserve('O2', items)).toEqual(problem(400, 'VALIDATION_FAILED'));
    }
  });
});

describe('POST /inventory/release', () => {
  it('gives everything back, and answers a repeated release the same', async () => {
    await reserve('O1', [line('prod1', 2), line('PROD005', 5)]);
    const first = await settle('release', 'O1');
    expect(first).toEqual(answer(200, { orderId: 'O1', status: 'RELEASED' }));
    expect((await settle('release', 'O1')).text).toBe(first.text);
    expect(await level('prod1')).toMatchObject({ onHand: 100, reserved: 0 });
    expect(await level('PROD005')).toMatchObject({ onHand: 5, reserved: 0 });
    expect(await eventTypes()).toEqual(['stock.reserved', 'stock.released']);
  });
  it('at the same moment as the reserve, leaves nothing reserved', async () => {
    const orders = Array.from({ length: 20 }, (_, i) => `O${i}`);
    await Promise.all(orders.flatMap((id) => [reserve(id, [line('prod1', 1)]), settle('release', id)]));
    expect(await level('prod1')).toMatchObject({ reserved: 0, onHand: 100 });
  });
  it('gives everything back, too, when a reserve is written between its read and its write', async () => {
    const { store } = parts;
    const read: typeof store.read = async (id) => {
      const doc = await store.read(id);
      await reserve('O1', [line('prod1', 2)]);
      return doc;
    };
    const write: typeof store.write = (ids, key, change) => store.write(ids, key, change);
    const slow = await another({ store: { read, write, close: async () => {} } as unknown as typeof store });
    const released = await slow.post('/inventory/release', { orderId: 'O1' });
    expect(released).toEqual(answer(200, { status: 'RELEASED', items: [line('prod1', 2)] }));
    expect(await level('prod1')).toMatchObject({ reserved: 0 });
  });
});

describe('POST /inventory/commit and /inventory/restock', () => {
  it('send the goods out and take them back, each once', async () => {
    await reserve('O1', [line('prod1', 2)]);
    expect(await settle('commit', 'O1')).toEqual(answer(200, { status: 'COMMITTED' }));
    expect(await settle('commit', 'O1')).toEqual(answer(200, { status: 'COMMITTED' }));
    expect(await level('prod1')).toMatchObject({ onHand: 98, reserved: 0, available: 98, shipped: 2 });
    expect(await settle('restock', 'O1')).toEqual(answer(200, { status: 'RESTOCKED' }));
    expect(await settle('restock', 'O1')).toEqual(answer(200, { status: 'RESTOCKED' }));
    expect(await level('prod1')).toMatchObject({ onHand: 100, shipped: 2, restocked: 2 });
    expect(await eventTypes()).toEqual(['stock.reserved', 'stock.committed', 'stock.restocked']);
  });
});

describe('reservations', () => {
  it('are read one by one', async () => {
    await reserve('O1', [line('prod1', 2)]);
    expect(await get('/inventory/reservations/O1')).toEqual(answer(200, { orderId: 'O1', status: 'RESERVED' }));
    expect(await get('/inventory/reservations/O2')).toEqual(problem(404, 'RESERVATION_NOT_FOUND'));
  });
  it('are listed, the newest order first, by status too', async () => {
    for (const id of ['O1', 'O2', 'O3']) await reserve(id, [line('prod1', 1)]);
    await settle('release', 'O2');
    const ids = async (query: string) => {
      const { body } = await get(`/inventory/reservations${query}`);
      return body.items.map(({ orderId }: { orderId: string }) => orderId);
    };
    expect(await ids('')).toEqual(['O3', 'O2', 'O1']);
    expect(await ids('?status=RESERVED')).toEqual(['O3', 'O1']);
    expect(await ids('?limit=1')).toEqual(['O3']);
    expect(await get('/inventory/reservations?status=LOST')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('holds without an order', () => {
  const hold = (productId: string, quantity: number) => post(`/inventory/${productId}/reserve`, { quantity });
  const unhold = (productId: string, quantity: number) => post(`/inventory/${productId}/release`, { quantity });

  it('reserve stock and give it back', async () => {
    expect(await hold('PROD005', 4)).toEqual(answer(200, { reserved: 4, available: 1, held: 4 }));
    expect(await unhold('PROD005', 4)).toEqual(answer(200, { reserved: 0, available: 5, held: 0 }));
    expect(await eventTypes()).toEqual(['stock.held', 'stock.unheld']);
  });
  it('are refused beyond the available stock', async () => {
    await reserve('O1', [line('PROD005', 2)]);
    expect(await hold('PROD005', 4)).toEqual(
      problem(409, 'OUT_OF_STOCK', { items: [{ productId: 'PROD005', requested: 4, available: 3 }] }),
    );
    expect(await unhold('PROD005', 1)).toEqual(problem(409, 'NOT_RESERVED'));
    expect(await hold('hat', 1)).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await unhold('hat', 1)).toEqual(problem(404, 'PRODUCT_NOT_FOUND'));
    expect(await hold('PROD005', 0)).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('PUT /inventory/:productId', () => {
  const put = (productId: string, quantity: number, key = 'k1') =>
    http.put(`/inventory/${productId}`, { quantity }, { key });

  it('adds stock, once for each key', async () => {
    expect(await put('prod1', 50)).toEqual(answer(200, { onHand: 150, available: 150, added: 50 }));
    expect(await put('prod1', 50)).toEqual(answer(200, { onHand: 150 }));
    expect(await put('prod1', 50, 'k2')).toEqual(answer(200, { onHand: 200, added: 100 }));
    expect(await eventTypes()).toEqual(['stock.added', 'stock.added']);
  });

  it('changes nothing and writes no event when the quantity is 0', async () => {
    const before = await level('prod1');
    expect(await put('prod1', 0)).toEqual(answer(200, { onHand: 100, added: 0 }));
    expect(await level('prod1')).toEqual(before);
    expect(await eventTypes()).not.toContain('stock.added');
  });

  it('creates a new product', async () => {
    const made = await put('hat', 3);
    expect(made).toEqual(answer(201, { productId: 'hat', onHand: 3, initial: 0, added: 3 }));
    expect(made.headers.location).toBe('/inventory/hat');
    expect(await level('hat')).toMatchObject({ available: 3 });
  });
  it('refuses an invalid quantity', async () => {
    for (const quantity of [-1, 0.5]) expect(await put('hat', quantity)).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('?simulateFailure=true', () => {
  it('fails the request without any effect, when faults may be injected', async () => {
    expect(await post('/inventory/reserve?simulateFailure=true', { orderId: 'O1', items: [line('prod1', 1)] })).toEqual(
      problem(500, 'CHAOS_INJECTED'),
    );
    expect(await get('/inventory?simulateFailure=true')).toEqual(problem(500, 'CHAOS_INJECTED'));
    expect(await level('prod1')).toMatchObject({ reserved: 0 });
  });
  it('is ignored otherwise', async () => {
    const calm = await another({ chaosApi: false });
    expect((await calm.get('/inventory?simulateFailure=true')).status).toBe(200);
  });
});

describe('the log', () => {
  it('carries the order', async () => {
    const lines: { orderId?: string }[] = [];
    const log = { log: (_level: string, _text: string, line: object) => void lines.push(line), info: () => {} };
    const at = await another({ log: log as unknown as ServiceParts<InventoryDoc>['log'] });
    await at.post('/inventory/release', { orderId: 'O1' });
    await at.get('/inventory/reservations/O1');
    for (const service of running.splice(0)) await service.stop();
    expect(lines.map(({ orderId }) => orderId)).toEqual(['O1', 'O1']);
  });
});
