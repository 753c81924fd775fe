import { partDone } from '../domain/part-done.ts';
import { statusOfParts } from '../domain/parts.ts';
import { movesMoney, type Saga } from './saga.ts';

/** Book the shipment, capture the payment, commit the stock, ship. */
export const fulfilOrder: Saga = {
  name: 'fulfil-order',
  steps: [
    {
      name: 'book-shipment',
      run: ({ shipping }) => shipping.book,
      undo: ({ shipping }) => shipping.cancel,
    },
    { name: 'capture-payment', pivot: true, when: movesMoney, run: ({ payment }) => payment.capture },
    { name: 'commit-stock', run: ({ inventory }) => inventory.commit },
  ],
  happened: partDone,
  reaches: (order) => (order.saga?.part ? statusOfParts(order) : 'SHIPPED'),
};
