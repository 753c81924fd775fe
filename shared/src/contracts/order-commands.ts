import { z } from 'zod';
import { AddressGiven, Amount, Id, LineId, Quantity, Reason } from './common.ts';
import { IfMatch, stale } from './conditions.ts';
import { type Access, endpoints, problems } from './endpoint.ts';
import { Order, StatusGiven } from './order.ts';
import { accepted, notFound, OfOrder, Prefer } from './order-endpoints.ts';
import { Carrier, ShipmentStatus } from './shipping.ts';

const { post, put, remove } = endpoints('Orders');

const badMoment = problems(409, 'INVALID_TRANSITION');
const done = { 200: { description: 'The order now', schema: Order, headers: ['ETag'] }, ...stale };
const Command = Prefer.extend(IfMatch.shape);

export const updateOrder = put('/orders/{id}', {
  access: 'customers',
  summary: 'Changes the shipping address',
  description: 'Possible until the first parcel is booked.',
  params: OfOrder,
  headers: IfMatch,
  body: z.object({ shippingAddress: AddressGiven }).meta({
    id: 'UpdateOrder',
    example: { shippingAddress: { street: '1 High St', city: 'Springfield', zip: '12345', country: 'US' } },
  }),
  answers: { ...done, ...notFound, ...problems(409, 'ORDER_NOT_EDITABLE', 'ADDRESS_CHANGED_TOO_OFTEN') },
});

const command = (path: string, summary: string, description: string, access?: Access) =>
  post(path, {
    ...(access ? { access } : {}),
    summary,
    description,
    params: OfOrder,
    headers: IfMatch,
    answers: { ...done, ...notFound, ...badMoment },
  });

export const confirmOrder = command(
  '/orders/{id}/confirm',
  'Confirms an order that was placed with `autoConfirm: false`',
  'Its stock is reserved and its payment authorized already. An order that is not confirmed in time is cancelled.',
  'customers',
);
export const processOrder = command(
  '/orders/{id}/process',
  'Starts to process a confirmed order',
  'For those who pack it. An order can be fulfilled without it, too.',
);

/** Some pieces of some lines; absent: everything that is left. */
const Items = z
  .array(
    z
      .object({ lineId: LineId.optional(), productId: Id.optional(), quantity: Quantity })
      .refine(({ lineId, productId }) => lineId !== undefined || productId !== undefined, {
        path: ['lineId'],
        message: 'give lineId, or productId where it is in one line only',
      })
      .meta({ id: 'PartGiven', anyOf: [{ required: ['lineId'] }, { required: ['productId'] }] }),
  )
  .min(1)
  .max(100)
  .optional()
  .meta({ description: 'Lines and quantities; absent: everything that is left' });

export const fulfillOrder = post('/orders/{id}/fulfill', {
  summary:
    'Ships a parcel with these items, or with all that is left: books the shipment, captures its share of the payment, commits the stock',
  description:
    'The order is `PARTIALLY_SHIPPED` while items are open, then `SHIPPED`. Captured is what the items of the parcel cost, with their share of the charges.',
  params: OfOrder,
  headers: Command,
  body: z
    .object({ carrier: Carrier.optional(), shippingAddress: AddressGiven.optional(), items: Items })
    .default({})
    .meta({
      id: 'FulfillOrder',
      example: { carrier: 'EXPRESS' },
      examples: [{ carrier: 'EXPRESS' }, { items: [{ lineId: '1', quantity: 1 }] }],
    }),
  answers: {
    ...done,
    ...accepted,
    ...notFound,
    ...problems(
      409,
      'INVALID_TRANSITION',
      'QUANTITY_TOO_HIGH',
      'ADDRESS_REQUIRED',
      'SHIPMENT_CLOSED',
      'PAYMENT_CLOSED',
    ),
  },
});

const CancelOrder = z
  .object({ reason: Reason.optional(), items: Items })
  .default({})
  .meta({
    id: 'CancelOrder',
    example: { reason: 'changed my mind' },
    examples: [{ reason: 'changed my mind' }, { items: [{ lineId: '1', quantity: 1 }], reason: 'one is enough' }],
  });

const cancelling = {
  access: 'customers' as const,
  summary:
    'Cancels the order: gives the money and the stock back; once something was shipped, or with `items`, what is open of it',
  description:
    'Before anything was shipped, the whole order is cancelled, even while it is being placed. Once something was shipped, what is open of it is cancelled, or the `items` named.',
  params: OfOrder,
  headers: Command,
  body: CancelOrder,
  answers: { ...done, ...accepted, ...notFound, ...problems(409, 'INVALID_TRANSITION', 'QUANTITY_TOO_HIGH') },
};
export const cancelOrder = post('/orders/{id}/cancel', cancelling);
export const deleteOrder = remove('/orders/{id}', {
  ...cancelling,
  description: 'The same as POST /orders/{id}/cancel. The order stays, and says that it is cancelled.',
});

export const returnOrder = post('/orders/{id}/return', {
  access: 'customers',
  summary: 'Takes delivered items back, or all of them: refunds their share to the cent, and restocks',
  description:
    'What is refunded is the share of the items, charges included. The order is `PARTIALLY_RETURNED`, and `RETURNED` once everything is back.',
  params: OfOrder,
  headers: Command,
  body: z
    .object({
      reason: Reason.optional(),
      items: Items,
      restock: z
        .boolean()
        .optional()
        .meta({ description: 'false: the goods do not go back to stock; only for operators' }),
      refund: Amount.optional().meta({
        description: 'Less than the share of the items; absent: their share; only for operators',
      }),
    })
    .default({})
    .meta({
      id: 'ReturnOrder',
      example: { reason: 'does not fit', items: [{ lineId: '1', quantity: 1 }] },
      examples: [
        { reason: 'does not fit', items: [{ lineId: '1', quantity: 1 }] },
        { reason: 'it broke', items: [{ lineId: '1', quantity: 1 }], restock: false, refund: 5 },
      ],
    }),
  answers: {
    ...done,
    ...accepted,
    ...notFound,
    ...problems(403, 'FORBIDDEN'),
    ...problems(409, 'INVALID_TRANSITION', 'QUANTITY_TOO_HIGH', 'AMOUNT_TOO_HIGH'),
  },
});

export const refundOrder = post('/orders/{id}/refund', {
  summary: 'Gives money back without goods: at most what was captured and not refunded yet',
  description: 'For a customer who keeps the goods. The status of the order stays.',
  params: OfOrder,
  headers: Command,
  body: z
    .object({ amount: Amount.positive(), reason: Reason })
    .meta({ id: 'RefundOrder', example: { amount: 5, reason: 'arrived late' } }),
  answers: { ...done, ...accepted, ...notFound, ...problems(409, 'INVALID_TRANSITION', 'AMOUNT_TOO_HIGH') },
});

export const changeOrderStatus = put('/orders/{id}/status', {
  summary:
    'Carries out the command that leads to this status; `DELIVERED`: shipping delivers the parcel, and the order follows',
  description:
    'For systems that set a status instead of sending a command: `CONFIRMED`, `PROCESSING`, `SHIPPED`, `DELIVERED`, `CANCELLED` and `RETURNED` each stand for one.',
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
  internal: true,
  summary: 'The state of the parcel; only for the shipping service, which reports every change',
  description: 'Other callers get 403: what carriers report belongs to PUT /shipments/{id}/status.',
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
