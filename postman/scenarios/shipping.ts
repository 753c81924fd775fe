import { createShipment } from '@oms/shared/contracts/shipping';
import { folder, says, step } from '../step.ts';
import { shipmentOf } from './bodies.ts';
import { everyService, healthCheck } from './every-service.ts';
import { lookAtAShipment } from './shipping/look-at-a-shipment.ts';
import { onItsWay } from './shipping/on-its-way.ts';

export const shipping = folder(
  'Shipping Service',
  'Shipments, labels and tracking. Shipments booked here without an order are cancelled again.',
  [
    healthCheck('shipping'),
    step(createShipment, 'Create Shipment', 'Books a shipment and makes its label.', {
      body: shipmentOf('{{newId}}'),
      before: { newId: 'shippedFor' },
      expect: says('the shipment is booked', 201, {
        headers: { Location: '/shipments/{id}' },
        body: {
          orderId: '{{shippedFor}}',
          status: 'LABEL_GENERATED',
          carrier: 'EXPRESS',
          history: [{ status: 'LABEL_GENERATED' }],
        },
        check: ({ labelUrl, trackingNumber }) =>
          pm.expect(labelUrl.split('?')[0]).to.equal(`/shipments/labels/${trackingNumber}`),
        keep: ({ id, trackingNumber }) => ({ shipmentId: id, trackingNumber }),
      }),
    }),
    lookAtAShipment,
    onItsWay,
    everyService('shipping', 'circuit_breaker_state', 'retry_count'),
  ],
);
