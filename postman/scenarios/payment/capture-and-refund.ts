import {
  authorizePayment,
  capturePayment,
  getPayment,
  listPayments,
  listTransactions,
  refundPayment,
} from '@oms/shared/contracts/payment';
import { ledgerAddsUp, linksOn } from '../../scripts.ts';
import { alsoSays, folder, refuses, says, step } from '../../step.ts';
import { paymentOf } from '../bodies.ts';

export const captureAndRefund = folder('Capture and refund', 'The payment authorized above, until all is paid back.', [
  step(authorizePayment, 'Authorize Payment Again', 'An order has one payment.', {
    body: paymentOf('{{paidFor}}'),
    expect: says('it is the same payment', 201, {
      body: { orderId: '{{paidFor}}', status: 'AUTHORIZED', id: '{{paymentId}}' },
    }),
  }),
  step(getPayment, 'Get Payment', 'A payment.', {
    expect: says('it is authorized and not captured', 200, {
      body: { orderId: '{{paidFor}}', status: 'AUTHORIZED', captured: 0 },
    }),
  }),
  step(getPayment, 'Get an Unknown Payment', 'A payment that nobody made.', {
    params: { id: 'no-such-payment' },
    expect: refuses('there is no such payment', 404, 'PAYMENT_NOT_FOUND'),
  }),
  step(capturePayment, 'Capture Too Much', 'More than was authorized.', {
    body: { orderId: '{{paidFor}}', amount: 30 },
    expect: refuses('so much was not authorized', 409, 'AMOUNT_TOO_HIGH'),
  }),
  step(capturePayment, 'Capture Payment', 'Takes the money.', {
    body: { orderId: '{{paidFor}}' },
    expect: says('all of it is captured', 200, {
      body: { orderId: '{{paidFor}}', status: 'CAPTURED', captured: 29.99 },
    }),
  }),
  step(capturePayment, 'Capture Payment Again', 'The money is taken once, however often one asks.', {
    body: { paymentId: '{{paymentId}}' },
    expect: says('nothing more is captured', 200, {
      body: { orderId: '{{paidFor}}', status: 'CAPTURED', captured: 29.99 },
    }),
  }),
  step(refundPayment, 'Refund a Part', 'Gives some of the money back.', {
    body: { paymentId: '{{paymentId}}', amount: 10, reason: 'one item was broken' },
    expect: says('ten are paid back', 200, {
      body: { orderId: '{{paidFor}}', status: 'PARTIALLY_REFUNDED', refunded: 10 },
    }),
  }),
  step(refundPayment, 'Refund Too Much', 'More than is left.', {
    body: { orderId: '{{paidFor}}', amount: 20 },
    expect: refuses('never more than was captured', 409, 'AMOUNT_TOO_HIGH'),
  }),
  step(refundPayment, 'Refund Payment', 'Gives the rest back.', {
    body: { orderId: '{{paidFor}}' },
    expect: says('all is paid back', 200, {
      body: { orderId: '{{paidFor}}', status: 'REFUNDED', captured: 29.99, refunded: 29.99 },
    }),
  }),
  step(listTransactions, 'List Transactions', 'The ledger of the payment.', {
    expect: [
      says('every movement is there, oldest first', 200, {
        body: {
          paymentId: '{{paymentId}}',
          items: [{ type: 'AUTHORIZE' }, { type: 'CAPTURE' }, { type: 'REFUND' }, { type: 'REFUND' }],
        },
      }),
      alsoSays('the ledger adds up', { check: ledgerAddsUp }),
    ],
  }),
  step(listPayments, 'List Payments of an Order', 'The one payment of an order.', {
    query: { orderId: '{{paidFor}}' },
    expect: says('the order has one payment', 200, { body: { items: [{ id: '{{paymentId}}' }] } }),
  }),
  step(listPayments, 'List Payments', 'Payments, newest order first, page by page.', {
    query: { limit: 1 },
    expect: says('a page has as many as asked for', 200, { body: { items: [{}] }, check: linksOn }),
  }),
]);
