import { getAudit } from '@oms/shared/contracts/operations';
import { atLeast, emptyList } from '../../matcher.ts';
import { folder, says, step } from '../../step.ts';

export const theBooks = folder('The books', 'After all that: what the services have on record agrees.', [
  step(getAudit, 'Audit', 'Holds the records of all services against each other, as soon as nothing is in flight.', {
    wait: { until: ({ inFlight }) => inFlight === 0 },
    expect: says('every order was checked, and the books are balanced', 200, {
      body: { discrepancies: emptyList, balanced: true, checkedOrders: atLeast(1), inFlight: 0 },
    }),
  }),
]);
