import { authorizePayment } from '@oms/shared/contracts/payment';
import { folder, says, step } from '../step.ts';
import { paymentOf } from './bodies.ts';
import { everyService, healthCheck } from './every-service.ts';
import { captureAndRefund } from './payment/capture-and-refund.ts';
import { tokens } from './payment/tokens.ts';
import { voiding } from './payment/voiding.ts';

export const payment = folder(
  'Payment Service',
  'Authorizing, capturing, refunding and voiding. Every payment made here is given back at the end of its folder, since no order stands behind it.',
  [
    healthCheck('payment'),
    step(authorizePayment, 'Authorize Payment', 'Holds the money of an order; nothing is taken yet.', {
      body: paymentOf('{{newId}}'),
      before: { newId: 'paidFor' },
      expect: says('the payment is authorized', 201, {
        headers: { Location: '/payments/{id}' },
        body: {
          orderId: '{{paidFor}}',
          status: 'AUTHORIZED',
          amount: 29.99,
          captured: 0,
          refunded: 0,
          currency: 'USD',
          method: 'tok_visa',
        },
        keep: (payment) => ({ paymentId: payment.id }),
      }),
    }),
    captureAndRefund,
    voiding,
    tokens,
    everyService('payment'),
  ],
);
