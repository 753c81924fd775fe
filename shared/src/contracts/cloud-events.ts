import { z } from 'zod';
import { Address, AnyCurrency, AnyMoney, Id, Name, Quantity, Reason, Time } from './common.ts';
import { StockLine } from './inventory.ts';
import { Charge, OrderFailure, OrderStatus, PartOfLine } from './order.ts';
import { Carrier, ShipmentStatus } from './shipping.ts';

/** The public events: CloudEvents 1.0 on one topic per service. An event without a schema here is not published. */

const Customer = z
  .object({ id: Id, name: Name.optional(), email: z.string().optional(), phone: z.string().optional() })
  .meta({ id: 'CustomerOfEvent' });
const Item = z
  .object({ productId: Id, name: Name.optional(), quantity: Quantity, price: AnyMoney.optional() })
  .meta({ id: 'ItemOfEvent' });
const RefusedAtOnce = z
  .literal(true)
  .optional()
  .meta({ description: 'The order was refused before any other service was called: nothing was held for it' });

const OrderPlaced = z
  .object({
    orderId: Id,
    customer: Customer,
    items: z.array(Item),
    charges: z.array(Charge).optional().meta({ description: 'What is added to the lines; a discount is subtracted' }),
    total: AnyMoney,
    currency: AnyCurrency,
    shippingAddress: Address.optional(),
    refusedAtOnce: RefusedAtOnce,
    waitMs: z.int().min(0).optional().meta({ description: 'How long the client that placed it waits for the answer' }),
  })
  .meta({ id: 'OrderPlaced' });

const Parcel = z
  .object({ id: Id, trackingNumber: Id, carrier: Carrier, status: ShipmentStatus })
  .meta({ id: 'ParcelOfEvent' });

const OrderStatusChanged = z
  .object({
    orderId: Id,
    oldStatus: OrderStatus,
    newStatus: OrderStatus,
    reason: Reason.optional(),
    failure: OrderFailure.optional(),
    shipment: Parcel.optional(),
    inParts: z.literal(true).optional().meta({
      description: 'Events of their own say what of the order was shipped, cancelled and returned',
    }),
    refusedAtOnce: RefusedAtOnce,
  })
  .meta({ id: 'OrderStatusChanged' });

const PartOfOrder = z.object({
  orderId: Id,
  number: z.int().meta({ description: 'Among the parts of the order of this kind; once given, never again' }),
  items: z.array(PartOfLine),
  amount: AnyMoney.meta({ description: 'What a parcel took, what the others gave back' }),
  currency: AnyCurrency,
  reason: Reason.optional(),
});

const StockOfOrder = z.object({ orderId: Id, items: z.array(StockLine) }).meta({ id: 'StockOfOrder' });
const StockOfProduct = z.object({ productId: Id, quantity: Quantity }).meta({ id: 'StockOfProduct' });

const PaymentMoved = z
  .object({
    orderId: Id,
    paymentId: Id,
    transactionId: z.string(),
    amount: AnyMoney,
    currency: AnyCurrency.optional().meta({
      description: 'Absent only in events of version 1: the currency of the order',
    }),
    reason: z.string().optional(),
  })
  .meta({ id: 'PaymentMoved' });

const Numbered = z.int().optional().meta({ description: 'The number of the parcel; absent: the whole order' });
const ShipmentCreated = z
  .object({ orderId: Id, parcel: Numbered, shipmentId: Id, trackingNumber: Id, carrier: Carrier })
  .meta({ id: 'ShipmentCreated' });
const ShipmentStatusChanged = z
  .object({
    orderId: Id,
    parcel: Numbered,
    shipmentId: Id,
    trackingNumber: Id,
    oldStatus: ShipmentStatus,
    newStatus: ShipmentStatus,
  })
  .meta({ id: 'ShipmentStatusChanged' });
const ShipmentCancelled = ShipmentStatusChanged.partial().extend({ orderId: Id }).meta({ id: 'ShipmentCancelled' });

