import { compensateSaga, listSagas } from '@oms/shared/contracts/operations';
import { checkAvailability, getOrder } from '@oms/shared/contracts/order-endpoints';
import { absent } from '../../matcher.ts';
import { folder, refuses, says, step } from '../../step.ts';
import {
  cancelTheOrder,
  closeBreaker,
  closeBreakers,
  endOfFaults,
  placeInBackground,
  sagaEnds,
  serviceDown,
} from './recurring.ts';

export const inventoryOutage = folder(
  'Inventory outage',
  'Orders are accepted and wait until their stock can be confirmed. To be sent one after the other.',
  [
    closeBreakers('Close All Breakers before the Inventory Outage', 'Starts from closed breakers.'),
    serviceDown('inventory', 'Inventory Service Down'),
    placeInBackground(
      'Order that Waits for Its Stock',
      'Accepted: it will be confirmed once inventory is back.',
      'prod2',
      'waitingOrderId',
    ),
    placeInBackground(
      'Order to Compensate',
      'Another one, which an operator will call off.',
      'prod2',
      'calledOffOrderId',
    ),
    step(checkAvailability, 'Check Cart during the Outage', 'A hopeful answer, and it says so. Takes seconds.', {
      query: { productId: 'prod1', quantity: 1 },
      expect: says('the answer is optimistic', 200, {
        body: { available: true, optimistic: true, items: [{ inStock: absent }] },
      }),
    }),
    step(listSagas, 'List Running Sagas', 'What is unfinished.', {
      query: { state: 'running', limit: 200 },
      expect: says('both orders are on their way', 200, {
        check: ({ items }) => {
          for (const name of ['waitingOrderId', 'calledOffOrderId']) {
            const found = items.find(({ orderId }) => orderId === pm.collectionVariables.get(name));
            pm.expect(found).to.include({ saga: 'place-order', phase: 'forward', orderStatus: 'PENDING' });
          }
        },
      }),
    }),
    step(compensateSaga, 'Compensate the Saga', 'An operator decides that this order is not to be carried out.', {
      params: { orderId: '{{calledOffOrderId}}' },
      body: { note: 'the customer called' },
      expect: says('it is rejected, and being undone', 200, { body: { status: 'REJECTED' } }),
    }),
    step(compensateSaga, 'Compensate the Saga Again', 'What is being undone can only be finished.', {
      params: { orderId: '{{calledOffOrderId}}' },
      body: { note: 'the customer called again' },
      expect: refuses('it cannot be undone twice', 409, 'NOT_COMPENSATABLE'),
    }),
    endOfFaults('inventory', 'Inventory Service Up Again'),
    closeBreaker('inventory', 'Reset the Inventory Breaker', 10),
    step(getOrder, 'Wait for the Waiting Order', 'Looks again until the order is no longer pending.', {
      params: { id: '{{waitingOrderId}}' },
      wait: { until: ({ status }) => status !== 'PENDING' },
      expect: says('the order that waited is confirmed', 200, {
        body: { status: 'CONFIRMED' },
        keep: ({ id }) => ({ orderId: id }),
      }),
    }),
    cancelTheOrder('Cancel the Order that Waited'),
    sagaEnds(
      'Wait for the Compensated Saga',
      'Looks again until all that may have happened is undone.',
      'calledOffOrderId',
    ),
    step(getOrder, 'Get the Compensated Order', 'Called off, for the reason that the operator gave.', {
      params: { id: '{{calledOffOrderId}}' },
      expect: says('the order is rejected, and nothing is held for it', 200, {
        body: {
          status: 'REJECTED',
          failure: { code: 'COMPENSATED', reason: 'the customer called' },
          reservation: { status: 'RELEASED' },
        },
      }),
    }),
  ],
);
