import { AuditWatch } from './audit-watch.ts';
import { violationsIn } from './checks/all.ts';
import type { Violation } from './checks/violation.ts';
import { Client } from './client.ts';
import { Cluster } from './cluster.ts';
import { Striker, schedule } from './faults.ts';
import { FeedReader } from './feed-reader.ts';
import { askAgain, findOut, settle } from './healing.ts';
import { Load } from './load.ts';
import type { Options } from './options.ts';
import { type Records, readRecords } from './records.ts';
import { StockWatch } from './stock-watch.ts';
import { Told } from './told.ts';

export interface Summary {
  orders: number;
  faults: number;
  violations: number;
}

/** Violations that are shown in full. */
const MOST_SHOWN = 40;
/** A run in which less than this came true proves nothing. */
const LEAST_FIRED = 0.8;
const LEAST_SUCCEEDED = 0.3;

export async function run(options: Options, say: (line: string) => void): Promise<Summary> {
  const { seed, durationMs, mostOrders, logs } = options;
  const faults = schedule(seed, durationMs);
  say(`seed ${seed}: ${faults.length} faults within ${durationMs / 1_000} s`);
  const startedAt = performance.now();
  const clock = () => `${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s`;
  const cluster = await Cluster.start(logs);
  try {
    const told = new Told();
    const client = new Client(told);
    const load = new Load(cluster, client, told, seed, mostOrders);
    const feed = new FeedReader(client, cluster.replicas('order'));
    const stock = new StockWatch(client, cluster.replicas('inventory'));
    const audit = new AuditWatch(client, cluster.replicas('order'));
    const striker = new Striker(cluster, ({ kind, target, ms }) =>
      say(`${clock()} ${kind} ${target} ${ms} ms (${load.placed} orders)`),
    );
    const ended = new AbortController();
    const watching = [feed.run(ended.signal), stock.run(ended.signal), audit.run(ended.signal)];

    await load.stockUp();
    const calm = new AbortController();
    const striking = striker.run(faults, calm.signal);
    await load.run(durationMs);
    calm.abort();
    await striking;
    say(`${clock()} whole again`);

    const { ms, left } = await settle(cluster.postgres.url());
    say(`${clock()} settled after ${ms} ms, ${left} left`);
    const foundOut = await findOut(told, client, seed);
    const again = await askAgain(told, client, seed);
    const later = await settle(cluster.postgres.url());
    ended.abort();
    await Promise.all(watching);
    await feed.finish();
    const lastAudit = await audit.look();
    say(`${clock()} ${foundOut} unknown results found out, ${again} answers asked for again`);

    const records = await readRecords(cluster.postgres.url());
    const violations = [
      ...violationsIn({ told, feed, stock, audit, lastAudit, records }),
      ...unsettled(left + later.left),
      ...died(cluster),
      ...provesNothing(striker, Math.max(1, striker.fired.length + striker.missed.length), records, told),
    ];
    await client.close();
    report(say, striker, cluster, told, records, { stock: stock.looks, audit: audit.looks });
    for (const { rule, id, detail } of violations.slice(0, MOST_SHOWN)) say(`VIOLATION ${rule}: ${id}: ${detail}`);
    return { orders: records.orders.size, faults: striker.fired.length, violations: violations.length };
  } finally {
    await cluster.stop();
  }
}

const unsettled = (left: number): Violation[] =>
  left === 0
    ? []
    : [{ rule: 'settled in time', id: 'all', detail: `${left} orders or deliveries were left after a minute` }];

/** A database that goes away and comes back is no reason to end. */
const died = ({ processes }: Cluster): Violation[] =>
  processes.flatMap(({ name, diedOfItself }) => diedOfItself.map((detail) => ({ rule: 'alive', id: name, detail })));

function provesNothing(striker: Striker, planned: number, { orders }: Records, told: Told): Violation[] {
  const found: Violation[] = [];
  const complain = (detail: string) => found.push({ rule: 'proves nothing', id: 'the run', detail });
  if (striker.fired.length < planned * LEAST_FIRED) complain(`only ${striker.fired.length} of ${planned} faults fired`);
  if (striker.count('kill') === 0 || striker.count('sleep') === 0) complain('nothing was killed, or put to sleep');
  if (told.unknowns === 0) complain('no client was ever left in doubt');
  const good = succeeded(orders);
  if (good < orders.size * LEAST_SUCCEEDED) complain(`only ${good} of ${orders.size} orders succeeded`);
  return found;
}

const succeeded = (orders: Records['orders']): number =>
  [...orders.values()].filter(({ data }) => data.order.status !== 'REJECTED').length;

function report(
  say: (line: string) => void,
  { fired, missed }: Striker,
  { processes }: Cluster,
  told: Told,
  { orders, orderEvents }: Records,
  looks: { stock: number; audit: number },
): void {
  const count = (names: Iterable<string>) => {
    const counts = new Map<string, number>();
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].map(([name, number]) => `${number} ${name}`).join(', ');
  };
  const stories = [...told.stories.values()];
  say(`orders: ${count([...orders.values()].map(({ data }) => data.order.status))}; ${orderEvents.length} events`);
  say(
    `faults: ${count(fired.map(({ kind, target }) => (target === 'postgres' ? `${kind} postgres` : kind)))}; ${missed.length} hit nothing`,
  );
  say(`requests: ${count(stories.map(({ wish }) => wish.what))}; ${told.unknowns} results unknown at first`);
  say(
    `replays: ${stories.reduce((sum, { replays }) => sum + replays, 0)}; looked ${looks.stock} times at the stock, ${looks.audit} times at the audit`,
  );
  const resumed = orderEvents.filter(({ type }) => type === 'saga.resumed').length;
  const undone = orderEvents.filter(({ type }) => type === 'saga.undoing').length;
  const late = processes.reduce((sum, { failedStarts }) => sum + failedStarts, 0);
  say(`sagas: ${resumed} taken over, ${undone} undone; ${late} starts of a process came to nothing`);
}
