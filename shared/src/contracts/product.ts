import { z } from 'zod';
import { MOST_CENTS, USUAL_CURRENCY } from '../money.ts';
import { AnyMoney, Currency, Id, mustFit, Name, NOT_BLANK, PageQuery, Price, page, Time } from './common.ts';
import { IfMatch, IfNoneMatch, stale, unchanged } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';

const { get, post, put, remove } = endpoints('Products');

const Description = z.string().trim().max(2_000);

export const Product = z
  .object({
    id: Id,
    name: Name,
    description: Description.optional(),
    price: AnyMoney,
    currency: Currency,
    category: Name.optional(),
    sku: Id.optional(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({
    id: 'Product',
    example: {
      id: 'PROD001',
      name: 'Café press',
      price: 29.99,
      currency: 'USD',
      category: 'Kitchen',
      createdAt: '2026-11-21T04:38:26.970Z',
      updatedAt: '2026-11-21T04:38:26.970Z',
    },
  });
export type Product = z.infer<typeof Product>;

const Described = z.object({
  name: Name,
  description: Description.optional(),
  price: Price,
  currency: Currency,
  category: Name.optional(),
  sku: Id.optional(),
});
type Priced = { price?: number | undefined; currency?: string | undefined };
const priceFits = ({ price: amount, currency }: Priced, context: z.core.$RefinementCtx) =>
  mustFit(context, ['price'], { amount, currency, most: MOST_CENTS.price });

export const NewProduct = Described.extend({ id: Id.optional(), currency: Currency.default(USUAL_CURRENCY) })
  .superRefine(priceFits)
  .meta({ id: 'ProductGiven', example: { id: 'PROD006', name: 'Desk lamp', price: 24.5, category: 'Office' } });
export type NewProduct = z.input<typeof NewProduct>;

const ProductChange = Described.partial()
  .superRefine(priceFits)
  .refine(({ price, currency }) => currency === undefined || price !== undefined, {
    path: ['price'],
    message: 'is required with a currency: another currency needs another price',
  })
  .meta({ id: 'ProductChange', dependentRequired: { currency: ['price'] }, example: { price: 22.5 } });
export type ProductChange = z.infer<typeof ProductChange>;

/** What a new system has in its catalog and in stock. The last one says that all are there. */
export const FIRST_PRODUCTS = [
  ...['PROD001', 'PROD002', 'PROD003', 'PROD004', 'PROD005'],
  ...['PROD-001', 'PROD-002', 'PROD-003', 'PROD-004', 'PROD-005'],
  ...['product-001', 'product-002', 'product-003', 'product-004', 'product-005', 'product-006'],
  ...['limited-stock-001', 'prod-123', 'P123', 'prod2', 'prod1'],
] as const;
export type FirstProduct = (typeof FIRST_PRODUCTS)[number];

const ProductPage = page(Product);
const OfProduct = z.object({ productId: Id });
const notFound = problems(404, 'PRODUCT_NOT_FOUND');
const MOST_IDS = 100;
const ONE_ID = '[A-Za-z0-9_.:-]{1,64}';
const Ids = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(Id).min(1).max(MOST_IDS))
  .meta({
    type: 'string',
    pattern: `^${ONE_ID}(,${ONE_ID}){0,${MOST_IDS - 1}}$`,
    description: 'Only these products, comma-separated; those that exist come on one page',
    example: 'PROD001,PROD002',
  });

export const listProducts = get('/products', {
  access: 'customers',
  summary: 'The catalog',
  description: 'What can be ordered, with its price. `ids` gives up to 100 products at once.',
  query: z.object({ ...PageQuery.shape, category: Name.optional(), ids: Ids.optional() }),
  answers: { 200: { description: 'A page of products', schema: ProductPage, headers: ['Link'] } },
});

export const searchProducts = get('/products/search/{query}', {
  access: 'customers',
  summary: 'Products with every word of the query, or a word that begins with it; best match first',
  description: 'Upper and lower case and accents do not matter.',
  params: z.object({ query: z.string().trim().min(1).max(200).meta(NOT_BLANK) }),
  query: PageQuery.pick({ limit: true }),
  answers: {
    200: { description: 'The products found, best match first', schema: ProductPage },
  },
});

export const getProduct = get('/products/{productId}', {
  access: 'customers',
  summary: 'A product',
  description: 'Its price and currency are those that an order placed now has.',
  params: OfProduct,
  headers: IfNoneMatch,
  answers: { 200: { description: 'The product', schema: Product, headers: ['ETag'] }, ...unchanged, ...notFound },
});

export const createProduct = post('/products', {
  summary: 'Adds a product to the catalog; without an id it gets one',
  description: 'Its stock is added apart, with PUT /inventory/{productId}.',
  body: NewProduct,
  answers: {
    201: { description: 'Added', schema: Product, headers: ['Location'] },
    ...problems(409, 'PRODUCT_EXISTS'),
  },
});

export const changeProduct = put('/products/{productId}', {
  summary: 'Changes the fields given, the currency only together with the price; existing orders do not change',
  description: 'Fields that are left out stay as they are.',
  params: OfProduct,
  headers: IfMatch,
  body: ProductChange,
  answers: { 200: { description: 'The product now', schema: Product, headers: ['ETag'] }, ...notFound, ...stale },
});

export const deleteProduct = remove('/products/{productId}', {
  summary: 'Removes a product from the catalog; existing orders do not change',
  description: 'Its stock cannot be reserved any more.',
  params: OfProduct,
  headers: IfMatch,
  answers: { 200: { description: 'The removed product', schema: Product }, ...notFound, ...stale },
});
