import {
  cancelShipment,
  cancelShipmentOfOrder,
  createShipment,
  getLabel,
  getShipment,
  listShipments,
  trackShipment,
} from '@oms/shared/contracts/shipping';
import { atLeast, containing, matching } from '../../matcher.ts';
import { linksOn } from '../../scripts.ts';
import { alsoSays, folder, refuses, says, step } from '../../step.ts';
import { shipmentOf } from '../bodies.ts';

export const lookAtAShipment = folder('Look at a shipment', 'The shipment booked above, until it is cancelled.', [
  step(createShipment, 'Create Shipment Again', 'An order has one shipment.', {
    body: shipmentOf('{{shippedFor}}'),
    expect: says('it is the same shipment', 201, {
      body: { orderId: '{{shippedFor}}', status: 'LABEL_GENERATED', id: '{{shipmentId}}' },
    }),
  }),
  step(getShipment, 'Get Shipment', 'A shipment.', {
    expect: says('it is the one that was booked', 200, {
      body: {
        orderId: '{{shippedFor}}',
        status: 'LABEL_GENERATED',
        id: '{{shipmentId}}',
        shippingAddress: { city: 'Springfield' },
        estimatedDeliveryDays: atLeast(1),
      },
    }),
  }),
  step(getShipment, 'Get Shipment (Alias)', 'The same under /shipping.', {
    path: '/shipping/{id}',
    expect: says('it is the same shipment', 200, {
      body: { orderId: '{{shippedFor}}', status: 'LABEL_GENERATED', id: '{{shipmentId}}' },
    }),
  }),
  step(getShipment, 'Get an Unknown Shipment', 'A shipment that nobody booked.', {
    params: { id: 'no-such-shipment' },
    expect: refuses('there is no such shipment', 404, 'SHIPMENT_NOT_FOUND'),
  }),
  step(listShipments, 'List Shipments of an Order', 'The one shipment of an order.', {
    query: { orderId: '{{shippedFor}}' },
    expect: says('the order has one shipment', 200, { body: { items: [{ id: '{{shipmentId}}' }] } }),
  }),
  step(listShipments, 'List Shipments', 'Shipments in one state, newest order first, page by page.', {
    query: { status: 'LABEL_GENERATED', limit: 1 },
    expect: says('a page has as many as asked for, all in that state', 200, {
      body: { items: [{ status: 'LABEL_GENERATED' }] },
      check: linksOn,
    }),
  }),
  step(trackShipment, 'Track Shipment', 'What a customer sees who has the tracking number.', {
    expect: says('the tracking number leads to the shipment', 200, {
      body: { orderId: '{{shippedFor}}', status: 'LABEL_GENERATED', id: '{{shipmentId}}' },
    }),
  }),
  step(trackShipment, 'Track an Unknown Number', 'A number that nobody gave out.', {
    params: { trackingNumber: 'TRK0' },
    expect: refuses('there is no such shipment', 404, 'SHIPMENT_NOT_FOUND'),
  }),
  step(getLabel, 'Get Shipping Label', 'The label to print, with a barcode (Postman: Save Response to a file).', {
    expect: [
      says('the label is a PDF', 200, {
        headers: { 'Content-Type': matching(/^application\/pdf/) },
        check: (label) => {
          pm.expect(label.slice(0, 5)).to.equal('%PDF-');
          pm.expect(label.trim().slice(-5)).to.equal('%%EOF');
          pm.expect(pm.response.responseSize).to.be.above(1000);
        },
      }),
      alsoSays('its file is named after the tracking number', {
        headers: { 'Content-Disposition': containing('{{trackingNumber}}') },
      }),
    ],
  }),
  step(cancelShipment, 'Cancel Shipment', 'It has not left yet, so it can be cancelled.', {
    expect: says('the shipment is cancelled', 200, {
      body: {
        orderId: '{{shippedFor}}',
        status: 'CANCELLED',
        history: [{ status: 'LABEL_GENERATED' }, { status: 'CANCELLED' }],
      },
    }),
  }),
  step(createShipment, 'Create Shipment after the Cancel', 'A request that was overtaken by its own cancel.', {
    body: shipmentOf('{{shippedFor}}'),
    expect: refuses('the shipment stays closed', 409, 'SHIPMENT_CLOSED'),
  }),
  step(
    cancelShipmentOfOrder,
    'Cancel a Shipment that Was Never Booked',
    'An undo that comes before its request is remembered.',
    {
      body: { orderId: '{{newId}}' },
      before: { newId: 'shippedFor' },
      expect: says('it is remembered as cancelled', 200, { body: { orderId: '{{shippedFor}}', status: 'CANCELLED' } }),
    },
  ),
  step(createShipment, 'Create Shipment Too Late', 'The request arrives after its undo.', {
    body: shipmentOf('{{shippedFor}}'),
    expect: refuses('nothing is booked any more', 409, 'SHIPMENT_CLOSED'),
  }),
]);
