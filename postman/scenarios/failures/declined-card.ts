import { getReservation } from '@oms/shared/contracts/inventory';
import { getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { rememberAvailable, tells } from '../../scripts.ts';
import { alsoSays, folder, refuses, says, step, using } from '../../step.ts';
import { orderOf, refusedOrder } from '../bodies.ts';
import { orderIsRejected, stockIsBack } from './recurring.ts';

export const declinedCard = folder(
  'Declined card',
  'The payment fails after the stock was reserved, so the reservation is undone.',
  [
    step(placeOrder, 'Order with a Declined Card', 'The stock is reserved, then the card is declined.', {
      before: { run: rememberAvailable },
      body: orderOf({ prod1: 2 }, { paymentMethod: 'tok_declined' }),
      expect: refuses('the card is declined', 402, 'PAYMENT_DECLINED', { ...refusedOrder }),
    }),
    orderIsRejected('Get the Declined Order', 'PAYMENT_DECLINED'),
    step(getOrderEvents, 'Get Events of the Declined Order', 'The compensation, step by step.', {
      expect: [
        says('what was done is undone, and the decision to undo is written first', 200, {
          check: using(tells, [
            'order.placed',
            'saga.step-done reserve-stock',
            'saga.step-refused authorize-payment',
            'saga.undoing',
            'saga.step-undone reserve-stock',
          ]),
        }),
        alsoSays('a card that was declined has nothing to give back', {
          check: using(tells, [], ['saga.step-undone authorize-payment']),
        }),
      ],
    }),
    step(getReservation, 'Get Reservation of the Declined Order', 'What inventory has on record.', {
      params: { orderId: '{{orderId}}' },
      expect: says('the reservation is released', 200, { body: { status: 'RELEASED' } }),
    }),
    stockIsBack('Get Level after the Declined Order'),
    step(placeOrder, 'Order without Funds', 'Another reason why a card is declined.', {
      body: orderOf({ prod2: 1 }, { paymentMethod: 'tok_insufficient_funds' }),
      expect: refuses('the card is declined', 402, 'PAYMENT_DECLINED', { ...refusedOrder }),
    }),
  ],
);
