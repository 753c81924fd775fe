import {
  addStock,
  checkStock,
  getAvailability,
  getStock,
  holdStock,
  listStock,
  unholdStock,
} from '@oms/shared/contracts/inventory';
import { atLeast } from '../../matcher.ts';
import { addsUp, differs, rememberLevel } from '../../scripts.ts';
import { folder, refuses, says, step, stray, using } from '../../step.ts';

export const stock = folder('Stock', 'Levels, availability, new stock, and stock held without an order.', [
  step(checkStock, 'Check One Product', 'More than there is of one product.', {
    query: { productId: 'prod1', quantity: 100000 },
    expect: says('so many are not there', 200, {
      body: { available: false, items: [{ productId: 'prod1', quantity: 100000, available: false }] },
    }),
  }),
  step(checkStock, 'Check an Unknown Product', 'A product that nobody has is simply not available.', {
    query: { productId: 'no-such-product', quantity: 1 },
    expect: says('it is not available', 200, { body: { available: false, items: [{ inStock: 0 }] } }),
  }),
  step(getAvailability, 'Get Availability', 'Whether so many of a product are there.', {
    query: { quantity: 2 },
    expect: says('two are there', 200, {
      body: { productId: 'prod1', quantity: 2, available: true, inStock: atLeast(2) },
    }),
  }),
  step(getStock, 'Get an Unknown Product', 'The level of a product that nobody has.', {
    params: { productId: 'no-such-product' },
    expect: refuses('there is no such product', 404, 'PRODUCT_NOT_FOUND'),
  }),
  step(listStock, 'List Inventory', 'The levels of the first products.', {
    query: { limit: 3 },
    expect: says('a page has as many as asked for, and leads to the next', 200, {
      check: ({ items, nextCursor }) => {
        pm.expect(items).to.have.lengthOf(3);
        for (const { available, onHand, reserved } of items) pm.expect(available).to.equal(onHand - reserved);
        pm.expect(pm.response.headers.get('Link')).to.include(nextCursor);
        pm.collectionVariables.set('firstPage', JSON.stringify(items.map(({ productId }) => productId)));
      },
      keep: ({ nextCursor }) => ({ cursor: nextCursor }),
    }),
  }),
  step(listStock, 'List Inventory, Next Page', 'The products after those.', {
    query: { limit: 3, cursor: '{{cursor}}' },
    expect: says('no product comes twice', 200, {
      check: ({ items }) => {
        pm.expect(items).to.not.be.empty;
        const first = JSON.parse(String(pm.collectionVariables.get('firstPage')));
        for (const { productId } of items) pm.expect(first).to.not.include(productId);
      },
    }),
  }),
  step(addStock, 'Add Stock', 'New goods have come in.', {
    body: { quantity: 10 },
    before: { run: rememberLevel },
    expect: says('there are ten more', 200, { check: using(differs, { onHand: 10, added: 10, reserved: 0 }) }),
  }),
  step(addStock, 'Add Stock of the Second Product', 'The same for the other product, so that it never runs out.', {
    params: { productId: 'prod2' },
    body: { quantity: 10 },
    expect: says('it has been added', 200, { body: { added: atLeast(10) }, check: addsUp }),
  }),
  step(holdStock, 'Hold Stock', 'Sets some aside without an order.', {
    body: { quantity: 2 },
    before: { run: rememberLevel },
    expect: says('two fewer are available', 200, { check: using(differs, { reserved: 2, available: -2, onHand: 0 }) }),
  }),
  step(holdStock, 'Hold Too Much Stock', 'More than is available.', {
    body: { quantity: 1000000 },
    expect: refuses('so many are not available', 409, 'OUT_OF_STOCK'),
  }),
  step(unholdStock, 'Release Held Stock', 'Gives back what was set aside.', {
    body: { quantity: 2 },
    expect: says('the level is as before', 200, { check: using(differs, { reserved: 0, available: 0 }) }),
  }),
  step(unholdStock, 'Release More than Held', 'More than was set aside; what orders have reserved is theirs.', {
    body: { quantity: 1000000 },
    expect: refuses('so many were not held', 409, 'NOT_RESERVED'),
  }),
  step(addStock, 'Add a New Product', 'The first stock of a product.', {
    params: { productId: '{{newId}}' },
    body: { quantity: 3 },
    before: { newId: 'newProduct' },
    expect: says('the product is new, and three are there', 201, {
      headers: { Location: '/inventory/{productId}' },
      body: { onHand: 3, reserved: 0, available: 3 },
      check: addsUp,
    }),
  }),
  stray('GET', '/inventory/prod1', 'Simulate a Failure', 'Any request fails on demand (needs CHAOS_API=true).', {
    at: 'inventory',
    query: { simulateFailure: 'true' },
    expect: refuses('the failure is an injected one', 500, 'CHAOS_INJECTED'),
  }),
]);
