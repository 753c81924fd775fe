import type { Safeguard } from '../../crash/mutations/safeguards.ts';

/** Safeguards that only a simulated fault puts to the test. */
export const MORE_SAFEGUARDS: readonly Safeguard[] = [
  {
    name: 'a call whose answer was lost is undone as if it had happened',
    file: 'services/order/src/saga-runner.ts',
    from: 'before.includes(step) || doubtful.includes(step.name)',
    to: 'before.includes(step) || (doubtful.length > 99 && step)',
    tests: [],
  },
  {
    name: 'a saga that was interrupted undoes every step',
    file: 'services/order/src/saga-runner.ts',
    from: 'steps.filter((step) => interrupted || ',
    to: 'steps.filter((step) => (interrupted && !step) || ',
    tests: [],
  },
  {
    name: 'the provider is asked under the same key again',
    file: 'services/payment/src/through-provider.ts',
    from: 'provider.capture({ key, authorization',
    to: 'provider.capture({ key: key + Math.random(), authorization',
    tests: [],
  },
  {
    name: 'a delivery is told until it is heard',
    file: 'services/shipping/src/delivery-notices.ts',
    from: 'const settled = isSettled(outcome);',
    to: 'const settled = isSettled(outcome) || true;',
    tests: [],
  },
  {
    name: 'past its pivot a fulfilment is not cancelled',
    file: 'services/order/src/order-rules.ts',
    from: "const busy = saga && (command !== 'cancel' || saga.phase === 'undoing' || saga.pivotPassed);",
    to: "const busy = saga && (command !== 'cancel' || saga.phase === 'undoing');",
    tests: [],
  },
  {
    name: 'an order kept by a clock that was ahead is taken up',
    file: 'services/order/src/dispatcher.ts',
    from: '...this.#stranded],',
    to: '],',
    tests: [],
  },
  {
    name: 'a notification is the same however often its event comes',
    file: 'services/notification/src/record.ts',
    from: 'export function idOf({ source, id, time }: CloudEvent): string {\n',
    to: 'export function idOf({ source, id, time: then }: CloudEvent): string {\n  const time = new Date(Date.parse(then) + Math.random() * 1e6).toISOString();\n',
    tests: [],
  },
  {
    name: 'events that were not taken in are read again',
    file: 'shared/src/events/feed-source.ts',
    from: "await recordEach(told.events, 'consume', handle, parts);",
    to: "await recordEach(told.events, 'consume', handle, parts).catch(() => {});",
    tests: [],
  },
];

const POSTGRES = 'out of sight: it is a safeguard of the PostgreSQL store, and everything here is kept in memory';

/** What a simulation of stores in memory cannot see. */
export const OUT_OF_SIGHT: Readonly<Record<string, string>> = {
  'documents are locked while they are decided about': POSTGRES,
  'a COMMIT whose answer was lost is found out': POSTGRES,
  'a COMMIT that was given up is not taken for one': POSTGRES,
  'positions of the feed are taken one transaction after the other': POSTGRES,
};
