import { z } from 'zod';
import { MOST_CENTS } from '../money.ts';
import {
  Address,
  AddressGiven,
  AnyCurrency,
  AnyMoney,
  Count,
  Currency,
  CustomerId,
  Email,
  Id,
  LineId,
  mustFit,
  Name,
  Phone,
  Price,
  Quantity,
  Time,
} from './common.ts';
import { AvailabilityOfAll } from './inventory.ts';
import { PaymentStatus } from './payment.ts';
import { PaymentMethod } from './payment-method.ts';
import { Carrier, ShipmentStatus } from './shipping.ts';

export const OrderStatus = z
  .enum([
    'PENDING',
    'AWAITING_CONFIRMATION',
    'CONFIRMED',
    'PROCESSING',
    'PARTIALLY_SHIPPED',
    'SHIPPED',
    'DELIVERED',
    'PARTIALLY_RETURNED',
    'REJECTED',
    'CANCELLING',
    'CANCELLED',
    'RETURNED',
  ])
  .meta({ id: 'OrderStatus' });
export type OrderStatus = z.infer<typeof OrderStatus>;

/** Other words for some of them, in requests. */
const SYNONYMS = { CREATED: 'PENDING', PLACED: 'PENDING', PAID: 'CONFIRMED', COMPLETED: 'DELIVERED' } as const;
type Synonym = keyof typeof SYNONYMS;

