import { resolveSaga, retrySaga } from '@oms/shared/contracts/operations';
import { getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { listPayments, refundPayment } from '@oms/shared/contracts/payment';
import { absent } from '../../matcher.ts';
import { refuses, type Step, says, step } from '../../step.ts';
import { orderOf } from '../bodies.ts';
import { cancelTheOrder, closeBreaker, endOfFaults, sagaEnds } from './recurring.ts';

/** What operators do while payment is away, and what becomes of it when it is back. */
export const settling: Step[] = [
  step(retrySaga, 'Retry the Saga', 'An operator is impatient. The payment service is still down.', {
    params: { orderId: '{{outageOrderId}}' },
    body: { note: 'is payment back?' },
    expect: says('the saga is tried again, and the order stays rejected', 200, { body: { status: 'REJECTED' } }),
  }),
  step(resolveSaga, 'Resolve the Saga', 'An operator declares the other order settled, and will see to its payment.', {
    params: { orderId: '{{handOrderId}}' },
    body: { note: 'the payment is voided by hand' },
    expect: says('the saga has ended, and the order stays rejected', 200, { body: { status: 'REJECTED' } }),
  }),
  step(resolveSaga, 'Resolve the Saga Again', 'What is settled is settled.', {
    params: { orderId: '{{handOrderId}}' },
    body: { note: 'just to be sure' },
    expect: refuses('it has no unfinished saga', 409, 'NO_SAGA'),
  }),
  endOfFaults('payment', 'Payment Service Up Again'),
  closeBreaker('payment', 'Reset the Payment Breaker', 30),
  step(
    refundPayment,
    'Void the Payment by Hand',
    'What the operator has promised: whatever was authorized is voided.',
    {
      body: { orderId: '{{handOrderId}}', reason: 'settled by hand' },
      expect: says('nothing is held of the customer', 200, { body: { status: 'VOIDED' } }),
    },
  ),
  sagaEnds(
    'Wait for the Saga of the Outage',
    'Looks again until the saga has undone by itself what it could not undo before.',
    'outageOrderId',
  ),
  step(listPayments, 'Get Payment of the Outage', 'What the payment service has on record.', {
    query: { orderId: '{{outageOrderId}}' },
    expect: says('nothing is held of the customer', 200, { body: { items: [{ status: 'VOIDED', captured: 0 }] } }),
  }),
  step(getOrderEvents, 'Get Events of the Retried Saga', "Every use of an operator's tool is an event of the order.", {
    params: { id: '{{outageOrderId}}' },
    expect: says('the operator is on record', 200, {
      check: ({ events }) => {
        const used = events.filter(({ type }) => type === 'saga.intervened');
        pm.expect(used.map(({ data }) => [data.action, data.note])).to.eql([['retry', 'is payment back?']]);
      },
    }),
  }),
];

export const orderWithKeyAfterOutage: Step[] = [
  step(placeOrder, 'Order after the Outage', 'The refused request, again with its key: a 503 is not remembered.', {
    headers: { 'Idempotency-Key': '{{outageKey}}' },
    body: orderOf({ prod1: 1 }),
    expect: says('it is a new order, and confirmed', 201, {
      headers: { 'Idempotent-Replayed': absent },
      body: { status: 'CONFIRMED' },
      check: ({ id }) => pm.expect(id).to.not.equal(pm.collectionVariables.get('refusedOrderId')),
      keep: ({ id }) => ({ orderId: id }),
    }),
  }),
  cancelTheOrder('Cancel the Order after the Outage'),
];
