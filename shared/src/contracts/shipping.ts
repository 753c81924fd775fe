import { z } from 'zod';
import { Address, AddressGiven, Id, Name, PageQuery, page, Quantity, Reason, Time } from './common.ts';
import { IfMatch, IfNoneMatch, stale, unchanged } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';

const { get, post, put, remove } = endpoints('Shipments');

export const Carrier = z.enum(['STANDARD', 'EXPRESS', 'OVERNIGHT']).meta({ id: 'Carrier' });
export type Carrier = z.infer<typeof Carrier>;

export const ShipmentStatus = z
  .enum(['LABEL_GENERATED', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'EXCEPTION', 'RETURNED', 'CANCELLED'])
  .meta({ id: 'ShipmentStatus' });
export type ShipmentStatus = z.infer<typeof ShipmentStatus>;

const Parcel = z.object({ productId: Id, quantity: Quantity, name: Name.optional() }).meta({ id: 'PackedItem' });
export type Parcel = z.infer<typeof Parcel>;

const ParcelNumber = z.int().min(1).max(999_999).meta({
  description: 'Which parcel of the order; absent: its only one',
});
/** A parcel of an order. */
const OfOrder = z.object({ orderId: Id, parcel: ParcelNumber.optional() });

const ParcelOfOrder = OfOrder.meta({ id: 'ParcelOfOrder', example: { orderId: 'ORDER1' } });

const HistoryEntry = z
  .object({
    status: ShipmentStatus,
    at: Time,
    location: Name.optional(),
    notes: Reason.optional(),
  })
  .meta({ id: 'ShipmentHistoryEntry' });

const address = { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };

export const Shipment = z
  .object({
    id: Id,
    shipmentId: Id.meta({ description: 'The same as `id`' }),
    orderId: Id,
    parcel: ParcelNumber.optional(),
    trackingNumber: Id,
    carrier: Carrier,
    status: ShipmentStatus,
    shippingAddress: Address,
    items: z.array(Parcel),
    labelUrl: z.string().meta({ description: 'Can be opened without a token for some days' }),
    estimatedDeliveryDays: z.int(),
    history: z.array(HistoryEntry),
    orderTold: z.boolean().meta({ description: 'Whether the order service has received this status' }),
  })
  .meta({
    id: 'Shipment',
    example: {
      id: 'SHIPMENT1',
      shipmentId: 'SHIPMENT1',
      orderId: 'ORDER1',
      trackingNumber: 'TRK1',
      carrier: 'STANDARD',
      status: 'LABEL_GENERATED',
      shippingAddress: address,
      items: [{ productId: 'PROD001', quantity: 2 }],
      labelUrl: '/shipments/labels/TRK1',
      estimatedDeliveryDays: 5,
      history: [{ status: 'LABEL_GENERATED', at: '2026-11-21T04:38:26.970Z' }],
      orderTold: true,
    },
  });
export type Shipment = z.infer<typeof Shipment>;

/** What a link shows to anybody who has it. */
export const Tracking = Shipment.pick({
  trackingNumber: true,
  carrier: true,
  status: true,
  estimatedDeliveryDays: true,
  history: true,
}).meta({ id: 'Tracking' });

/** Opens a link for readers without a token. */
const Signature = z.object({ expires: z.string().max(100).optional(), signature: z.string().max(100).optional() });
const notOpen = problems(403, 'LINK_INVALID', 'LINK_EXPIRED');

const notFound = problems(404, 'SHIPMENT_NOT_FOUND');
const OfShipment = z.object({ id: Id });
const OfTracking = z.object({ trackingNumber: Id });

export const createShipment = post('/shipments', {
  aliases: ['/shipping'],
  summary: 'Books a parcel of an order and makes its label; repeated, it answers with the same shipment',
  description: 'Orders do this by themselves when they are fulfilled.',
  body: z
    .object({
      ...OfOrder.shape,
      items: z
        .array(z.object(Parcel.shape).meta({ id: 'ItemToPack' }))
        .min(1)
        .max(100),
      shippingAddress: AddressGiven,
      carrier: Carrier.default('STANDARD'),
    })
    .meta({
      id: 'CreateShipment',
      example: { orderId: 'ORDER1', items: [{ productId: 'PROD001', quantity: 2 }], shippingAddress: address },
    }),
  answers: {
    201: { description: 'Booked, by this request or an earlier one', schema: Shipment, headers: ['Location'] },
    ...problems(409, 'SHIPMENT_CLOSED'),
  },
});