export const StatusGiven = z
  .enum([...OrderStatus.options, ...(Object.keys(SYNONYMS) as Synonym[])])
  .transform((word): OrderStatus => (word in SYNONYMS ? SYNONYMS[word as Synonym] : (word as OrderStatus)))
  .meta({
    id: 'OrderStatusGiven',
    description: `In answers ${Object.entries(SYNONYMS)
      .map(([word, status]) => `\`${word}\` is \`${status}\``)
      .join(', ')}`,
  });

const Customer = z
  .object({ id: Id, name: Name.optional(), email: Email.optional(), phone: Phone.optional() })
  .meta({ id: 'Customer' });
type Customer = z.infer<typeof Customer>;
const CustomerGiven = z
  .union([Customer.extend({ id: CustomerId }).meta({ id: 'CustomerGiven' }), Name.transform((name) => ({ name }))])
  .meta({ description: 'A customer; or the name of a guest, who gets an id of his own with each order' });

export const SagaPhase = z.enum(['forward', 'undoing']).meta({ id: 'SagaPhase' });
const SagaUnderWay = z
  .object({
    name: z.string(),
    step: z.string().meta({ description: 'The current step: the next that is neither done nor undone' }),
    phase: SagaPhase,
    since: Time,
    attempts: z.int().meta({ description: 'How many rounds of that step have failed, each with its retries' }),
    nextTryAt: Time.optional(),
    reason: z.string().optional().meta({ description: 'Why the last round failed' }),
  })
  .meta({ id: 'SagaUnderWay', description: 'The saga that is under way; absent: none' });

export const PartOfLine = z
  .object({ lineId: z.string(), productId: Id, quantity: Quantity })
  .meta({ id: 'PartOfLine' });

export const ChargeKind = z.enum(['SHIPPING', 'TAX', 'FEE', 'DISCOUNT']).meta({ id: 'ChargeKind' });
export const Charge = z
  .object({ kind: ChargeKind, label: Name.optional(), amount: AnyMoney, lineId: z.string().optional() })
  .meta({ id: 'Charge' });
export type ChargeKind = z.infer<typeof ChargeKind>;

const Shipment = z
  .object({
    id: Id,
    trackingNumber: Id,
    carrier: Carrier,
    status: ShipmentStatus,
    labelUrl: z.string(),
  })
  .meta({ id: 'OrderShipment' });

const OrderLine = z
  .object({
    lineId: z.string(),
    productId: Id,
    name: Name.optional(),
    quantity: Quantity,
    price: AnyMoney.optional().meta({ description: 'Absent in a rejected order whose price was not known' }),
    lineTotal: AnyMoney.optional(),
    fulfilled: Count.optional().meta({ description: 'How many were shipped; absent before the first parcel' }),
    cancelled: Count.optional(),
    returned: Count.optional(),
  })
  .meta({ id: 'OrderLine' });

export const OrderFailure = z.object({ code: z.string(), reason: z.string() }).meta({ id: 'OrderFailure' });

const OrderPayment = z
  .object({
    id: Id,
    status: PaymentStatus,
    capturesOnce: z.literal(true).optional().meta({
      description:
        'The provider captures once only: everything with the first parcel; what is cancelled later is refunded',
    }),
  })
  .meta({ id: 'OrderPayment' });

const PLACED = {
  id: '01a1fc66-0599-708e-980c-489391452419',
  orderId: '01a1fc66-0599-708e-980c-489391452419',
  status: 'CONFIRMED',
  customer: { id: 'CUST1' },
  items: [{ lineId: '1', productId: 'PROD001', name: 'Café press', quantity: 2, price: 29.99, lineTotal: 59.98 }],
  subtotal: 59.98,
  charges: [{ kind: 'SHIPPING', amount: 4.99 }],
  total: 64.97,
  captured: 0,
  refunded: 0,
  currency: 'USD',
  shippingAddress: { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' },
  paymentMethod: 'tok_visa',
  reservation: { status: 'RESERVED' },
  payment: { id: '01a1fc66-05bc-7267-9314-b6fcae0ef750', status: 'AUTHORIZED' },
  shipments: [],
  needsAttention: false,
  version: 5,
  createdAt: '2026-11-21T04:38:26.970Z',
  updatedAt: '2026-11-21T04:38:27.007Z',
};

export const Order = z
  .object({
    id: Id,
    orderId: Id.meta({ description: 'The same as `id`' }),
    status: OrderStatus,
    customer: Customer,
    items: z.array(OrderLine),
    subtotal: AnyMoney.meta({ description: 'The sum of the lines that have a price' }),
    charges: z.array(Charge).meta({ description: 'What is added to the lines; a discount is subtracted' }),
    total: AnyMoney,
    captured: AnyMoney,
    refunded: AnyMoney,
    currency: AnyCurrency,
    shippingAddress: Address.optional(),
    paymentMethod: z.string(),
    reservation: z.object({ status: z.string() }).meta({ id: 'OrderReservation' }).optional(),
    payment: OrderPayment.optional(),
    shipment: Shipment.optional().meta({ description: 'The newest parcel' }),
    shipments: z
      .array(Shipment.extend({ parcel: z.int().optional(), items: z.array(PartOfLine) }).meta({ id: 'OrderParcel' }))
      .meta({ description: 'All parcels, with what is in them' }),
    failure: OrderFailure.optional(),
    saga: SagaUnderWay.optional(),
    needsAttention: z.boolean(),
    attentionReason: z.string().optional(),
    version: z.int(),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Order', example: PLACED });
export type Order = z.infer<typeof Order>;

const NewCharge = z
  .object({
    kind: ChargeKind,
    label: Name.optional(),
    amount: Price.positive(),
    lineId: LineId.optional().meta({ description: 'The line that it belongs to; absent: the whole order' }),
  })
  .meta({ id: 'ChargeGiven' });

const NewItem = z
  .object({
    productId: Id,
    quantity: Quantity,
    price: Price.optional().meta({ description: 'Where there is a catalog, it must be the price of the catalog' }),
    name: Name.optional(),
  })
  .meta({ id: 'LineToOrder' });

const EXAMPLE = {
  customerId: 'CUST1',
  items: [{ productId: 'PROD001', quantity: 2, price: 29.99 }],
  shippingAddress: { name: 'Ada Lovelace', street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' },
};

export const PlaceOrder = z
  .object({
    customer: CustomerGiven.optional(),
    customerId: CustomerId.optional().meta({
      description: 'Without it, and without `customer`: the customer whose token it is; without tokens a guest',
    }),
    items: z.array(NewItem).min(1).max(100),
    charges: z
      .array(NewCharge)
      .max(50)
      .optional()
      .meta({ description: 'Shipping costs, taxes, fees, discounts; only for those who may set prices' }),
    holdId: Id.optional().meta({
      description: 'The hold of stock that the order takes over; only for those who may set prices',
    }),
    shippingAddress: AddressGiven.optional(),
    paymentMethod: PaymentMethod.default('tok_visa'),
    currency: Currency.optional().meta({
      description: 'The currency of the products; where there is no catalog, USD if absent',
    }),
    autoConfirm: z.boolean().default(true),
  })
  .superRefine(({ customer, customerId, items, charges = [], currency }, context) => {
    if (customer !== undefined && customerId !== undefined) {
      context.addIssue({ code: 'custom', path: ['customer'], message: 'give either customer or customerId' });
    }
    for (const [i, { price: amount }] of items.entries())
      mustFit(context, ['items', i, 'price'], { amount, currency, most: MOST_CENTS.price });
    for (const [i, { amount, lineId }] of charges.entries()) {
      mustFit(context, ['charges', i, 'amount'], { amount, currency, most: MOST_CENTS.price });
      if (lineId !== undefined && Number(lineId) > items.length) {
        context.addIssue({
          code: 'custom',
          path: ['charges', i, 'lineId'],
          message: `the order has no line ${lineId}`,
        });
      }
    }
  })
  .meta({
    id: 'PlaceOrder',
    not: { required: ['customer', 'customerId'] },
    example: EXAMPLE,
    examples: [
      EXAMPLE,
      {
        ...EXAMPLE,
        charges: [
          { kind: 'SHIPPING', amount: 4.99 },
          { kind: 'DISCOUNT', label: 'spring', amount: 3, lineId: '1' },
        ],
      },
    ],
  });
export type PlaceOrder = z.infer<typeof PlaceOrder>;
/** An order to place, once it is known whose it is. */
export type Cart = Omit<PlaceOrder, 'customer' | 'customerId'> & { customer: Customer };

/** `inStock` is absent while inventory cannot be reached. */
export const CartAvailability = z
  .object({
    available: z.boolean(),
    optimistic: z.boolean(),
    items: z.array(
      AvailabilityOfAll.shape.items.element.partial({ inStock: true }).meta({ id: 'CartLineAvailability' }),
    ),
  })
  .meta({ id: 'CartAvailability' });
export type CartAvailability = z.infer<typeof CartAvailability>;
