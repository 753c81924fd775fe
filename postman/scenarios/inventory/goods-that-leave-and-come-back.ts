import { commitStock, getStock, releaseStock, restockStock } from '@oms/shared/contracts/inventory';
import { changeOrderStatus, fulfillOrder, returnOrder } from '@oms/shared/contracts/order-commands';
import { placeOrder } from '@oms/shared/contracts/order-endpoints';
import { differs, rememberLevel } from '../../scripts.ts';
import { folder, refuses, says, step, using } from '../../step.ts';
import { orderOf } from '../bodies.ts';

export const goodsThatLeaveAndComeBack = folder(
  'Goods that leave and come back',
  'An order whose goods are committed and restocked directly; when its sagas ask for the same, it has happened already. To be sent one after the other.',
  [
    step(placeOrder, 'Place Order to Commit', 'An order, so that there is somebody whom the goods belong to.', {
      body: orderOf({ prod1: 1 }),
      expect: says('the order is confirmed', 201, {
        body: { status: 'CONFIRMED' },
        keep: (order) => ({ orderId: order.id, reservedFor: order.id }),
      }),
    }),
    step(commitStock, 'Commit Stock', 'The goods have left.', {
      body: { orderId: '{{reservedFor}}' },
      before: { run: rememberLevel },
      expect: says('the goods have left', 200, { body: { orderId: '{{reservedFor}}', status: 'COMMITTED' } }),
    }),
    step(getStock, 'Get Level after the Commit', 'What has left is neither there nor reserved.', {
      expect: says('one fewer is there, and one fewer reserved', 200, {
        check: using(differs, { onHand: -1, reserved: -1, shipped: 1 }),
      }),
    }),
    step(releaseStock, 'Release after the Commit', 'What has left cannot be released.', {
      body: { orderId: '{{reservedFor}}' },
      expect: refuses('the reservation is closed', 409, 'RESERVATION_CLOSED'),
    }),
    step(fulfillOrder, 'Fulfill the Committed Order', 'The saga commits the same goods again, which changes nothing.', {
      params: { id: '{{reservedFor}}' },
      expect: says('the order is shipped', 200, { body: { status: 'SHIPPED', reservation: { status: 'COMMITTED' } } }),
    }),
    step(changeOrderStatus, 'Deliver the Committed Order', 'It has arrived.', {
      params: { id: '{{reservedFor}}' },
      body: { status: 'DELIVERED' },
      expect: says('the order is delivered', 200, { body: { status: 'DELIVERED' } }),
    }),
    step(restockStock, 'Restock Stock', 'The goods are back on their shelf.', {
      body: { orderId: '{{reservedFor}}' },
      expect: says('the goods are back', 200, { body: { orderId: '{{reservedFor}}', status: 'RESTOCKED' } }),
    }),
    step(returnOrder, 'Return the Restocked Order', 'The saga restocks the same goods again, which changes nothing.', {
      params: { id: '{{reservedFor}}' },
      expect: says('the order is returned', 200, { body: { status: 'RETURNED', payment: { status: 'REFUNDED' } } }),
    }),
    step(getStock, 'Get Level after the Return', 'The goods left once and came back once.', {
      expect: says('as many are there as before, and nothing is reserved for the order', 200, {
        check: using(differs, { onHand: 0, reserved: -1, shipped: 1, restocked: 1 }),
      }),
    }),
  ],
);
