import { afterEach, describe, expect, it } from '@jest/globals';
import { eventually } from './http.ts';
import { balanced, cart, confirmed } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const NAMES: Name[] = ['inventory', 'payment', 'shipping', 'product', 'order'];
/** A product in the cache of the order service is refused by inventory. */
const CACHED = { PRICE_FRESH_MS: '900000' };

let system: System;
const starting = async (env: Record<string, string> = CACHED) => {
  system = await startSystem(env, NAMES);
};
afterEach(() => system.stop());

const hat = { id: 'hat', name: 'Hat', price: 20 };
const stockOf = (productId: string) => system.inventory.get(`/inventory/${productId}`);
const ordering = (productId: string) =>
  system.order.post('/orders', cart('', 1, { items: [{ productId, quantity: 1 }] }));
const hatIs = (withdrawn: true | undefined) =>
  eventually(
    () => stockOf('hat'),
    ({ status, body }) => status === 200 && body.withdrawn === withdrawn,
  );

describe('a product from its creation to its deletion', () => {
  it('has a stock of zero at once, is ordered once there is some, and is offered no more in the end', async () => {
    await starting();
    await system.product.post('/products', hat);
    expect((await hatIs(undefined)).body).toMatchObject({ onHand: 0, available: 0 });
    expect(await ordering('hat')).toMatchObject({ status: 409, body: { code: 'OUT_OF_STOCK' } });

    await system.inventory.put('/inventory/hat', { quantity: 3 });
    const placed = await ordering('hat');
    expect(placed).toMatchObject({ status: 201, body: { status: 'CONFIRMED', total: 20 } });

    await system.product.delete('/products/hat');
    expect((await hatIs(true)).body).toMatchObject({ onHand: 3, reserved: 1 });
    const { body } = await system.inventory.get('/inventory/hat/availability?quantity=1');
    expect(body).toMatchObject({ available: false });
    expect(await ordering('hat')).toMatchObject({ status: 409, body: { code: 'PRODUCT_NOT_FOUND' } });

    const shipped = await system.order.post(`/orders/${placed.body.id}/fulfill`);
    expect(shipped).toMatchObject({ status: 200, body: { status: 'SHIPPED' } });
    expect((await stockOf('hat')).body).toMatchObject({ onHand: 2, reserved: 0, shipped: 1 });
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });

  it('is offered again, with the stock that is left, once it is created again', async () => {
    await starting();
    await system.inventory.put('/inventory/hat', { quantity: 2 });
    await system.product.post('/products', hat);
    await system.product.delete('/products/hat');
    await hatIs(true);
    await system.product.post('/products', hat);
    expect((await hatIs(undefined)).body).toMatchObject({ onHand: 2, available: 2 });
    expect(await ordering('hat')).toMatchObject({ status: 201 });
  });
});

describe('an inventory that restarts', () => {
  it('and keeps everything in memory reads the whole catalog again', async () => {
    await starting();
    await system.product.post('/products', hat);
    await hatIs(undefined);
    await system.kill('inventory');
    await system.product.post('/products', { ...hat, id: 'cap' });
    await system.revive('inventory');
    for (const id of ['hat', 'cap']) {
      await eventually(
        () => stockOf(id),
        ({ status }) => status === 200,
      );
    }
  });
});

describe('without a catalog', () => {
  it('stock is what was added, and health says that there is none', async () => {
    system = await startSystem({}, ['inventory', 'payment', 'shipping', 'order']);
    await confirmed(system);
    expect((await system.inventory.get('/health')).body).toMatchObject({
      ...{ status: 'UP', dependencies: { product: 'NONE' } },
    });
  });
});
