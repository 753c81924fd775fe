import { getBreakers, listSagas, resetBreakers, retrySaga } from '@oms/shared/contracts/operations';
import { emptyList, every } from '../../matcher.ts';
import { alsoSays, folder, refuses, says, step } from '../../step.ts';

const breakerStatus = (path: string, name: string, about: string) =>
  step(getBreakers, name, about, {
    path,
    expect: [
      says('each service has a breaker of its own', 200, {
        check: ({ breakers }) => {
          pm.expect(breakers.map((breaker) => breaker.name)).to.include.members(['inventory', 'payment', 'shipping']);
          for (const { state, stats, config } of breakers) {
            pm.expect(state).to.be.oneOf(['CLOSED', 'OPEN', 'HALF_OPEN']);
            pm.expect(stats).to.be.an('object').that.is.not.empty;
            pm.expect(config.errorThresholdPercentage).to.equal(50);
          }
        },
      }),
      alsoSays('payment may take longer than inventory, and is left alone longer', {
        check: ({ breakers }) => {
          const of = (wanted: string) => breakers.find((breaker) => breaker.name === wanted)?.config;
          pm.expect(of('inventory')).to.include({ timeoutMs: 3000, resetMs: 10000 });
          pm.expect(of('payment')).to.include({ timeoutMs: 5000, resetMs: 30000 });
        },
      }),
    ],
  });

export const operate = folder(
  'Operate',
  'Circuit breakers and unfinished sagas. What operators do about a stuck saga is shown in the failure scenarios.',
  [
    breakerStatus(
      '/circuit-breaker/status',
      'Circuit Breaker Status',
      'The breaker of each service that orders depend on.',
    ),
    breakerStatus('/orders/circuit-breaker/status', 'Circuit Breaker Status (Alias)', 'The same under /orders.'),
    step(resetBreakers, 'Reset Circuit Breakers', 'Closes all breakers.', {
      expect: says('all breakers are closed', 200, { body: { breakers: every({ state: 'CLOSED' }) } }),
    }),
    step(resetBreakers, 'Reset an Unknown Breaker', 'There is no breaker of that name.', {
      body: { name: 'weather' },
      expect: refuses('there is no such breaker', 404, 'BREAKER_NOT_FOUND'),
    }),
    step(listSagas, 'List Stuck Sagas', 'Unfinished sagas that need an operator.', {
      query: { state: 'stuck' },
      expect: says('no saga needs an operator', 200, { body: { items: emptyList, nextCursor: null } }),
    }),
    step(retrySaga, 'Retry a Finished Saga', 'An order that has no unfinished saga.', {
      params: { orderId: '{{orderId}}' },
      expect: refuses('there is nothing to retry', 409, 'NO_SAGA'),
    }),
  ],
);
