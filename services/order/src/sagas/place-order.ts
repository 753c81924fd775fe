import type { Saga } from './saga.ts';

/** Reserve the stock, authorize the payment, confirm. */
export const placeOrder: Saga = {
  name: 'place-order',
  steps: [
    {
      name: 'reserve-stock',
      run: ({ inventory }) => inventory.reserve,
      undo: ({ inventory }) => inventory.release,
      giveUp: {
        at: (order) => order.deadline,
        code: 'INVENTORY_UNAVAILABLE',
        say: 'We could not confirm in time that your items are in stock. Nothing was charged.',
      },
    },
    {
      name: 'authorize-payment',
      run: ({ payment }) => payment.authorize,
      undo: ({ payment }) => payment.giveBack,
      giveUp: {
        at: 'first-round',
        code: 'PAYMENT_UNAVAILABLE',
        say: 'We could not take your payment. Nothing was charged; please try again in a little while, or pay in another way.',
      },
    },
  ],
  reaches: ({ autoConfirm }) => (autoConfirm ? 'CONFIRMED' : 'AWAITING_CONFIRMATION'),
  undoneTo: 'REJECTED',
};
