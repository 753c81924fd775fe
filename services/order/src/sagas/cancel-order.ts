import { partDone } from '../domain/part-done.ts';
import { statusOfParts } from '../domain/parts.ts';
import { movesMoney, type Saga } from './saga.ts';

/**
 * Cancel the shipment if one may have been booked, void or refund the payment, release the stock: all forward. For some items:
 * give back what was captured for them, and release their stock.
 */
export const cancelOrder: Saga = {
  name: 'cancel-order',
  steps: [
    {
      name: 'cancel-shipment',
      when: ({ carrier, saga }) => carrier !== undefined && !saga?.part,
      run: ({ shipping }) => shipping.cancel,
    },
    { name: 'give-back-payment', when: movesMoney, run: ({ payment }) => payment.giveBack },
    { name: 'release-stock', run: ({ inventory }) => inventory.release },
  ],
  happened: partDone,
  reaches: (order) => (order.saga?.part ? statusOfParts(order) : 'CANCELLED'),
};
