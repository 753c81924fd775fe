import { getOrder, getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { alsoSays, folder, says, step } from '../step.ts';
import { orderOf } from './bodies.ts';
import { everyService, healthCheck } from './every-service.ts';
import { confirmOrCancel } from './order/confirm-or-cancel.ts';
import { inParts } from './order/in-parts.ts';
import { lookAtOrders } from './order/look-at-orders.ts';
import { operate } from './order/operate.ts';
import { shipAndReturn } from './order/ship-and-return.ts';

export const order = folder(
  'Order Service',
  'The life of an order: placed, looked at, changed, shipped, delivered, returned or cancelled.',
  [
    healthCheck('order', 'inventory', 'payment', 'shipping'),
    step(placeOrder, 'Place Order', 'Starts the saga: reserves the stock, authorizes the payment, confirms.', {
      body: orderOf({ prod1: 2, prod2: 1 }),
      // A customer of its own, so that lists show the orders of this run.
      before: { set: { customerId: 'postman-{{$guid}}' } },
      expect: [
        says('the order is confirmed', 201, {
          headers: { Location: '/orders/{id}', ETag: '"{version}"' },
          body: { status: 'CONFIRMED' },
        }),
        alsoSays('its total is the sum of its lines', {
          body: { items: [{ lineTotal: 21.98 }, { lineTotal: 5.99 }], total: 27.97 },
        }),
        alsoSays('its stock is reserved and its payment authorized', {
          body: { reservation: { status: 'RESERVED' }, payment: { status: 'AUTHORIZED' } },
          keep: ({ id, createdAt, updatedAt }, header) => ({
            orderId: id,
            orderTag: header('ETag'),
            placedAt: createdAt,
            confirmedAt: updatedAt,
          }),
        }),
      ],
    }),
    step(getOrder, 'Get Order', 'The order as it is now, with its version as ETag.', {
      expect: says('it is the order that was placed', 200, {
        headers: { ETag: '"{version}"' },
        body: { id: '{{orderId}}' },
        keep: ({ version }, header) => ({ orderTag: header('ETag'), orderVersion: version }),
      }),
    }),
    step(getOrderEvents, 'Get Order Events', 'Everything that happened to the order, oldest first.', {
      expect: [
        says('the events tell how the saga went', 200, {
          body: { orderId: '{{orderId}}' },
          check: ({ events }) => {
            const types = events.map(({ type }) => type);
            const steps = events.filter(({ type }) => type === 'saga.step-done').map(({ data }) => data.step);
            pm.expect(types[0]).to.equal('order.placed');
            pm.expect(steps.slice(0, 2)).to.eql(['reserve-stock', 'authorize-payment']);
            pm.expect(types).to.include('order.status-changed');
          },
        }),
        alsoSays('each event is one version of the order', {
          check: ({ events }) => {
            pm.expect(events.map(({ version }) => version)).to.eql(events.map((_, i) => i + 1));
            pm.expect(events.length).to.be.at.least(Number(pm.collectionVariables.get('orderVersion') || 0));
          },
        }),
      ],
    }),
    lookAtOrders,
    shipAndReturn,
    inParts,
    confirmOrCancel,
    operate,
    everyService(
      'order',
      'circuit_breaker_state',
      'retry_count',
      'orders_total',
      'order_processing_duration_seconds',
      'saga_step_duration_seconds',
      'saga_oldest_unfinished_seconds',
      'sagas_unfinished',
    ),
  ],
);
