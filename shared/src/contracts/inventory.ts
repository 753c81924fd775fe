import { z } from 'zod';
import { Count, Id, Limit, PageQuery, page, Quantity, QuantityInQuery, Time } from './common.ts';
import { IfMatch, IfNoneMatch, stale, unchanged } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';
import type { ErrorCode } from './error-codes.ts';

const { get, post, put } = endpoints('Inventory');

export const StockLine = z.object({ productId: Id, quantity: Quantity }).meta({ id: 'StockLine' });
const Lines = z
  .array(z.object(StockLine.shape).meta({ id: 'StockLineGiven' }))
  .min(1)
  .max(100);
export type StockLine = z.infer<typeof StockLine>;

export const StockLevel = z
  .object({
    productId: Id,
    onHand: Count,
    reserved: Count,
    available: Count,
    initial: Count,
    added: Count,
    shipped: Count,
    restocked: Count,
    movements: Count.meta({ description: 'How often the level has changed' }),
    held: Count.meta({ description: 'The part of `reserved` that is held without an order' }),
    withdrawn: z
      .literal(true)
      .optional()
      .meta({ description: 'The product was deleted from the catalog: none of it can be reserved any more' }),
  })
  .meta({
    id: 'StockLevel',
    example: {
      productId: 'PROD001',
      onHand: 100,
      reserved: 2,
      available: 98,
      initial: 100,
      added: 0,
      shipped: 0,
      restocked: 0,
      movements: 1,
      held: 0,
    },
  });
export type StockLevel = z.infer<typeof StockLevel>;

const Settlement = z.enum(['release', 'commit', 'restock']).meta({ id: 'Settlement' });

export const Reservation = z
  .object({
    orderId: Id,
    status: z.enum(['RESERVED', 'RELEASED', 'COMMITTED', 'RESTOCKED']).meta({ id: 'ReservationStatus' }),
    items: z.array(StockLine),
    open: z.array(StockLine).meta({ description: 'What of the items is still reserved' }),
    parts: z
      .array(z.object({ ref: Id.optional(), what: Settlement, items: z.array(StockLine) }).meta({ id: 'SettledPart' }))
      .optional()
      .meta({ description: 'What was settled part by part, oldest first' }),
    holdUntil: Time.optional().meta({ description: 'A hold: then it is released, unless an order takes it over' }),
    updatedAt: Time,
  })
  .meta({ id: 'Reservation' });
export type Reservation = z.infer<typeof Reservation>;

const Availability = z
  .object({ productId: Id, quantity: Quantity, available: z.boolean(), inStock: Count })
  .meta({ id: 'AvailabilityOfProduct' });
export const AvailabilityOfAll = z
  .object({ available: z.boolean(), items: z.array(Availability) })
  .meta({ id: 'Availability' });
export type AvailabilityOfAll = z.infer<typeof AvailabilityOfAll>;

const itemsInQuery = z
  .string()
  .max(10_000)
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('must be URL-encoded JSON: [{"productId","quantity"}]');
      return z.NEVER;
    }
  })
  .pipe(Lines)
  .meta({ description: 'URL-encoded JSON: `[{"productId","quantity"}]`' });

/** `?items=[{productId, quantity}]`, or `?productId=&quantity=` for one. */
export const CheckQuery = z
  .object({ items: itemsInQuery.optional(), productId: Id.optional(), quantity: QuantityInQuery.optional() })
  .refine(({ items, productId }) => (items === undefined) !== (productId === undefined), {
    path: ['items'],
    message: 'give either items, or productId and quantity',
  })
  .transform(({ items, productId, quantity = 1 }) => items ?? [{ productId: productId as string, quantity }]);

const OfOrder = z.object({ orderId: Id });
const OfProduct = z.object({ productId: Id });
const HeldQuantity = z
  .object({ quantity: z.int().min(1).max(1_000_000) })
  .meta({ id: 'HeldQuantity', example: { quantity: 2 } });

export const listStock = get('/inventory', {
  aliases: ['/inventory/status'],
  access: 'customers',
  summary: 'Stock levels of all products',
  description: 'What is on hand, reserved and available of each product, in the order of their ids.',
  query: PageQuery,
  answers: { 200: { description: 'A page of stock levels', schema: page(StockLevel), headers: ['Link'] } },
});

export const checkStock = get('/inventory/check', {
  access: 'customers',
  summary: 'Whether these items are available right now',
  description:
    'It reserves nothing. `items` is JSON in the query; `productId` and `quantity` are simpler for one product.',
  query: CheckQuery,
  answers: {
    200: { description: 'Whether each item, and all items together, are available', schema: AvailabilityOfAll },
  },
});

export const listReservations = get('/inventory/reservations', {
  summary: 'All reservations, the newest order first',
  description: 'What is kept for which order, and what has become of it.',
  query: z.object({ limit: Limit, cursor: PageQuery.shape.cursor, status: Reservation.shape.status.optional() }),
  answers: { 200: { description: 'A page of reservations', schema: page(Reservation), headers: ['Link'] } },
});

