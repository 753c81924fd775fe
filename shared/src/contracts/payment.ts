import { z } from 'zod';
import { MOST_CENTS, USUAL_CURRENCY } from '../money.ts';
import { Amount, AnyCurrency, AnyMoney, Currency, Id, mustFit, PageQuery, page, Reason, Time } from './common.ts';
import { IfNoneMatch, unchanged } from './conditions.ts';
import { endpoints, problems } from './endpoint.ts';
import { PaymentMethod } from './payment-method.ts';

const { get, post } = endpoints('Payments');

export const PaymentStatus = z
  .enum(['PENDING', 'AUTHORIZED', 'CAPTURED', 'VOIDED', 'REFUNDED', 'PARTIALLY_REFUNDED', 'DECLINED'])
  .meta({ id: 'PaymentStatus' });
export type PaymentStatus = z.infer<typeof PaymentStatus>;

export const Payment = z
  .object({
    id: Id,
    paymentId: Id.meta({ description: 'The same as `id`' }),
    orderId: Id,
    success: z.boolean().meta({ description: 'False while it is pending, and when it was declined' }),
    status: PaymentStatus.meta({ description: '`PENDING`: sent to the provider, the outcome is not known yet' }),
    amount: AnyMoney,
    captured: AnyMoney,
    refunded: AnyMoney,
    open: AnyMoney.meta({ description: 'What is authorized, and not captured yet' }),
    currency: AnyCurrency,
    method: z.string(),
    capturesOnce: z.literal(true).optional().meta({ description: 'The provider captures it once only' }),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({
    id: 'Payment',
    example: {
      id: 'PAYMENT1',
      paymentId: 'PAYMENT1',
      orderId: 'ORDER1',
      success: true,
      status: 'AUTHORIZED',
      amount: 59.98,
      captured: 0,
      refunded: 0,
      open: 59.98,
      currency: 'USD',
      method: 'tok_visa',
      createdAt: '2026-11-21T04:38:26.970Z',
      updatedAt: '2026-11-21T04:38:27.007Z',
    },
  });
export type Payment = z.infer<typeof Payment>;

export const TransactionType = z
  .enum(['AUTHORIZE', 'CAPTURE', 'VOID', 'REFUND', 'DECLINE'])
  .meta({ id: 'TransactionType' });
export type TransactionType = z.infer<typeof TransactionType>;

export const Transaction = z
  .object({
    id: z.string(),
    type: TransactionType,
    amount: AnyMoney,
    ref: Id.optional().meta({ description: 'The part of the order that it belongs to' }),
    at: Time,
    reference: z.string().optional().meta({ description: "The provider's reference" }),
    reason: z.string().optional(),
  })
  .meta({ id: 'Transaction' });
export type Transaction = z.infer<typeof Transaction>;

export const Ledger = z
  .object({
    paymentId: Id,
    items: z.array(Transaction),
    captured: AnyMoney,
    refunded: AnyMoney,
    currency: AnyCurrency,
  })
  .meta({ id: 'Ledger' });
export type Ledger = z.infer<typeof Ledger>;

const target = { orderId: Id.optional(), paymentId: Id.optional() };
const needsTarget = {
  path: ['orderId'],
  message: 'give either orderId or paymentId',
};
const oneTarget = ({ orderId, paymentId }: { orderId?: string | undefined; paymentId?: string | undefined }) =>
  (orderId === undefined) !== (paymentId === undefined);

/** The same, for OpenAPI. */
const oneOfThem = { oneOf: [{ required: ['orderId'] }, { required: ['paymentId'] }] };

const Ref = Id.optional().meta({
  description: 'Names a part of the order: each is captured once, and refunded once, however often it is requested',
});

/** How many decimal places it may have depends on the currency of the payment. */
const SomeMoney = Amount.positive();

const declined = problems(402, 'PAYMENT_DECLINED');
/** 502: the provider failed for this payment; 503: it cannot be reached at all. In both cases the payment may have been made. */
const unknown = { ...problems(502, 'PROVIDER_ERROR'), ...problems(503, 'PROVIDER_UNAVAILABLE') };

export const authorizePayment = post('/payments/authorize', {
  summary: 'Authorizes the payment of an order; repeated, it answers with the same payment',
  description: 'Orders do this by themselves. Nothing is taken yet: capture it, or refund it to let it go.',
  body: z
    .object({
      orderId: Id,
      amount: Amount,
      paymentMethod: PaymentMethod.default('tok_visa'),
      currency: Currency.default(USUAL_CURRENCY),
    })
    .superRefine(({ amount, currency }, context) =>
      mustFit(context, ['amount'], { amount, currency, most: MOST_CENTS.total }),
    )
    .meta({ id: 'AuthorizePayment', example: { orderId: 'ORDER1', amount: 29.99, paymentMethod: 'tok_visa' } }),
  answers: {
    201: { description: 'Authorized', schema: Payment, headers: ['Location'] },
    ...declined,
    ...problems(409, 'PAYMENT_CLOSED', 'PAYMENT_MISMATCH'),
    ...unknown,
  },
});

export const capturePayment = post('/payments/capture', {
  summary: 'Captures authorized money: `amount`, or all that is left; once for each `ref`, and once without one',
  description: 'Orders do this by themselves with each parcel. Give `orderId` or `paymentId`.',
  body: z
    .object({ ...target, amount: SomeMoney.optional(), ref: Ref })
    .refine(oneTarget, needsTarget)
    .meta({
      ...{ id: 'CapturePayment', ...oneOfThem, example: { orderId: 'ORDER1' } },
      examples: [{ orderId: 'ORDER1' }, { orderId: 'ORDER1', amount: 14.76, ref: 'parcel-1' }],
    }),
  answers: {
    200: { description: 'Captured, by this request or an earlier one', schema: Payment },
    ...declined,
    ...problems(404, 'PAYMENT_NOT_FOUND'),
    ...problems(409, 'PAYMENT_CLOSED', 'PAYMENT_MISMATCH', 'AMOUNT_TOO_HIGH'),
    ...unknown,
  },
});

export const refundPayment = post('/payments/refund', {
  summary: 'Gives money back: voids an authorization as a whole; refunds captured money, all that is left or `amount`',
  description: 'Orders do this by themselves. Give `orderId` or `paymentId`.',
  body: z
    .object({ ...target, amount: SomeMoney.optional(), ref: Ref, reason: Reason.optional() })
    .refine(oneTarget, needsTarget)
    .meta({
      ...{ id: 'RefundPayment', ...oneOfThem, example: { orderId: 'ORDER1' } },
      examples: [{ orderId: 'ORDER1' }, { orderId: 'ORDER1', amount: 9.77, ref: 'return-1', reason: 'does not fit' }],
    }),
  answers: {
    200: {
      description: 'Given back, by this request or an earlier one; an unknown order stays closed',
      schema: Payment,
    },
    ...declined,
    ...problems(404, 'PAYMENT_NOT_FOUND'),
    ...problems(409, 'AMOUNT_TOO_HIGH', 'PAYMENT_MISMATCH'),
    ...unknown,
  },
});

export const listPayments = get('/payments', {
  summary: 'Payments, newest order first',
  description: 'With what was captured, refunded and is still open of each.',
  query: z.object({ ...PageQuery.shape, orderId: Id.optional() }),
  answers: { 200: { description: 'A page of payments', schema: page(Payment), headers: ['Link'] } },
});

const OfPayment = z.object({ id: Id });

export const getPayment = get('/payments/{id}', {
  summary: 'A payment',
  description: 'With what was captured, refunded and is still open.',
  params: OfPayment,
  headers: IfNoneMatch,
  answers: {
    200: { description: 'The payment', schema: Payment, headers: ['ETag'] },
    ...unchanged,
    ...problems(404, 'PAYMENT_NOT_FOUND'),
  },
});

export const listTransactions = get('/payments/{id}/transactions', {
  summary: 'The ledger of a payment; it always adds up',
  description: "Authorizations, captures, refunds and voids, with the provider's references.",
  params: OfPayment,
  answers: {
    200: {
      description: 'Every movement, oldest first',
      schema: Ledger,
    },
    ...problems(404, 'PAYMENT_NOT_FOUND'),
  },
});
