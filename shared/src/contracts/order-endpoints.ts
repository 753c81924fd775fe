import { z } from 'zod';
import { AfterVersion, AnyMoney, Id, PageQuery, PageSize, page, Time, VersionInQuery } from './common.ts';
import { IfNoneMatch, unchanged } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';
import { Event } from './events.ts';
import { CheckQuery } from './inventory.ts';
import { CartAvailability, Order, PartOfLine, PlaceOrder, StatusGiven } from './order.ts';
import { Shipment } from './shipping.ts';

const { get, post } = endpoints('Orders');

export const OfOrder = z.object({ id: Id });
export const notFound = problems(404, 'ORDER_NOT_FOUND');
const shown = { 200: { description: 'The order', schema: Order, headers: ['ETag'] }, ...unchanged };
export const accepted = {
  202: { description: 'Accepted, and still being carried out', schema: Order, headers: ['Location', 'ETag'] },
};
export const Prefer = z.object({
  prefer: z.string().max(200).optional().meta({
    description: '`wait=N`: waits up to N seconds for the end, then answers 202; `respond-async`: answers 202 at once',
    example: 'wait=20',
  }),
});

export const placeOrder = post('/orders', {
  access: 'customers',
  summary: 'Places an order: reserves the stock, authorizes the payment, confirms; or undoes it all',
  description:
    '201 with the order once it is confirmed; 202 if that takes longer than 10 s, or as `Prefer: wait=N` or `respond-async` says: then follow it at `Location`. An order that is refused exists all the same, as `REJECTED`: the problem carries its `orderId`. Send an Idempotency-Key of your own: repeated with it, the request places no second order.',
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
  description:
    'Customers see their own orders, operators all. The next page is in `nextCursor`, and in the header Link.',
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
  description:
    'Everything that is known of the order: its lines, money and parcels, and the saga that is under way, if any. With If-None-Match it is 304 while nothing has changed.',
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
  items: z.array(PartOfLine),
  amount: AnyMoney,
  currency: z.string(),
});

const Refund = Given.extend({
  kind: z.enum(['refund', 'return', 'cancellation']).meta({ id: 'RefundKind' }),
}).meta({ id: 'OrderRefund' });
const Return = Given.extend({ restocked: z.boolean() }).meta({ id: 'OrderReturn' });

export const listRefunds = get('/orders/{id}/refunds', {
  access: 'customers',
  summary: 'What was given back of what the order cost: when and why, oldest first',
  description:
    'Refunds without goods, refunds of what came back, and what was given back for cancelled items, each with its amount and reason.',
  params: OfOrder,
  answers: {
    200: {
      description: 'All of it',
      schema: z.object({ orderId: Id, items: z.array(Refund), refunded: AnyMoney }).meta({ id: 'OrderRefunds' }),
    },
    ...notFound,
  },
});

export const listReturns = get('/orders/{id}/returns', {
  access: 'customers',
  summary: 'What came back, oldest first',
  description: 'Which items came back, how many, why, and whether they are in stock again.',
  params: OfOrder,
  answers: {
    200: {
      description: 'All of it',
      schema: z.object({ orderId: Id, items: z.array(Return) }).meta({ id: 'OrderReturns' }),
    },
    ...notFound,
  },
});

export const getOrderEvents = get('/orders/{id}/events', {
  access: 'customers',
  summary: 'Everything that happened to the order; `Accept: text/event-stream`: live; `text/plain`: a timeline to read',
  description:
    'The history of the order, by which it can be followed: read on with `after`, or stream it and continue after a break with `Last-Event-ID`.',
  params: OfOrder,
  query: z.object({
    limit: PageSize.optional().meta({ description: 'How many events; 50 if absent, for `text/plain` 200' }),
    after: AfterVersion.default(0).meta({ description: 'Only events after this version: `next` of the previous page' }),
  }),
  answers: {
    200: {
      description:
        'The events, oldest first. A stream ends with `event: end` once the order can no longer change (see 204). It ends without it when the token expires, the service stops or the client reads too slowly: connect again with `Last-Event-ID`',
      schema: z
        .object({
          orderId: Id,
          events: z.array(Event),
          next: z.int().nullable().meta({ description: '`after` of the next page; null: this is the last page' }),
        })
        .meta({ id: 'OrderEvents' }),
      contentTypes: ['application/json', 'text/event-stream', 'text/plain'],
      headers: ['Link'],
    },
    204: {
      contentTypes: [],
      description: '`Last-Event-ID` is the last event: the order can no longer change, and there is nothing to stream',
    },
    ...notFound,
    ...problems(429, 'TOO_MANY_STREAMS'),
  },
});

export const trackOrder = get('/orders/{id}/track', {
  access: 'customers',
  summary: "The shipment's tracking history",
  description: 'Where the newest parcel of the order is, and where it was.',
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
  description: 'For a cart, before the order is placed. It reserves nothing: only an order or a hold does.',
  query: CheckQuery,
  answers: {
    200: { description: 'Whether it could be ordered', schema: CartAvailability },
  },
});