export const getReservation = get('/inventory/reservations/{orderId}', {
  summary: 'The reservation of an order',
  description: 'What is kept for the order, and what of it has left, was given back or came back.',
  params: OfOrder,
  headers: IfNoneMatch,
  answers: {
    200: { description: 'The reservation', schema: Reservation, headers: ['ETag'] },
    ...unchanged,
    ...problems(404, 'RESERVATION_NOT_FOUND'),
  },
});

export const getStock = get('/inventory/{productId}', {
  access: 'customers',
  summary: 'The stock level of a product',
  description: 'What is on hand, reserved and available of the product.',
  params: OfProduct,
  headers: IfNoneMatch,
  answers: {
    200: { description: 'The stock level', schema: StockLevel, headers: ['ETag'] },
    ...unchanged,
    ...problems(404, 'PRODUCT_NOT_FOUND'),
  },
});

export const getAvailability = get('/inventory/{productId}/availability', {
  access: 'customers',
  summary: 'Whether this quantity is available right now',
  description: 'It reserves nothing: only an order or a hold does.',
  params: OfProduct,
  query: z.object({ quantity: QuantityInQuery.default(1) }),
  answers: {
    200: { description: 'Whether it is available', schema: Availability },
    ...problems(404, 'PRODUCT_NOT_FOUND'),
  },
});

export const reserveStock = post('/inventory/reserve', {
  summary: 'Reserves all items of an order, or none',
  description:
    'Orders do this by themselves. Call it to hold stock for a cart with `ttlSeconds`; an order takes the hold over with `holdId`.',
  body: z
    .object({
      orderId: Id,
      items: Lines,
      ttlSeconds: z.int().min(1).max(86_400).optional().meta({
        description:
          'Holds the items for so long, for a cart. Repeated, it holds them longer, or others; without it, they are kept for good',
      }),
      holdId: Id.optional().meta({ description: 'The hold whose stock becomes this reservation, in the same moment' }),
    })
    .meta({ id: 'ReserveStock', example: { orderId: 'ORDER1', items: [{ productId: 'PROD001', quantity: 2 }] } }),
  answers: {
    201: { description: 'Reserved, by this request or an earlier one', schema: Reservation },
    ...problems(409, 'OUT_OF_STOCK', 'PRODUCT_NOT_FOUND', 'RESERVATION_CLOSED'),
  },
});

const OF_PARTS = ['QUANTITY_TOO_HIGH', 'PART_MISMATCH'] as const;

const Settled = OfOrder.extend({
  items: Lines.optional().meta({ description: 'A part of the items; absent: everything that is left' }),
  ref: Id.optional().meta({ description: 'Names the part: it is settled once, however often it is requested' }),
}).meta({
  id: 'SettleStock',
  example: { orderId: 'ORDER1' },
  examples: [
    { orderId: 'ORDER1' },
    { orderId: 'ORDER1', items: [{ productId: 'PROD001', quantity: 1 }], ref: 'parcel-1' },
  ],
});

const settling = (path: string, summary: string, ...codes: ErrorCode[]) =>
  post(path, {
    summary,
    description: 'Orders do this by themselves. Repeated, also with another key, it settles the same part once.',
    body: Settled,
    answers: { 200: { description: 'The reservation now', schema: Reservation }, ...problems(409, ...codes) },
  });

export const releaseStock = settling(
  '/inventory/release',
  'Releases the reservation of an order',
  'RESERVATION_CLOSED',
  'RESERVATION_NOT_FOUND',
  ...OF_PARTS,
);
export const commitStock = settling(
  '/inventory/commit',
  'Takes the reserved goods of an order out of stock: they have left',
  'RESERVATION_CLOSED',
  'RESERVATION_NOT_FOUND',
  ...OF_PARTS,
);
export const restockStock = settling(
  '/inventory/restock',
  'Puts the goods of a returned order back into stock',
  'RESERVATION_CLOSED',
  'RESERVATION_NOT_FOUND',
  ...OF_PARTS,
);

const holding = (path: string, summary: string, code: ErrorCode) =>
  post(path, {
    summary,
    description: 'For stock that is set aside by hand. What is held is reserved, until it is released here.',
    params: OfProduct,
    headers: IfMatch,
    body: HeldQuantity,
    answers: {
      200: { description: 'The stock level now', schema: StockLevel, headers: ['ETag'] },
      ...problems(404, 'PRODUCT_NOT_FOUND'),
      ...problems(409, code),
      ...stale,
    },
  });

export const holdStock = holding('/inventory/{productId}/reserve', 'Holds stock without an order', 'OUT_OF_STOCK');
export const unholdStock = holding(
  '/inventory/{productId}/release',
  'Releases stock that was held without an order',
  'NOT_RESERVED',
);

export const addStock = put('/inventory/{productId}', {
  summary: 'Adds stock',
  description:
    'A product that inventory does not know yet gets its first stock. Sent again with another Idempotency-Key it adds the quantity again.',
  params: OfProduct,
  headers: IfMatch,
  body: z.object({ quantity: z.int().min(0).max(1_000_000) }).meta({ id: 'AddStock', example: { quantity: 50 } }),
  answers: {
    200: { description: 'The stock level now', schema: StockLevel, headers: ['ETag'] },
    201: { description: 'The stock level of a new product', schema: StockLevel, headers: ['Location', 'ETag'] },
    ...stale,
  },
});
