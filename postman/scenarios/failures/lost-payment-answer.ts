import { getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { listPayments, listTransactions } from '@oms/shared/contracts/payment';
import { folder, says, step } from '../../step.ts';
import { orderOf } from '../bodies.ts';
import { cancelTheOrder } from './recurring.ts';

export const lostPaymentAnswer = folder(
  'Lost payment answer',
  'The provider has charged, but its answer never arrived.',
  [
    step(
      placeOrder,
      'Order with a Lost Payment Answer',
      'Sent again with the same key, it finds that it has happened.',
      {
        headers: { Prefer: 'wait=30' },
        body: orderOf({ prod2: 1 }, { paymentMethod: 'tok_lost_answer' }),
        expect: says('the order is confirmed all the same', 201, {
          body: { status: 'CONFIRMED', payment: { status: 'AUTHORIZED' } },
          keep: ({ id }) => ({ orderId: id }),
        }),
      },
    ),
    step(getOrderEvents, 'Get Events of the Lost Answer', 'The retry is in the history of the order.', {
      expect: says('the payment was tried again', 200, {
        check: ({ events }) => {
          const of = (wanted: string) =>
            events.filter(({ type, data }) => type === wanted && data.step === 'authorize-payment');
          pm.expect(of('saga.step-retried')).to.not.be.empty;
          pm.expect(of('saga.step-done')[0]?.data.attempts).to.equal(of('saga.step-retried').length + 1);
        },
      }),
    }),
    step(listPayments, 'Get Payment of the Lost Answer', 'What the payment service has on record.', {
      query: { orderId: '{{orderId}}' },
      expect: says('there is one payment over the sum of the order', 200, {
        body: { items: [{ status: 'AUTHORIZED', amount: 5.99 }] },
        keep: ({ items }) => ({ paymentId: items[0]?.id }),
      }),
    }),
    step(listTransactions, 'Get Ledger of the Lost Answer', 'Nobody is charged twice.', {
      expect: says('it was authorized once', 200, { body: { items: [{ type: 'AUTHORIZE' }] } }),
    }),
    cancelTheOrder('Cancel the Order with the Lost Answer'),
  ],
);
