import { getBreakers, listSagas } from '@oms/shared/contracts/operations';
import { getOrder, getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { getHealth, getMetrics } from '@oms/shared/contracts/service';
import { matching } from '../../matcher.ts';
import { tells } from '../../scripts.ts';
import { folder, refuses, type Step, says, step, using } from '../../step.ts';
import { orderOf, refusedOrder, rejected } from '../bodies.ts';
import { orderWithKeyAfterOutage, settling } from './payment-again.ts';
import { providerOutage } from './provider-outage.ts';
import { orderIsRejected, placeInBackground, serviceDown, stockIsBack } from './recurring.ts';

const isSeen: Step[] = [
  step(getBreakers, 'Breaker is Open', 'So many failures have opened the breaker.', {
    expect: says('the breaker of payment is open', 200, {
      check: ({ breakers }) => {
        const breaker = breakers.find(({ name }) => name === 'payment');
        pm.expect(breaker?.state).to.equal('OPEN');
        pm.expect(breaker?.stats.failures).to.be.at.least(3);
      },
    }),
  }),
  step(getHealth, 'Health is Degraded', 'The order service works, but not with all its dependencies.', {
    at: 'order',
    expect: says('the service is degraded, and still answers', 200, {
      body: { status: 'DEGRADED', dependencies: { payment: 'OPEN' } },
    }),
  }),
  step(getMetrics, 'Breaker in the Metrics', 'What an alert sees.', {
    at: 'order',
    expect: says('the open breaker is a 1', 200, {
      check: (scraped) => {
        pm.expect(scraped).to.match(/^circuit_breaker_state\{[^}]*target="payment"[^}]*\} 1$/m);
        pm.expect(scraped).to.match(/^retry_count\{[^}]*target="payment"[^}]*\} [1-9]/m);
      },
    }),
  }),
];

export const paymentOutage = folder(
  'Payment outage',
  'First the provider fails for one payment, and the breaker stays closed; then the whole payment service fails; its breaker opens, and closes again. To be sent one after the other.',
  [
    ...providerOutage,
    serviceDown('payment', 'Payment Service Down'),
    placeInBackground(
      'Order into the Outage',
      'Placed in the background. Its payment may have happened, so it has to be undone.',
      'prod1',
      'outageOrderId',
    ),
    placeInBackground(
      'Another Order into the Outage',
      'A second one, which an operator will settle by hand.',
      'prod1',
      'handOrderId',
    ),
    step(listSagas, 'Wait for the Undoing', 'Looks again until both orders have given up on their payment.', {
      query: { state: 'running', limit: 200 },
      wait: {
        until: ({ items }) => {
          const ids = ['outageOrderId', 'handOrderId'].map((name) => pm.collectionVariables.get(name));
          return items.every(({ orderId, phase }) => !ids.includes(orderId) || phase === 'undoing');
        },
      },
      expect: says('both orders are being undone, and wait for the payment service', 200, {
        check: ({ items }) => {
          for (const name of ['outageOrderId', 'handOrderId']) {
            const found = items.find(({ orderId }) => orderId === pm.collectionVariables.get(name));
            pm.expect(found).to.include({ saga: 'place-order', phase: 'undoing' });
          }
        },
      }),
    }),
    ...isSeen,
    step(placeOrder, 'Order while the Breaker is Open', 'Refused at once. The key is for the second try.', {
      headers: { 'Idempotency-Key': '{{outageKey}}' },
      before: { set: { outageKey: '{{$guid}}' } },
      body: orderOf({ prod1: 1 }),
      expect: refuses('the customer is told when to come again', 503, 'PAYMENT_UNAVAILABLE', {
        headers: { ...refusedOrder.headers, 'Retry-After': matching(/^[1-9]\d*$/) },
        keep: ({ orderId }) => ({ orderId, refusedOrderId: orderId }),
      }),
    }),
    orderIsRejected('Get the Order Refused by the Breaker', 'PAYMENT_UNAVAILABLE'),
    step(getOrderEvents, 'Get Events of the Order Refused by the Breaker', 'No retry, and no payment to undo.', {
      expect: says('the payment was not even tried, and only the stock is given back', 200, {
        check: using(
          tells,
          ['saga.step-undone reserve-stock'],
          ['saga.step-retried authorize-payment', 'saga.step-undone authorize-payment'],
        ),
      }),
    }),
    step(getOrder, 'Get an Order of the Outage', 'Its stock is back, although its payment cannot be undone yet.', {
      params: { id: '{{outageOrderId}}' },
      expect: says('the order is rejected, and no stock waits for the payment service', 200, {
        body: rejected('PAYMENT_UNAVAILABLE'),
      }),
    }),
    stockIsBack('Get Level during the Outage'),
    ...settling,
    stockIsBack('Get Level after the Outage'),
    ...orderWithKeyAfterOutage,
  ],
);
