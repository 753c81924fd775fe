import type { Mutation } from './mutation.ts';

/** What the simulation sees; their tests, if they have one, are named by others. */
export const SIMULATED: readonly Mutation[] = [
  {
    name: 'a call whose answer was lost is undone as if it had happened',
    file: 'services/order/src/saga-runner.ts',
    from: 'before.includes(step) || doubtful.includes(step.name)',
    to: 'before.includes(step) || (doubtful.length > 99 && step)',
    machines: ['simulation'],
  },
  {
    name: 'a saga that was interrupted undoes every step',
    file: 'services/order/src/saga-runner.ts',
    from: 'steps.filter((step) => interrupted || ',
    to: 'steps.filter((step) => (interrupted && !step) || ',
    machines: ['simulation'],
  },
  {
    name: 'the provider is asked under the same key again',
    file: 'services/payment/src/through-provider.ts',
    from: 'provider.capture({ key, authorization',
    to: 'provider.capture({ key: key + Math.random(), authorization',
    machines: ['simulation'],
  },
  {
    name: 'a delivery is told until it is heard',
    file: 'services/shipping/src/delivery-notices.ts',
    from: 'const settled = isSettled(outcome);',
    to: 'const settled = isSettled(outcome) || true;',
    machines: ['simulation'],
  },
  {
    name: 'past its pivot a fulfilment is not cancelled',
    file: 'services/order/src/order-rules.ts',
    from: "const busy = saga && (command !== 'cancel' || saga.phase === 'undoing' || saga.pivotPassed);",
    to: "const busy = saga && (command !== 'cancel' || saga.phase === 'undoing');",
    machines: ['simulation'],
  },
  {
    name: 'an order kept by a clock that was ahead is taken up',
    file: 'services/order/src/dispatcher.ts',
    from: '...this.#stranded],',
    to: '],',
    machines: ['simulation'],
  },
  {
    name: 'a notification is the same however often its event comes',
    file: 'services/notification/src/record.ts',
    from: 'export function idOf({ source, id, time }: CloudEvent): string {\n',
    to: 'export function idOf({ source, id, time: then }: CloudEvent): string {\n  const time = new Date(Date.parse(then) + Math.random() * 1e6).toISOString();\n',
    machines: ['simulation'],
  },
  {
    name: 'events that were not taken in are read again',
    file: 'shared/src/events/feed-source.ts',
    from: "await recordEach(told.events, 'consume', handle, parts);",
    to: "await recordEach(told.events, 'consume', handle, parts).catch(() => {});",
    machines: ['simulation'],
  },
];
