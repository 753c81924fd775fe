import { fulfillOrder } from '@oms/shared/contracts/order-commands';
import { getOrder, placeOrder, trackOrder } from '@oms/shared/contracts/order-endpoints';
import {
  cancelShipment,
  cancelShipmentOfOrder,
  changeShipmentStatus,
  deliverShipmentOfOrder,
  type Shipment,
} from '@oms/shared/contracts/shipping';
import { folder, refuses, says, step, using } from '../../step.ts';
import { orderOf } from '../bodies.ts';

const stops = ['LABEL_GENERATED', 'IN_TRANSIT', 'EXCEPTION', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED'] as const;

const moves = (name: string, about: string, news: Pick<Shipment['history'][0], 'status' | 'location' | 'notes'>) =>
  step(changeShipmentStatus, name, about, {
    body: news,
    expect: says('the shipment has moved on', 200, {
      body: { orderId: '{{shippedFor}}', status: news.status },
      check: using(({ history }: Shipment, last: object) => pm.expect(history.at(-1)).to.include(last), news),
    }),
  });

export const onItsWay = folder(
  'On its way',
  'The shipment of an order, which follows it to its delivery. To be sent one after the other.',
  [
    step(placeOrder, 'Place Order to Ship', 'An order, so that there is something to deliver.', {
      body: orderOf({ prod2: 1 }),
      expect: says('the order is confirmed', 201, {
        body: { status: 'CONFIRMED' },
        keep: (order) => ({ orderId: order.id, shippedFor: order.id }),
      }),
    }),
    step(fulfillOrder, 'Fulfill the Order to Ship', 'Its shipment is booked.', {
      expect: says('the order is shipped', 200, {
        body: { status: 'SHIPPED' },
        keep: ({ shipment }) => ({ shipmentId: shipment?.id, trackingNumber: shipment?.trackingNumber }),
      }),
    }),
    moves('Update Shipment: In Transit', 'The carrier has picked it up.', {
      status: 'IN_TRANSIT',
      location: 'Hub North',
    }),
    step(cancelShipment, 'Cancel a Shipment in Transit', 'Too late to cancel.', {
      expect: refuses('what has left cannot be cancelled', 409, 'INVALID_TRANSITION'),
    }),
    step(cancelShipmentOfOrder, 'Cancel in Transit by Order', 'Nor by its order (here under /shipping).', {
      path: '/shipping/cancel',
      body: { orderId: '{{orderId}}' },
      expect: refuses('what has left cannot be cancelled', 409, 'INVALID_TRANSITION'),
    }),
    moves('Update Shipment: Exception', 'Something went wrong on the way.', {
      status: 'EXCEPTION',
      notes: 'truck broke down',
    }),
    moves('Update Shipment: In Transit Again', 'It goes on.', { status: 'IN_TRANSIT' }),
    moves('Update Shipment: Out for Delivery', 'It is on the last truck.', {
      status: 'OUT_FOR_DELIVERY',
      location: 'Springfield',
    }),
    step(changeShipmentStatus, 'Update Shipment Backwards', 'It cannot get its label now.', {
      body: { status: 'LABEL_GENERATED' },
      expect: refuses('the transition is refused', 409, 'INVALID_TRANSITION'),
    }),
    moves('Update Shipment: Delivered', 'It has arrived, and the order is told.', {
      status: 'DELIVERED',
      notes: 'left with a neighbour',
    }),
    step(getOrder, 'Wait for the Order to Follow', 'Looks again until the order has heard of its delivery.', {
      wait: {
        until: ({ status }) => status !== 'SHIPPED',
      },
      expect: says('the order is delivered too', 200, { body: { status: 'DELIVERED' } }),
    }),
    step(deliverShipmentOfOrder, 'Deliver by Order', 'What an order says that knows it first; here, later.', {
      body: { orderId: '{{orderId}}' },
      expect: says('it is delivered as before', 200, {
        body: { id: '{{shipmentId}}', status: 'DELIVERED', history: stops.map((status) => ({ status })) },
      }),
    }),
    step(trackOrder, 'Track the Delivered Order', 'The whole way of the shipment.', {
      expect: says('every stop is there, oldest first', 200, {
        body: { history: stops.map((status) => ({ status })) },
        check: ({ history }) => {
          const times = history.map(({ at }) => Date.parse(at));
          pm.expect(times).to.eql([...times].sort((a, b) => a - b));
        },
      }),
    }),
  ],
);
