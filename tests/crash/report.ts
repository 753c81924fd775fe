import type { Evidence } from './checks/violation.ts';
import { REDIS } from './cluster.ts';

/** What happened in a run, in a few lines. */
export function report({ records, striker, told, stock, audit, processes, copiesRead }: Evidence): string[] {
  const { orders, orderEvents } = records;
  const stories = [...told.stories.values()];
  const replays = stories.reduce((sum, story) => sum + story.replays, 0);
  const happened = (wanted: string) => orderEvents.filter(({ type }) => type === wanted).length;
  const late = processes.reduce((sum, { failedStarts }) => sum + failedStarts, 0);
  const faults = striker.fired.map(({ kind, target }) =>
    [REDIS, 'postgres'].includes(target) ? `${kind} ${target}` : kind,
  );
  return [
    `orders: ${counted([...orders.values()].map(({ data }) => data.order.status))}; ${orderEvents.length} events`,
    `faults: ${counted(faults)}; ${striker.missed.length} hit nothing`,
    `requests: ${counted(stories.map(({ wish }) => wish.what))}; ${told.unknowns} results unknown at first, ${replays} replays`,
    `sagas: ${happened('saga.resumed')} taken over, ${happened('saga.undoing')} undone`,
    `${copiesRead} orders read from copies since the last starts`,
    `looked ${stock.looks} times at the stock, ${audit.looks} times at the audit; ${late} starts of a process came to nothing`,
  ];
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, number]) => `${number} ${name}`).join(', ');
}
