import type { Saga } from './saga.ts';

/** Cancel the shipment if one may have been booked, void or refund the payment, release the stock: all forward. */
export const cancelOrder: Saga = {
  name: 'cancel-order',
  steps: [
    {
      name: 'cancel-shipment',
      when: ({ carrier }) => carrier !== undefined,
      run: (order, { shipping }, how) => shipping.cancel(order, how),
    },
    { name: 'give-back-payment', run: (order, { payment }, how) => payment.giveBack(order, how) },
    { name: 'release-stock', run: (order, { inventory }, how) => inventory.release(order, how) },
  ],
  reaches: () => 'CANCELLED',
};
