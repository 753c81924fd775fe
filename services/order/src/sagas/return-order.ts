import type { Saga } from './saga.ts';

/** Refund, restock: all forward. */
export const returnOrder: Saga = {
  name: 'return-order',
  steps: [
    { name: 'refund-payment', run: (order, { payment }, how) => payment.giveBack(order, how) },
    { name: 'restock', run: (order, { inventory }, how) => inventory.restock(order, how) },
  ],
  reaches: () => 'RETURNED',
};
