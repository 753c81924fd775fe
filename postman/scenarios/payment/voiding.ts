import { authorizePayment, refundPayment } from '@oms/shared/contracts/payment';
import { folder, refuses, says, step } from '../../step.ts';
import { paymentOf } from '../bodies.ts';

export const voiding = folder(
  'Void',
  'A payment that is given up before it is captured, and one that is given up before it was asked for.',
  [
    step(authorizePayment, 'Authorize Payment to Void', 'Another payment.', {
      body: paymentOf('{{newId}}'),
      before: { newId: 'paidFor' },
      expect: says('the payment is authorized', 201, {
        body: { orderId: '{{paidFor}}', status: 'AUTHORIZED' },
        keep: (payment) => ({ paymentId: payment.id }),
      }),
    }),
    step(refundPayment, 'Void Payment', 'A refund of what is only authorized voids it.', {
      body: { paymentId: '{{paymentId}}' },
      expect: says('nothing was taken, and nothing is held', 200, {
        body: { orderId: '{{paidFor}}', status: 'VOIDED', captured: 0, refunded: 0 },
      }),
    }),
    step(authorizePayment, 'Authorize after the Void', 'A request that was overtaken by its own void.', {
      body: paymentOf('{{paidFor}}'),
      expect: refuses('the payment stays closed', 409, 'PAYMENT_CLOSED'),
    }),
    step(refundPayment, 'Refund an Unknown Order', 'An undo that comes before its request is remembered.', {
      body: { orderId: '{{newId}}' },
      before: { newId: 'paidFor' },
      expect: says('it is remembered as closed', 200, { body: { orderId: '{{paidFor}}', status: 'VOIDED' } }),
    }),
    step(authorizePayment, 'Authorize Too Late', 'The request arrives after its undo.', {
      body: paymentOf('{{paidFor}}'),
      expect: refuses('nothing is held any more', 409, 'PAYMENT_CLOSED'),
    }),
  ],
);
