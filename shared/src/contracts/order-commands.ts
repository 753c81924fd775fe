import { z } from 'zod';
import { AddressGiven, Id, Reason } from './common.ts';
import { IfMatch, stale } from './conditions.ts';
import { type Access, endpoints, problems } from './endpoint.ts';
import { Order, StatusGiven } from './order.ts';
import { accepted, notFound, OfOrder, Prefer } from './order-endpoints.ts';
import { Carrier, ShipmentStatus } from './shipping.ts';

const { post, put, remove } = endpoints('Orders');

const badMoment = problems(409, 'INVALID_TRANSITION');
const done = { 200: { description: 'The order now', schema: Order, headers: ['ETag'] }, ...stale };
const Command = Prefer.extend(IfMatch.shape);
const WithReason = z.object({ reason: Reason.optional() }).default({});

export const updateOrder = put('/orders/{id}', {
  access: 'customers',
  summary: 'Changes the shipping address',
  params: OfOrder,
  headers: IfMatch,
  body: z.object({ shippingAddress: AddressGiven }).meta({ id: 'UpdateOrder' }),
  answers: { ...done, ...notFound, ...problems(409, 'ORDER_NOT_EDITABLE', 'ADDRESS_CHANGED_TOO_OFTEN') },
});

const command = (path: string, summary: string, access?: Access) =>
  post(path, {
    ...(access ? { access } : {}),
    summary,
    params: OfOrder,
    headers: IfMatch,
    answers: { ...done, ...notFound, ...badMoment },
  });

export const confirmOrder = command(
  '/orders/{id}/confirm',
  'Confirms an order that was placed with `autoConfirm: false`',
  'customers',
);
export const processOrder = command('/orders/{id}/process', 'Starts to process a confirmed order');

export const fulfillOrder = post('/orders/{id}/fulfill', {
  summary: 'Ships the order: books the shipment, captures the payment, commits the stock',
  params: OfOrder,
  headers: Command,
  body: z
    .object({ carrier: Carrier.optional(), shippingAddress: AddressGiven.optional() })
    .default({})
    .meta({ id: 'FulfillOrder', example: { carrier: 'EXPRESS' } }),
  answers: {
    ...done,
    ...accepted,
    ...notFound,
    ...problems(409, 'INVALID_TRANSITION', 'ADDRESS_REQUIRED', 'SHIPMENT_CLOSED', 'PAYMENT_CLOSED'),
  },
});

const CancelOrder = WithReason.meta({ id: 'CancelOrder', example: { reason: 'changed my mind' } });

const cancelling = {
  access: 'customers' as const,
  summary: 'Cancels the order: gives the money and the stock back',
  params: OfOrder,
  headers: Command,
  body: CancelOrder,
  answers: { ...done, ...accepted, ...notFound, ...badMoment },
};
export const cancelOrder = post('/orders/{id}/cancel', cancelling);
export const deleteOrder = remove('/orders/{id}', cancelling);

export const returnOrder = post('/orders/{id}/return', {
  access: 'customers',
  summary: 'Takes a delivered order back: refunds and restocks',
  params: OfOrder,
  headers: Command,
  body: WithReason.meta({ id: 'ReturnOrder', example: { reason: 'does not fit' } }),
  answers: { ...done, ...accepted, ...notFound, ...badMoment },
});

export const changeOrderStatus = put('/orders/{id}/status', {
  summary:
    'Carries out the command that leads to this status; `DELIVERED`: shipping delivers the parcel, and the order follows',
  params: OfOrder,
  headers: Command,
  body: z
    .union([
      z.object({ status: StatusGiven }).meta({ id: 'OrderStatusChange', example: { status: 'PROCESSING' } }),
      StatusGiven.transform((status) => ({ status })),
    ])
    .meta({ example: { status: 'PROCESSING' } }),
  answers: {
    ...done,
    ...accepted,
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
      .meta({ description: 'How many entries the history of the parcel has; older news changes nothing' }),
  })
  .meta({ id: 'ParcelNews', example: { shipmentId: 'SHIPMENT1', status: 'IN_TRANSIT', sequence: 2 } });
export type ParcelNews = z.infer<typeof ParcelNews>;

export const followParcel = put('/orders/{id}/shipment', {
  summary: 'The state of the parcel; only for the shipping service, which reports every change',
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
