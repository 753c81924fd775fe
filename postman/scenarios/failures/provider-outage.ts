import { getBreakers } from '@oms/shared/contracts/operations';
import { getOrderEvents, placeOrder } from '@oms/shared/contracts/order-endpoints';
import { matching } from '../../matcher.ts';
import { rememberAvailable } from '../../scripts.ts';
import { refuses, type Step, says, step } from '../../step.ts';
import { orderOf, refusedOrder } from '../bodies.ts';
import { closeBreakers, orderIsRejected, stockIsBack } from './recurring.ts';

/** The provider fails for one payment, which says nothing about others. */
export const providerOutage: Step[] = [
  closeBreakers('Close All Breakers', 'Starts from closed breakers, with no failures on record.'),
  step(placeOrder, 'Order while the Provider is Away', 'Its payment is tried, then it is undone. Takes seconds.', {
    headers: { Prefer: 'wait=30' },
    before: { run: rememberAvailable },
    body: orderOf({ prod1: 2 }, { paymentMethod: 'tok_outage' }),
    expect: refuses('the customer is told in a friendly way, and when to come again', 503, 'PAYMENT_UNAVAILABLE', {
      body: { detail: matching(/try again/i) },
      headers: { ...refusedOrder.headers, 'Retry-After': matching(/^[1-9]\d*$/) },
      keep: refusedOrder.keep,
    }),
  }),
  orderIsRejected('Get the Order of the Outage', 'PAYMENT_UNAVAILABLE'),
  step(getOrderEvents, 'Get Events of the Outage', 'Tried again and again, then undone as if it had happened.', {
    expect: says('the payment was retried, and what may have happened is undone', 200, {
      check: ({ events }) => {
        const of = (wanted: string) => events.filter(({ type }) => type === wanted).map(({ data }) => data.step);
        pm.expect(of('saga.step-retried')).to.include('authorize-payment');
        pm.expect(of('saga.step-unknown')).to.include('authorize-payment');
        pm.expect(of('saga.step-undone')).to.have.members(['authorize-payment', 'reserve-stock']);
      },
    }),
  }),
  stockIsBack('Get Level after the Outage Order'),
  step(getBreakers, 'Breaker is Still Closed', 'That one payment fails says nothing about those of others.', {
    expect: says('the breaker of payment is still closed', 200, {
      check: ({ breakers }) => {
        const breaker = breakers.find(({ name }) => name === 'payment');
        pm.expect(breaker?.state).to.equal('CLOSED');
        pm.expect(breaker?.stats.failures).to.equal(0);
      },
    }),
  }),
];
