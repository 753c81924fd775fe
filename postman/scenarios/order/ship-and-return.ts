import {
  cancelOrder,
  changeOrderStatus,
  deleteOrder,
  followParcel,
  fulfillOrder,
  processOrder,
  returnOrder,
  updateOrder,
} from '@oms/shared/contracts/order-commands';
import { getOrder, trackOrder } from '@oms/shared/contracts/order-endpoints';
import { absent, matching } from '../../matcher.ts';
import { folder, refuses, says, step } from '../../step.ts';
import { address } from '../bodies.ts';

export const shipAndReturn = folder(
  'Ship and return an order',
  'The order placed above, from its last change of address to its return. To be sent one after the other.',
  [
    step(updateOrder, 'Update Order', 'A new address, if the order is still as it was seen (If-Match).', {
      headers: { 'If-Match': '{{orderTag}}' },
      body: { shippingAddress: { ...address, street: '1 Side St' } },
      expect: says('the order goes to the new address', 200, {
        headers: { ETag: '"{version}"' },
        body: { status: 'CONFIRMED', shippingAddress: { street: '1 Side St' } },
        check: ({ version }) => pm.expect(`"${version - 1}"`).to.equal(pm.collectionVariables.get('orderTag')),
      }),
    }),
    step(updateOrder, 'Update Order from a Stale Copy', 'The same by somebody who has not seen the first change.', {
      headers: { 'If-Match': '{{orderTag}}' },
      body: { shippingAddress: { ...address, street: '2 Lost St' } },
      expect: refuses('the lost update is refused', 412, 'PRECONDITION_FAILED'),
    }),
    step(deleteOrder, 'Delete Order from a Stale Copy', 'Nor is it cancelled by somebody who has not seen it.', {
      headers: { 'If-Match': '{{orderTag}}' },
      expect: refuses('it is not cancelled', 412, 'PRECONDITION_FAILED'),
    }),
    step(trackOrder, 'Track before Shipping', 'An order that has not been sent yet.', {
      expect: refuses('there is nothing to track yet', 409, 'NOT_SHIPPED'),
    }),
    step(processOrder, 'Process Order', 'The order is being packed.', {
      expect: says('the order is being processed', 200, { body: { status: 'PROCESSING' } }),
    }),
    step(processOrder, 'Process Order Again', 'What is being packed cannot begin to be packed.', {
      expect: refuses('the transition is refused', 409, 'INVALID_TRANSITION'),
    }),
    step(fulfillOrder, 'Fulfill Order', 'Books the shipment, captures the payment, commits the stock.', {
      body: { carrier: 'EXPRESS' },
      expect: says('the order is shipped', 200, {
        body: {
          status: 'SHIPPED',
          shipment: { carrier: 'EXPRESS', trackingNumber: matching(/./) },
          payment: { status: 'CAPTURED' },
          reservation: { status: 'COMMITTED' },
        },
        keep: ({ shipment }) => ({ shipmentId: shipment?.id, trackingNumber: shipment?.trackingNumber }),
      }),
    }),
    step(trackOrder, 'Track Order', 'The way of the shipment so far.', {
      expect: says('the shipment of this order has its label', 200, {
        body: {
          orderId: '{{orderId}}',
          trackingNumber: '{{trackingNumber}}',
          history: [{ status: 'LABEL_GENERATED' }],
        },
      }),
    }),
    step(followParcel, 'News of the Parcel', 'Where the parcel is, as shipping tells it; here somebody else does.', {
      expect: refuses('nobody but shipping is believed', 403, 'FORBIDDEN'),
    }),
    step(updateOrder, 'Update a Shipped Order', 'Too late for another address.', {
      body: { shippingAddress: address },
      expect: refuses('the address cannot be changed any more', 409, 'ORDER_NOT_EDITABLE'),
    }),
    step(cancelOrder, 'Cancel a Shipped Order', 'Too late to cancel.', {
      body: { reason: 'too late' },
      expect: refuses('it cannot be cancelled any more', 409, 'INVALID_TRANSITION'),
    }),
    step(returnOrder, 'Return before Delivery', 'Only what was delivered can be returned.', {
      body: { reason: 'does not fit' },
      expect: refuses('it cannot be returned yet', 409, 'INVALID_TRANSITION'),
    }),
    step(changeOrderStatus, 'Deliver Order', 'The command that leads to the status DELIVERED.', {
      body: { status: 'DELIVERED' },
      expect: says('the order is delivered', 200, { body: { status: 'DELIVERED', shipment: { status: 'DELIVERED' } } }),
    }),
    step(returnOrder, 'Return Order', 'Takes the delivered order back: refunds and restocks.', {
      body: { reason: 'does not fit' },
      expect: says('money and goods are back', 200, {
        body: { status: 'RETURNED', payment: { status: 'REFUNDED' }, reservation: { status: 'RESTOCKED' } },
      }),
    }),
    step(getOrder, 'Get Order at a Time', 'The order as it was when it had just been confirmed, whatever came after.', {
      query: { at: '{{confirmedAt}}' },
      expect: says('at that time it was confirmed, and not yet shipped', 200, {
        body: { status: 'CONFIRMED', shippingAddress: { street: '12 Main St' }, shipment: absent },
      }),
    }),
  ],
);
