import { z } from 'zod';
import { AfterVersion, AnyMoney, Id, PageQuery, PageSize, page, Time, VersionInQuery } from './common.ts';
import { IfNoneMatch, unchanged } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';
import { Event } from './events.ts';
import { CheckQuery } from './inventory.ts';
import { CartAvailability, Order, PlaceOrder, StatusGiven } from './order.ts';
import { Shipment } from './shipping.ts';

const { get, post } = endpoints('Orders');

export const OfOrder = z.object({ id: Id });
export const notFound = problems(404, 'ORDER_NOT_FOUND');
const shown = { 200: { description: 'The order', schema: Order, headers: ['ETag'] }, ...unchanged };
export const accepted = {
  202: { description: 'Accepted, and still being carried out', schema: Order, headers: ['Location', 'ETag'] },
};
export const Prefer = z.object({ prefer: z.string().max(200).optional() });

export const placeOrder = post('/orders', {
  access: 'customers',
  summary: 'Places an order: reserves the stock, authorizes the payment, confirms; or undoes it all',
  headers: Prefer,
  body: PlaceOrder,
  answers: {
    201: { description: 'Confirmed, or held for confirmation', schema: Order, headers: ['Location', 'ETag'] },
    ...accepted,
    ...problems(402, 'PAYMENT_DECLINED'),
    ...problems(403, 'FORBIDDEN', 'CHARGES_FORBIDDEN', 'HOLD_FORBIDDEN'),
    ...problems(
      409,
      'OUT_OF_STOCK',
      'PRODUCT_NOT_FOUND',
      'CURRENCY_MISMATCH',
      'PRICE_CHANGED',
      'TOO_MANY_UNCONFIRMED',
      'ORDER_CANCELLED',
    ),
    ...problems(503, 'PAYMENT_UNAVAILABLE', 'INVENTORY_UNAVAILABLE', 'PRODUCTS_UNAVAILABLE', 'STORE_FULL'),
  },
});

export const listOrders = get('/orders', {
  access: 'customers',
  summary: 'Orders, newest first',
  query: z.object({
    ...PageQuery.shape,
    status: StatusGiven.optional(),
    customerId: Id.optional(),
    needsAttention: z.literal('true').optional().meta({ description: 'Only orders that an operator has to look at' }),
    from: Time.optional(),
    to: Time.optional(),
  }),
  answers: { 200: { description: 'A page of orders', schema: page(Order), headers: ['Link'] } },
});

export const getOrder = get('/orders/{id}', {
  access: 'customers',
  summary: 'The order; with `version` or `at`, as it was then, rebuilt from its events',
  params: OfOrder,
  headers: IfNoneMatch,
  query: z.object({ version: VersionInQuery.optional(), at: Time.optional() }),
  answers: {
    ...shown,
    ...notFound,
    ...problems(429, 'TOO_MANY_REBUILDS'),
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});

const Given = z.object({
  number: z.int(),
  at: Time,
  by: z.string().optional(),
  reason: z.string().optional(),
  items: z.array(z.object({ lineId: z.string(), productId: Id, quantity: z.int() })),
  amount: AnyMoney,
  currency: z.string(),
});

export const listRefunds = get('/orders/{id}/refunds', {
  access: 'customers',
  summary: 'What was given back of what the order cost: when and why, oldest first',
  params: OfOrder,
  answers: {
    200: {
      description: 'All of it',
      schema: z.object({
        orderId: Id,
        items: z.array(Given.extend({ kind: z.enum(['refund', 'return', 'cancellation']) })),
        refunded: AnyMoney,
      }),
    },
    ...notFound,
  },
});

export const listReturns = get('/orders/{id}/returns', {
  access: 'customers',
  summary: 'What came back, oldest first',
  params: OfOrder,
  answers: {
    200: {
      description: 'All of it',
      schema: z.object({ orderId: Id, items: z.array(Given.extend({ restocked: z.boolean() })) }),
    },
    ...notFound,
  },
});

export const getOrderEvents = get('/orders/{id}/events', {
  access: 'customers',
  summary: 'Everything that happened to the order; `Accept: text/event-stream`: live; `text/plain`: a timeline to read',
  params: OfOrder,
  query: z.object({
    limit: PageSize.optional().meta({ description: 'How many events; 50 if absent, for `text/plain` 200' }),
    after: AfterVersion.default(0).meta({ description: 'Only events after this version: `next` of the previous page' }),
  }),
  answers: {
    200: {
      description:
        'The events, oldest first. A stream ends with `event: end` once the order can no longer change (see 204). It ends without it when the token expires, the service stops or the client reads too slowly: connect again with `Last-Event-ID`',
      schema: z.object({
        orderId: Id,
        events: z.array(Event),
        next: z.int().nullable().meta({ description: '`after` of the next page; null: this is the last page' }),
      }),
      contentTypes: ['application/json', 'text/event-stream', 'text/plain'],
      headers: ['Link'],
    },
    204: {
      description: '`Last-Event-ID` is the last event: the order can no longer change, and there is nothing to stream',
    },
    ...notFound,
    ...problems(429, 'TOO_MANY_STREAMS'),
  },
});

export const trackOrder = get('/orders/{id}/track', {
  access: 'customers',
  summary: "The shipment's tracking history",
  params: OfOrder,
  answers: {
    200: { description: 'The shipment', schema: Shipment },
    ...notFound,
    ...problems(409, 'NOT_SHIPPED'),
    ...problems(503, 'SHIPPING_UNAVAILABLE'),
  },
});

export const checkAvailability = get('/availability', {
  access: 'customers',
  summary: 'Whether a cart could be ordered right now; `optimistic` while inventory cannot be reached',
  query: CheckQuery,
  answers: {
    200: { description: 'Whether it could be ordered', schema: CartAvailability },
  },
});
