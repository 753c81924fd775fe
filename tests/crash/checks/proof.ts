import type { Evidence, Violation } from './violation.ts';

/** The minimum that must happen in a run; otherwise it proves nothing. */
const LEAST_FIRED = 0.8;
const LEAST_SUCCEEDED = 0.3;

/** Everything ended in time, and no process exited because its database was down. */
export function* ended({ left, processes }: Evidence): Iterable<Violation> {
  if (left > 0) yield { rule: 'settled in time', id: 'all', detail: `${left} sagas or deliveries were left` };
  for (const { name, diedOfItself } of processes) {
    for (const detail of diedOfItself) yield { rule: 'alive', id: name, detail };
  }
}

/** There were enough faults, and enough successes. */
export function* proof({ striker, told, records }: Evidence): Iterable<Violation> {
  const { fired, missed } = striker;
  const planned = fired.length + missed.length;
  const orders = [...records.orders.values()].map(({ data }) => data.order);
  const succeeded = orders.filter(({ status }) => status !== 'REJECTED').length;
  const kinds = new Set(fired.map(({ kind }) => kind));
  const wanting: [boolean, string][] = [
    [fired.length < Math.max(1, planned * LEAST_FIRED), `only ${fired.length} of ${planned} faults fired`],
    [!kinds.has('kill') || !kinds.has('sleep'), `faults were only: ${[...kinds].join(', ')}`],
    [told.unknowns === 0, 'no client was ever left in doubt'],
    [
      succeeded < Math.max(1, orders.length * LEAST_SUCCEEDED),
      `only ${succeeded} of ${orders.length} orders succeeded`,
    ],
  ];
  for (const [isWanting, detail] of wanting) if (isWanting) yield { rule: 'proves nothing', id: 'the run', detail };
}
