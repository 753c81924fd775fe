import { getReservation } from '@oms/shared/contracts/inventory';
import { getOrderEvents, listOrders, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { putChaos } from '@oms/shared/contracts/service';
import { every } from '../../matcher.ts';
import { alsoSays, folder, says, step } from '../../step.ts';
import { orderOf } from '../bodies.ts';
import { cancelTheOrder, closeBreakers, endOfFaults } from './recurring.ts';

export const chaosMode = folder(
  'Chaos mode',
  'Requests fail, or are carried out and never answered, at random; the orders come through.',
  [
    step(putChaos, 'Chaos Mode', 'For a minute 30 % of the requests to inventory fail, and 20 % get no answer.', {
      at: 'inventory',
      before: { set: { customerId: 'postman-{{$guid}}', tries: '0' } },
      body: { failureRate: 0.3, dropRate: 0.2, ttlSeconds: 60 },
      expect: says('the faults are injected from now on', 200, {
        body: { enabled: true, failureRate: 0.3, dropRate: 0.2 },
      }),
    }),
    step(
      placeOrder,
      'Order in the Chaos',
      'Confirmed, or accepted if it takes long; never an error, or half an order.',
      {
        body: orderOf({ prod2: 1 }),
        expect: alsoSays('the order is confirmed, or still on its way', {
          check: ({ status }) => {
            const expected = { 201: 'CONFIRMED', 202: 'PENDING' };
            pm.expect(expected).to.have.property(String(pm.response.code), status);
          },
          keep: ({ id }) => ({ orderId: id }),
        }),
      },
    ),
    step(getOrderEvents, 'Get Events of the Order in the Chaos', 'Places another until one has met a fault.', {
      wait: {
        until: ({ events }) => events.some(({ type }) => type === 'saga.step-retried' || type === 'saga.step-unknown'),
        from: 'Order in the Chaos',
        most: 30,
      },
      expect: says('a fault was met, and the step was tried again', 200, {
        check: ({ events }) => {
          const types = events.map(({ type }) => type);
          pm.expect(types.includes('saga.step-retried') || types.includes('saga.step-unknown')).to.equal(true);
        },
      }),
    }),
    endOfFaults('inventory', 'End of the Chaos', 'No more faults.'),
    closeBreakers('Reset after the Chaos', 'Should the breaker have opened, it is closed at once.'),
    step(listOrders, 'Wait for the Orders in the Chaos', 'Looks again until none of the orders is pending.', {
      query: { customerId: '{{customerId}}', limit: 200 },
      wait: { until: ({ items }) => items.every(({ status }) => status !== 'PENDING') },
      expect: says('every order is confirmed', 200, { body: { items: every({ status: 'CONFIRMED' }) } }),
    }),
    step(getReservation, 'Get Reservation of the Order in the Chaos', 'However often it was asked for.', {
      params: { orderId: '{{orderId}}' },
      expect: says('its stock is reserved once', 200, {
        body: { status: 'RESERVED', items: [{ productId: 'prod2', quantity: 1 }] },
      }),
    }),
    cancelTheOrder('Cancel the Order in the Chaos'),
  ],
);
