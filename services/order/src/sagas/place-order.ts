import type { Saga } from './saga.ts';

/** Reserve the stock, authorize the payment, confirm. */
export const placeOrder: Saga = {
  name: 'place-order',
  steps: [
    {
      name: 'reserve-stock',
      run: (order, { inventory }, how) => inventory.reserve(order, how),
      undo: (order, { inventory }, how) => inventory.release(order, how),
      giveUp: {
        at: (order) => order.deadline,
        code: 'INVENTORY_UNAVAILABLE',
        say: 'We could not confirm in time that your items are in stock. Nothing was charged.',
      },
    },
    {
      name: 'authorize-payment',
      run: (order, { payment }, how) => payment.authorize(order, how),
      undo: (order, { payment }, how) => payment.giveBack(order, how),
      giveUp: {
        at: 'after-one-round',
        code: 'PAYMENT_UNAVAILABLE',
        say: 'We could not take your payment. Nothing was charged; please try again in a little while, or pay in another way.',
      },
    },
  ],
  reaches: ({ autoConfirm }) => (autoConfirm ? 'CONFIRMED' : 'AWAITING_CONFIRMATION'),
  undoneTo: 'REJECTED',
};