export const listShipments = get('/shipments', {
  aliases: ['/shipping'],
  summary: 'Shipments, newest order first',
  description: 'With the history of each parcel.',
  query: z.object({ ...PageQuery.shape, orderId: Id.optional(), status: ShipmentStatus.optional() }),
  answers: { 200: { description: 'A page of shipments', schema: page(Shipment), headers: ['Link'] } },
});

export const trackShipment = get('/shipments/track/{trackingNumber}', {
  aliases: ['/shipping/track/{trackingNumber}'],
  access: 'everybody',
  summary: 'The shipment with this tracking number; through a link in a mail, only its progress',
  description:
    'Without a token only through a link from a mail, which carries `expires` and `signature`, and without the address and the items then.',
  params: OfTracking,
  query: Signature,
  headers: IfNoneMatch,
  answers: {
    200: {
      description: 'The shipment and its history',
      schema: z.union([Shipment, Tracking]).meta({ id: 'TrackedShipment' }),
      headers: ['ETag'],
    },
    ...unchanged,
    ...notOpen,
    ...notFound,
  },
});

export const getLabel = get('/shipments/labels/{trackingNumber}', {
  aliases: ['/shipping/labels/{trackingNumber}'],
  access: 'everybody',
  summary: 'The label to print, with a scannable barcode',
  description:
    'A page in PDF. Without a token only through a link from an order, which carries `expires` and `signature`.',
  params: OfTracking,
  query: Signature,
  answers: { 200: { description: 'The label', contentTypes: ['application/pdf'] }, ...notOpen, ...notFound },
});

export const getShipment = get('/shipments/{id}', {
  aliases: ['/shipping/{id}'],
  summary: 'A shipment',
  description: 'With where it was, and when.',
  params: OfShipment,
  headers: IfNoneMatch,
  answers: { 200: { description: 'The shipment', schema: Shipment, headers: ['ETag'] }, ...unchanged, ...notFound },
});

export const changeShipmentStatus = put('/shipments/{id}/status', {
  aliases: ['/shipping/{id}/status'],
  summary: 'Records what the carrier reports; the order follows',
  description:
    "For carriers' reports. When all parcels of an order are delivered, the order is `DELIVERED`; a parcel that comes back returns what was in it.",
  params: OfShipment,
  headers: IfMatch,
  body: z
    .object({ status: ShipmentStatus, location: Name.optional(), notes: Reason.optional() })
    .meta({ id: 'ShipmentStatusChange', example: { status: 'IN_TRANSIT', location: 'Hub North' } }),
  answers: {
    200: { description: 'The shipment now', schema: Shipment, headers: ['ETag'] },
    ...notFound,
    ...problems(409, 'INVALID_TRANSITION'),
    ...stale,
  },
});

export const cancelShipment = remove('/shipments/{id}', {
  aliases: ['/shipping/{id}'],
  summary: 'Cancels a shipment that is not in transit yet',
  description: 'The order stays as it is: to cancel an order, send POST /orders/{id}/cancel.',
  params: OfShipment,
  headers: IfMatch,
  answers: {
    200: { description: 'Cancelled, now or before', schema: Shipment, headers: ['ETag'] },
    ...notFound,
    ...problems(409, 'INVALID_TRANSITION'),
    ...stale,
  },
});

export const deliverShipmentOfOrder = post('/shipments/deliver', {
  summary: 'Records that a parcel of an order was delivered; missing earlier states are added to its history',
  description: 'Whoever knows only the order can report its delivery. The order follows.',
  body: ParcelOfOrder,
  answers: {
    200: { description: 'Delivered, by this request or an earlier one', schema: Shipment },
    ...notFound,
    ...problems(409, 'INVALID_TRANSITION'),
  },
});

export const CancelledShipment = OfOrder.extend({ status: z.literal('CANCELLED') }).meta({ id: 'CancelledShipment' });

export const cancelShipmentOfOrder = post('/shipments/cancel', {
  aliases: ['/shipping/cancel'],
  summary: 'Cancels a parcel of an order; one that does not exist yet can then never be booked',
  description: 'Orders do this by themselves when they are cancelled.',
  body: ParcelOfOrder,
  answers: {
    200: { description: 'Cancelled, now or before', schema: CancelledShipment },
    ...problems(409, 'INVALID_TRANSITION'),
  },
});
