import type { Saga } from '../saga.ts';

/** Reserve the stock, authorize the payment, confirm. */
export const placeOrder: Saga = {
  name: 'place-order',
  steps: [
    {
      name: 'reserve-stock',
      run: (order, { inventory }, how) => inventory.reserve(order, how),
      undo: (order, { inventory }, how) => inventory.release(order, how),
      patience: (order) => order.deadline,
      whenUnknown: {
        code: 'INVENTORY_UNAVAILABLE',
        reason: 'We could not confirm in time that your items are in stock. Nothing was charged.',
      },
    },
    {
      name: 'authorize-payment',
      run: (order, { payment }, how) => payment.authorize(order, how),
      undo: (order, { payment }, how) => payment.giveBack(order, how),
      patience: (_order, now) => now,
      whenUnknown: {
        code: 'PAYMENT_UNAVAILABLE',
        reason: 'We cannot take payments at the moment. Nothing was charged; please try again in a little while.',
      },
    },
  ],
  reaches: ({ autoConfirm }) => (autoConfirm ? 'CONFIRMED' : 'AWAITING_CONFIRMATION'),
  undoneTo: 'REJECTED',
};
