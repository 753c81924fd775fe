import { cancelOrder, fulfillOrder, refundOrder, returnOrder } from '@oms/shared/contracts/order-commands';
import { getOrder, listRefunds, listReturns, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { changeShipmentStatus } from '@oms/shared/contracts/shipping';
import { folder, refuses, says, step } from '../../step.ts';
import { address, orderOf } from '../bodies.ts';

export const inParts = folder(
  'Ship, cancel, return and refund in parts',
  'An order with shipping costs, in two parcels. To be sent one after the other.',
  [
    step(placeOrder, 'Place Order with Charges', 'What is charged besides the items.', {
      body: {
        ...orderOf({ prod1: 3, prod2: 1 }),
        shippingAddress: address,
        charges: [{ kind: 'SHIPPING', label: 'parcel service', amount: 4.99 }],
      },
      expect: says('the total is lines and charges', 201, {
        body: { subtotal: 38.96, total: 43.95, captured: 0, items: [{ lineId: '1' }, { lineId: '2' }] },
        keep: ({ id }) => ({ partsId: id }),
      }),
    }),
    step(fulfillOrder, 'Fulfill in Part', 'A parcel with some items.', {
      params: { id: '{{partsId}}' },
      body: { items: [{ lineId: '1', quantity: 1 }] },
      expect: says('their share and the shipping costs are captured', 200, {
        body: { status: 'PARTIALLY_SHIPPED', captured: 15.98, shipments: [{ parcel: 1 }] },
        keep: ({ shipment }) => ({ partsShipmentId: shipment?.id }),
      }),
    }),
    step(fulfillOrder, 'Fulfill More than Is Left', 'Three were ordered, and one was sent.', {
      params: { id: '{{partsId}}' },
      body: { items: [{ lineId: '1', quantity: 3 }] },
      expect: refuses('it says how many are left', 409, 'QUANTITY_TOO_HIGH', { body: { most: 2 } }),
    }),
    step(cancelOrder, 'Cancel in Part', 'Open items that are not wanted any more.', {
      params: { id: '{{partsId}}' },
      body: { items: [{ productId: 'prod2', quantity: 1 }], reason: 'changed my mind' },
      expect: says('the rest goes on', 200, { body: { status: 'PARTIALLY_SHIPPED', refunded: 0 } }),
    }),
    step(fulfillOrder, 'Fulfill the Rest', 'Everything that is left.', {
      params: { id: '{{partsId}}' },
      expect: says('nothing is open any more', 200, { body: { status: 'SHIPPED', captured: 37.96 } }),
    }),
    step(changeShipmentStatus, 'First Parcel on Its Way', 'The carrier has it.', {
      params: { id: '{{partsShipmentId}}' },
      body: { status: 'IN_TRANSIT' },
      expect: says('it is on its way', 200, { body: { parcel: 1 } }),
    }),
    step(changeShipmentStatus, 'First Parcel Delivered', 'The order follows.', {
      params: { id: '{{partsShipmentId}}' },
      body: { status: 'DELIVERED' },
      expect: says('it is delivered', 200, { body: { parcel: 1, status: 'DELIVERED' } }),
    }),
    step(
      getOrder,
      'Wait for the Order to Hear of It',
      'Looks again until the order knows that its first parcel has arrived.',
      {
        params: { id: '{{partsId}}' },
        wait: { until: ({ shipments }) => shipments.some(({ status }) => status === 'DELIVERED') },
        expect: says('it is shipped, and one of its parcels has arrived', 200, { body: { status: 'SHIPPED' } }),
      },
    ),
    step(returnOrder, 'Return in Part', 'An item of the parcel that has arrived.', {
      params: { id: '{{partsId}}' },
      body: { items: [{ lineId: '1', quantity: 1 }], reason: 'does not fit' },
      expect: says('its share is refunded, to the cent', 200, {
        body: { status: 'PARTIALLY_RETURNED', refunded: 10.99 },
      }),
    }),
    step(refundOrder, 'Refund without Goods', 'Money for the delay.', {
      params: { id: '{{partsId}}' },
      body: { amount: 5, reason: 'arrived late' },
      expect: says('the status stays', 200, { body: { status: 'PARTIALLY_RETURNED', refunded: 15.99 } }),
    }),
    step(refundOrder, 'Refund Too Much', 'More than is left of what was captured.', {
      params: { id: '{{partsId}}' },
      body: { amount: 21.98, reason: 'more' },
      expect: refuses('it says how much is left', 409, 'AMOUNT_TOO_HIGH', { body: { most: 21.97 } }),
    }),
    step(listReturns, 'List Returns', 'What came back.', {
      params: { id: '{{partsId}}' },
      expect: says('the item, why, and its share', 200, {
        body: { items: [{ number: 1, amount: 10.99, reason: 'does not fit', restocked: true }] },
      }),
    }),
    step(listRefunds, 'List Refunds', 'What was given back.', {
      params: { id: '{{partsId}}' },
      expect: says('both refunds', 200, { body: { refunded: 15.99, items: [{ kind: 'return' }, { kind: 'refund' }] } }),
    }),
  ],
);
