import { getOrder, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { absent, NumberOf } from '../../matcher.ts';
import { rememberAvailable } from '../../scripts.ts';
import { folder, refuses, says, step } from '../../step.ts';
import { refusedOrder } from '../bodies.ts';
import { stockIsBack } from './recurring.ts';

export const outOfStock = folder('Out of stock', 'More is wanted than there is.', [
  step(placeOrder, 'Order with Invalid Inventory', 'A line that cannot be met refuses the order; its saga is undone.', {
    before: { run: rememberAvailable },
    body: {
      customer: { id: '{{customerId}}' },
      items: [
        { productId: 'prod2', quantity: 1, price: 5.99 },
        { productId: 'prod1', quantity: new NumberOf('tooMany'), price: 10.99 },
      ],
    },
    expect: refuses('it says which item is short, and how many are left', 409, 'OUT_OF_STOCK', {
      body: {
        items: [{ productId: 'prod1', requested: new NumberOf('tooMany'), available: new NumberOf('availableBefore') }],
      },
      ...refusedOrder,
    }),
  }),
  step(getOrder, 'Get the Order out of Stock', 'The refused order exists all the same, as REJECTED, and says why.', {
    expect: says('the order is rejected, and nothing is held for it', 200, {
      body: { status: 'REJECTED', failure: { code: 'OUT_OF_STOCK' }, payment: absent },
    }),
  }),
  stockIsBack('Get Level after the Order'),
  step(placeOrder, 'Order of an Unknown Product', 'A product that nobody has.', {
    body: { customerId: '{{customerId}}', items: [{ productId: 'no-such-product', quantity: 1, price: 1 }] },
    expect: refuses('there is no such product', 409, 'PRODUCT_NOT_FOUND'),
  }),
]);
