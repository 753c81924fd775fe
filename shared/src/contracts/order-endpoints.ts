import { z } from 'zod';
import { Address, AfterVersion, Id, PageQuery, PageSize, page, Reason, Time, VersionInQuery } from './common.ts';
import { IfMatch, IfNoneMatch, stale, unchanged } from './conditions.ts';
import { type Access, endpoint, problems } from './endpoint.ts';
import { Event } from './events.ts';
import { CheckQuery } from './inventory.ts';
import { CartAvailability, Order, OrderStatus, PlaceOrder } from './order.ts';
import { Carrier, Shipment, ShipmentStatus } from './shipping.ts';

const tag = 'Orders';

const OfOrder = z.object({ id: Id });
const notFound = problems(404, 'ORDER_NOT_FOUND');
const badMoment = problems(409, 'INVALID_TRANSITION');
const shown = { 200: { description: 'The order', schema: Order, headers: ['ETag'] }, ...unchanged };
const done = { 200: { description: 'The order now', schema: Order, headers: ['ETag'] }, ...stale };
const goesOn = {
  202: { description: 'Accepted, and still being carried out', schema: Order, headers: ['Location', 'ETag'] },
};
const Prefer = z.object({ prefer: z.string().max(200).optional() });
const Command = Prefer.extend(IfMatch.shape);
const WithReason = z.object({ reason: Reason.optional() }).default({});

