import type { Saga } from './saga.ts';

/** Refund, restock: all forward. */
export const returnOrder: Saga = {
  name: 'return-order',
  steps: [
    { name: 'refund-payment', run: ({ payment }) => payment.giveBack },
    { name: 'restock', run: ({ inventory }) => inventory.restock },
  ],
  reaches: () => 'RETURNED',
};
