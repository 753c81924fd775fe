import type { Saga } from './saga.ts';

/** Book the shipment, capture the payment, commit the stock, ship. */
export const fulfilOrder: Saga = {
  name: 'fulfil-order',
  steps: [
    {
      name: 'book-shipment',
      run: (order, { shipping }, how) => shipping.book(order, how),
      undo: (order, { shipping }, how) => shipping.cancel(order, how),
    },
    { name: 'capture-payment', pivot: true, run: (order, { payment }, how) => payment.capture(order, how) },
    { name: 'commit-stock', run: (order, { inventory }, how) => inventory.commit(order, how) },
  ],
  reaches: () => 'SHIPPED',
};