export const placeOrder = endpoint({
  method: 'post',
  path: '/orders',
  tag,
  access: 'customers',
  summary: 'Places an order: reserves the stock, authorizes the payment, confirms; or undoes it all',
  headers: Prefer,
  body: PlaceOrder,
  answers: {
    201: { description: 'Confirmed, or held for confirmation', schema: Order, headers: ['Location', 'ETag'] },
    ...goesOn,
    ...problems(402, 'PAYMENT_DECLINED'),
    ...problems(403, 'FORBIDDEN'),
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

export const listOrders = endpoint({
  method: 'get',
  path: '/orders',
  tag,
  access: 'customers',
  summary: 'Orders, newest first',
  query: z.object({
    ...PageQuery.shape,
    status: OrderStatus.optional(),
    customerId: Id.optional(),
    needsAttention: z.literal('true').optional().meta({ description: 'Only those that somebody has to look after' }),
    from: Time.optional(),
    to: Time.optional(),
  }),
  answers: { 200: { description: 'A page of orders', schema: page(Order), headers: ['Link'] } },
});

export const getOrder = endpoint({
  method: 'get',
  path: '/orders/{id}',
  tag,
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

export const getOrderEvents = endpoint({
  method: 'get',
  path: '/orders/{id}/events',
  tag,
  access: 'customers',
  summary: 'Everything that happened to the order; `Accept: text/event-stream`: live; `text/plain`: to read',
  params: OfOrder,
  query: z.object({
    limit: PageSize.optional().meta({ description: 'How many events; usually 50, of `text/plain` 200' }),
    after: AfterVersion.default(0).meta({ description: '`next` of the page before: only events after this version' }),
  }),
  answers: {
    200: {
      description:
        'Its events, oldest first. A stream ends with `event: end` once the order can change no more (see 204), without it when the token expires, the service stops or the reader is too slow: come back with `Last-Event-ID` then',
      schema: z.object({
        orderId: Id,
        events: z.array(Event),
        next: z.int().nullable().meta({ description: 'Give it as `after` for the next page; null: this is the last' }),
      }),
      contentTypes: ['application/json', 'text/event-stream', 'text/plain'],
      headers: ['Link'],
    },
    204: { description: 'The reader of a stream comes back with the last `Last-Event-ID` that there will ever be' },
    ...notFound,
    ...problems(429, 'TOO_MANY_STREAMS'),
  },
});

export const updateOrder = endpoint({
  method: 'put',
  path: '/orders/{id}',
  tag,
  access: 'customers',
  summary: 'Changes where the order is sent',
  params: OfOrder,
  headers: IfMatch,
  body: z.object({ shippingAddress: Address }).meta({ id: 'UpdateOrder' }),
  answers: { ...done, ...notFound, ...problems(409, 'ORDER_NOT_EDITABLE', 'ADDRESS_CHANGED_TOO_OFTEN') },
});

const command = (path: string, summary: string, access?: Access) =>
  endpoint({
    method: 'post',
    path,
    tag,
    ...(access ? { access } : {}),
    summary,
    params: OfOrder,
    headers: IfMatch,
    answers: { ...done, ...notFound, ...badMoment },
  });

export const confirmOrder = command('/orders/{id}/confirm', 'Confirms an order that was held for it', 'customers');
export const processOrder = command('/orders/{id}/process', 'Starts to process a confirmed order');

export const fulfillOrder = endpoint({
  method: 'post',
  path: '/orders/{id}/fulfill',
  tag,
  summary: 'Ships the order: books the shipment, captures the payment, commits the stock',
  params: OfOrder,
  headers: Command,
  body: z
    .object({ carrier: Carrier.optional(), shippingAddress: Address.optional() })
    .default({})
    .meta({ id: 'FulfillOrder', example: { carrier: 'EXPRESS' } }),
  answers: {
    ...done,
    ...goesOn,
    ...notFound,
    ...problems(409, 'INVALID_TRANSITION', 'ADDRESS_REQUIRED', 'SHIPMENT_CLOSED', 'PAYMENT_CLOSED'),
  },
});

const CancelOrder = WithReason.meta({ id: 'CancelOrder', example: { reason: 'changed my mind' } });

const cancelling = (method: 'post' | 'delete', path: string) =>
  endpoint({
    method,
    path,
    tag,
    access: 'customers',
    summary: 'Cancels the order: gives the money and the stock back',
    params: OfOrder,
    headers: Command,
    body: CancelOrder,
    answers: { ...done, ...goesOn, ...notFound, ...badMoment },
  });

export const cancelOrder = cancelling('post', '/orders/{id}/cancel');
export const deleteOrder = cancelling('delete', '/orders/{id}');

export const returnOrder = endpoint({
  method: 'post',
  path: '/orders/{id}/return',
  tag,
  access: 'customers',
  summary: 'Takes a delivered order back: refunds and restocks',
  params: OfOrder,
  headers: Command,
  body: WithReason.meta({ id: 'ReturnOrder', example: { reason: 'does not fit' } }),
  answers: { ...done, ...goesOn, ...notFound, ...badMoment },
});

export const changeOrderStatus = endpoint({
  method: 'put',
  path: '/orders/{id}/status',
  tag,
  summary: 'The command that leads to this status; `DELIVERED`: shipping delivers the parcel, and the order follows',
  params: OfOrder,
  headers: Command,
  body: z.object({ status: OrderStatus }).meta({ id: 'OrderStatusChange', example: { status: 'PROCESSING' } }),
  answers: {
    ...done,
    ...goesOn,
    ...notFound,
    ...problems(
      409,
      'INVALID_TRANSITION',
      'ADDRESS_REQUIRED',
      'SHIPMENT_CLOSED',
      'PAYMENT_CLOSED',
      'SHIPMENT_NOT_FOUND',
    ),
    ...problems(503, 'SERVICE_UNAVAILABLE', 'SHIPPING_UNAVAILABLE'),
  },
});

export const ParcelNews = z
  .object({
    shipmentId: Id,
    status: ShipmentStatus,
    sequence: z
      .int()
      .min(1)
      .meta({ description: "How many entries the parcel's history has; older news change nothing" }),
  })
  .meta({ id: 'ParcelNews', example: { shipmentId: 'SHIPMENT1', status: 'IN_TRANSIT', sequence: 2 } });
export type ParcelNews = z.infer<typeof ParcelNews>;

export const followParcel = endpoint({
  method: 'put',
  path: '/orders/{id}/shipment',
  tag,
  summary: 'Where the parcel of the order is; for the shipping service alone, which tells of every change',
  params: OfOrder,
  body: ParcelNews,
  answers: {
    ...done,
    ...notFound,
    ...problems(403, 'FORBIDDEN'),
    ...problems(409, 'INVALID_TRANSITION', 'OTHER_SHIPMENT'),
    ...problems(503, 'SERVICE_UNAVAILABLE'),
  },
});

export const trackOrder = endpoint({
  method: 'get',
  path: '/orders/{id}/track',
  tag,
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

export const checkAvailability = endpoint({
  method: 'get',
  path: '/availability',
  tag,
  access: 'customers',
  summary: 'Whether a cart could be ordered right now; optimistic, and says so, while inventory cannot be asked',
  query: CheckQuery,
  answers: {
    200: { description: 'The answer', schema: CartAvailability },
  },
});
