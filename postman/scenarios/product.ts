import { placeOrder } from '@oms/shared/contracts/order-endpoints';
import {
  changeProduct,
  createProduct,
  deleteProduct,
  getProduct,
  listProducts,
  searchProducts,
} from '@oms/shared/contracts/product';
import { folder, refuses, says, step } from '../step.ts';
import { everyService, healthCheck } from './every-service.ts';

export const product = folder('Product Service', 'The catalog: what there is, and what it costs.', [
  healthCheck('product'),
  step(listProducts, 'List Products', 'The catalog, page by page.', {
    expect: says('the catalog has the products that inventory has', 200, {
      check: ({ items }) => {
        const ids = items.map(({ id }) => id);
        pm.expect(ids).to.include.members(['prod1', 'prod2', 'PROD001', 'PROD005']);
      },
    }),
  }),
  step(getProduct, 'Get Product', 'One product.', {
    params: { productId: 'prod1' },
    expect: says('it has its name and price', 200, { body: { name: 'Product 1', price: 10.99, currency: 'USD' } }),
  }),
  step(listProducts, 'Products By Ids', 'Several at once.', {
    query: { ids: 'prod1,prod2,nothing' },
    expect: says('those that there are', 200, {
      check: ({ items }) => pm.expect(items.map(({ id }) => id).sort()).to.eql(['prod1', 'prod2']),
    }),
  }),
  step(searchProducts, 'Search Products', 'Words, or the beginnings of words; the best first.', {
    params: { query: 'product' },
    expect: says('names that match come first', 200, {
      check: ({ items }) => {
        const ids = items.map(({ id }) => id);
        pm.expect(ids.slice(0, 2).sort()).to.eql(['prod1', 'prod2']);
      },
    }),
  }),
  step(createProduct, 'Create Product', 'Adds a product. Without an id it is given one.', {
    body: { name: 'Blue Teapot', description: 'Keeps a litre warm', price: 24.5, category: 'Kitchen' },
    expect: says('it is in the catalog', 201, {
      headers: { Location: '/products/{id}' },
      body: { name: 'Blue Teapot' },
      keep: ({ id }) => ({ productId: id }),
    }),
  }),
  step(searchProducts, 'Search What Was Created', 'A commit is searchable as soon as it is answered.', {
    params: { query: 'BLUE%20teap' },
    query: { limit: 200 },
    expect: says('it is found at once', 200, {
      check: ({ items }) => pm.expect(items.map(({ id }) => id)).to.include(pm.collectionVariables.get('productId')),
    }),
  }),
  step(changeProduct, 'Change Product', 'Orders keep the price they were placed with.', {
    body: { price: 22.5 },
    expect: says('only what was given changed', 200, { body: { price: 22.5, name: 'Blue Teapot' } }),
  }),
  step(deleteProduct, 'Delete Product', 'Takes it out of the catalog; orders stay as they are.', {
    expect: says('it was taken out', 200, { body: { id: '{{productId}}' } }),
  }),
  step(getProduct, 'Get Deleted Product', '404 once it is deleted.', {
    expect: refuses('it is gone', 404, 'PRODUCT_NOT_FOUND'),
  }),
  step(createProduct, 'Create Product That Exists', 'Ids are unique.', {
    body: { id: 'prod1', name: 'Another', price: 1 },
    expect: refuses('refused', 409, 'PRODUCT_EXISTS'),
  }),
  step(createProduct, 'Create Product Without Price', 'Bad input changes nothing.', {
    body: { name: 'Free' },
    expect: refuses('says what is missing', 400, 'VALIDATION_FAILED', { body: { errors: [{ path: 'price' }] } }),
  }),
  step(createProduct, 'Create Product at Half a Yen', 'Amounts have the decimals of their currency.', {
    body: { name: 'Rice', price: 10.5, currency: 'JPY' },
    expect: refuses('says that its currency has no such amount', 400, 'VALIDATION_FAILED', {
      body: { errors: [{ path: 'price' }] },
    }),
  }),
  folder('Prices in orders', 'An order has the prices of the catalog, and its currency.', [
    step(placeOrder, "Order At The Catalog's Price", 'No price given: the catalog says it.', {
      body: { customerId: 'CUST1', items: [{ productId: 'prod1', quantity: 2 }] },
      expect: says('name and price come from the catalog', 201, {
        body: { total: 21.98, items: [{ price: 10.99, name: 'Product 1' }] },
      }),
    }),
    step(placeOrder, 'Order At Another Price', 'A price that differs is refused.', {
      body: { customerId: 'CUST1', items: [{ productId: 'prod1', quantity: 1, price: 1.5 }] },
      expect: refuses('refused, and there is the order that was refused', 409, 'PRICE_CHANGED', {
        headers: { Location: '/orders/{orderId}' },
      }),
    }),
    step(placeOrder, 'Order In Another Currency', 'The currency is that of the products.', {
      body: { customerId: 'CUST1', currency: 'VND', items: [{ productId: 'prod1', quantity: 1 }] },
      expect: refuses('refused, and says in which currency it is sold', 409, 'CURRENCY_MISMATCH', {
        body: { items: [{ productId: 'prod1', currency: 'USD' }] },
      }),
    }),
    step(placeOrder, 'Order An Unknown Product', 'What is not in the catalog cannot be ordered.', {
      body: { customerId: 'CUST1', items: [{ productId: 'no-such-product', quantity: 1 }] },
      expect: refuses('refused, and there is the order that was refused', 409, 'PRODUCT_NOT_FOUND', {
        headers: { Location: '/orders/{orderId}' },
      }),
    }),
  ]),
  everyService('product'),
]);