const ProductOnSale = z
  .object({
    productId: Id,
    name: Name,
    description: z.string().optional(),
    price: AnyMoney,
    currency: AnyCurrency,
    category: Name.optional(),
    sku: Id.optional(),
  })
  .meta({ id: 'ProductOnSale' });
const ProductDeleted = z.object({ productId: Id }).meta({ id: 'ProductDeleted' });

/** Which event of an order it was, for readers that look at no headers. */
const Happened = {
  eventId: z.string().meta({ description: 'The same when it comes again' }),
  version: z.int().meta({ description: 'The number of the event among those of its order: 1, 2, 3, …' }),
  at: Time,
};
/** With `KAFKA_TOPICS=by-type`: topics beside `orders.events` with one type of event each, whose data is all there is to read. */
export const TOPICS_BY_TYPE = {
  'order-placed': OrderPlaced.pick({ orderId: true, items: true, total: true, currency: true })
    .extend({ customerId: Id, status: OrderStatus, ...Happened })
    .meta({ id: 'OrderPlacedAlone' }),
  'order-status-changed': OrderStatusChanged.pick({ orderId: true, oldStatus: true, newStatus: true, reason: true })
    .extend(Happened)
    .meta({ id: 'OrderStatusChangedAlone' }),
} as const;
export type TopicByType = keyof typeof TOPICS_BY_TYPE;

/** For each service: its topic, and the data of every type of event on it. */
export const TOPICS = {
  order: {
    topic: 'orders.events',
    types: {
      'order.placed': OrderPlaced,
      'order.status-changed': OrderStatusChanged,
      'order.address-changed': z.object({ orderId: Id, shippingAddress: Address }).meta({ id: 'OrderAddressChanged' }),
      'order.parcel-shipped': PartOfOrder.extend({ shipment: Parcel }).meta({ id: 'ParcelShipped' }),
      'order.lines-cancelled': PartOfOrder.meta({ id: 'LinesCancelled' }),
      'order.lines-returned': PartOfOrder.extend({ restocked: z.boolean() }).meta({ id: 'LinesReturned' }),
      'order.refunded': PartOfOrder.meta({ id: 'OrderRefunded' }),
    },
  },
  inventory: {
    topic: 'inventory.events',
    types: {
      'stock.reserved': StockOfOrder,
      'stock.released': StockOfOrder,
      'stock.committed': StockOfOrder,
      'stock.restocked': StockOfOrder,
      'stock.held': StockOfProduct,
      'stock.unheld': StockOfProduct,
      'stock.added': StockOfProduct,
    },
  },
  payment: {
    topic: 'payments.events',
    types: {
      'payment.authorized': PaymentMoved,
      'payment.captured': PaymentMoved,
      'payment.voided': PaymentMoved,
      'payment.refunded': PaymentMoved,
      'payment.declined': PaymentMoved,
    },
  },
  shipping: {
    topic: 'shipments.events',
    types: {
      'shipment.created': ShipmentCreated,
      'shipment.status-changed': ShipmentStatusChanged,
      'shipment.cancelled': ShipmentCancelled,
    },
  },
  product: {
    topic: 'products.events',
    types: {
      'product.created': ProductOnSale,
      'product.changed': ProductOnSale,
      'product.deleted': ProductDeleted,
    },
  },
} as const;
export type Announcer = keyof typeof TOPICS;

export const CloudEvent = z
  .object({
    specversion: z.literal('1.0'),
    id: z
      .string()
      .meta({ description: 'Unique together with `source`: an event that is delivered again has the same' }),
    source: z.string().meta({ description: 'The service', example: '/order' }),
    type: z.string().meta({ example: 'order.placed' }),
    subject: z.string().meta({ description: 'The order or the product; also the key of the message' }),
    time: Time,
    datacontenttype: z.literal('application/json'),
    /** The number of the event within its document: 1, 2, 3, … */
    sequence: z.string(),
    dataversion: z.string().optional().meta({
      description: 'The version of the form of `data`. 2: amounts are decimals with a currency; absent: 1',
      example: '2',
    }),
    traceparent: z.string().optional(),
    data: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'CloudEvent' });
export type CloudEvent = z.infer<typeof CloudEvent>;
