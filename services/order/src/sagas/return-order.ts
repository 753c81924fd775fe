import { partDone } from '../domain/part-done.ts';
import { statusOfParts } from '../domain/parts.ts';
import { movesMoney, type Saga } from './saga.ts';

/** Refund, restock: all forward. */
export const returnOrder: Saga = {
  name: 'return-order',
  steps: [
    { name: 'refund-payment', when: movesMoney, run: ({ payment }) => payment.giveBack },
    { name: 'restock', when: ({ saga }) => !saga?.part?.lost, run: ({ inventory }) => inventory.restock },
  ],
  happened: partDone,
  reaches: (order) => (order.saga?.part ? statusOfParts(order) : 'RETURNED'),
};
