import type { Saga } from './saga.ts';

/** Cancel the shipment if one may have been booked, void or refund the payment, release the stock: all forward. */
export const cancelOrder: Saga = {
  name: 'cancel-order',
  steps: [
    {
      name: 'cancel-shipment',
      when: ({ carrier }) => carrier !== undefined,
      run: ({ shipping }) => shipping.cancel,
    },
    { name: 'give-back-payment', run: ({ payment }) => payment.giveBack },
    { name: 'release-stock', run: ({ inventory }) => inventory.release },
  ],
  reaches: () => 'CANCELLED',
};
