import { cancelOrder, changeOrderStatus, confirmOrder, fulfillOrder } from '@oms/shared/contracts/order-commands';
import { getOrder, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { NumberOf } from '../../matcher.ts';
import { folder, refuses, says, step } from '../../step.ts';
import { address, cancelled, orderOf } from '../bodies.ts';

export const confirmOrCancel = folder(
  'Confirm or cancel an order',
  'Orders that are held for confirmation, placed in the background, or called off.',
  [
    step(placeOrder, 'Place Order to Confirm Later', 'autoConfirm false: stock and money are held until then.', {
      body: orderOf({ prod2: 1 }, { shippingAddress: undefined, autoConfirm: false }),
      expect: says('the order waits for its confirmation', 201, {
        body: {
          status: 'AWAITING_CONFIRMATION',
          reservation: { status: 'RESERVED' },
          payment: { status: 'AUTHORIZED' },
        },
        keep: ({ id }, header) => ({ orderId: id, orderTag: header('ETag') }),
      }),
    }),
    step(confirmOrder, 'Confirm Order', 'Confirms the order that was held.', {
      expect: says('the order is confirmed', 200, {
        body: { status: 'CONFIRMED' },
        keep: ({ version }) => ({ orderVersion: version }),
      }),
    }),
    step(confirmOrder, 'Confirm Order Again', 'Confirming what is confirmed changes nothing.', {
      expect: says('it is confirmed as before', 200, {
        body: { status: 'CONFIRMED', version: new NumberOf('orderVersion') },
      }),
    }),
    step(fulfillOrder, 'Fulfill Order without an Address', 'Nobody knows where to send it.', {
      expect: refuses('an address is asked for', 409, 'ADDRESS_REQUIRED'),
    }),
    step(changeOrderStatus, 'Change Order Status', 'The command that leads to the status PROCESSING.', {
      body: { status: 'PROCESSING' },
      expect: says('the order is being processed', 200, { body: { status: 'PROCESSING' } }),
    }),
    step(changeOrderStatus, 'Change Order Status Backwards', 'No command leads back to PENDING.', {
      body: { status: 'PENDING' },
      expect: refuses('no command leads there', 409, 'INVALID_TRANSITION'),
    }),
    step(confirmOrder, 'Confirm a Processed Order', 'It has left that state behind.', {
      expect: refuses('the transition is refused', 409, 'INVALID_TRANSITION'),
    }),
    step(cancelOrder, 'Cancel Order', 'Voids the payment and gives the stock back.', {
      body: { reason: 'changed my mind' },
      expect: says('the order is cancelled and holds nothing', 200, { body: cancelled }),
    }),
    step(placeOrder, 'Place Order in the Background', 'Prefer: respond-async: accepted at once, carried out then.', {
      headers: { Prefer: 'respond-async' },
      body: orderOf({ prod2: 1 }),
      expect: says('the order is accepted', 202, {
        headers: { Location: '/orders/{id}', 'Preference-Applied': 'respond-async' },
        body: { status: 'PENDING' },
        keep: ({ id }, header) => ({ orderId: id, orderTag: header('ETag') }),
      }),
    }),
    step(getOrder, 'Wait for the Order', 'Looks again until the order is no longer pending.', {
      wait: { until: ({ status }) => status !== 'PENDING' },
      expect: says('the accepted order was carried out', 200, { body: { status: 'CONFIRMED' } }),
    }),
    step(changeOrderStatus, 'Cancel Order by Status', 'The command that leads to the status CANCELLED.', {
      body: { status: 'CANCELLED' },
      expect: says('the order is cancelled', 200, { body: { status: 'CANCELLED' } }),
    }),
    step(placeOrder, 'Place Order and Wait', 'Prefer: wait=5: five seconds at most. Only a customer id, no address.', {
      headers: { Prefer: 'wait=5' },
      body: { customerId: '{{customerId}}', items: [{ productId: 'prod1', quantity: 1, price: 10.99 }] },
      expect: says('it did not take so long', 201, {
        headers: { 'Preference-Applied': 'wait=5' },
        body: { status: 'CONFIRMED', customer: { id: '{{customerId}}' } },
        keep: ({ id }, header) => ({ orderId: id, orderTag: header('ETag') }),
      }),
    }),
    step(fulfillOrder, 'Fulfill Order to a New Address', 'The address may also be given when the order is sent.', {
      body: { carrier: 'OVERNIGHT', shippingAddress: address },
      expect: says('the order is shipped to that address', 200, {
        body: { status: 'SHIPPED', shipment: { carrier: 'OVERNIGHT' }, shippingAddress: { street: '12 Main St' } },
      }),
    }),
  ],
);
