import { databaseOf } from '@oms/shared/store/migrate';
import { unevenCommits } from '../support/uneven-commits.ts';
import { AuditWatch } from './audit-watch.ts';
import { violationsIn } from './checks/all.ts';
import type { Evidence } from './checks/violation.ts';
import { Client } from './client.ts';
import { Cluster, eachService, SERVICES } from './cluster.ts';
import { Striker, schedule } from './faults.ts';
import { FeedReader } from './feed-reader.ts';
import { askAgain, findOut, settle } from './healing.ts';
import { Load } from './load.ts';
import type { Options } from './options.ts';
import { readRecords } from './records.ts';
import { report } from './report.ts';
import { StockWatch } from './stock-watch.ts';
import { Told } from './told.ts';

type Say = (line: string) => void;

export interface Summary {
  orders: number;
  faults: number;
  violations: number;
}

/** The share of slow commits at every service, and their maximum duration. */
const SLOW_COMMITS = { share: 0.1, mostMs: 40 };
/** Violations that are shown in full. */
const MOST_SHOWN = 40;

/** Injects faults while customers order, ends them, and compares the records with the customers' answers. */
export async function run(options: Options, say: Say): Promise<Summary> {
  const startedAt = performance.now();
  const clocked: Say = (line) => say(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
  const cluster = await Cluster.start(options.logs);
  try {
    const evidence = await gather(cluster, options, clocked);
    const violations = violationsIn(evidence);
    for (const line of report(evidence)) say(line);
    for (const { rule, id, detail } of violations.slice(0, MOST_SHOWN)) say(`VIOLATION ${rule}: ${id}: ${detail}`);
    const { records, striker } = evidence;
    return { orders: records.orders.size, faults: striker.fired.length, violations: violations.length };
  } finally {
    await cluster.stop();
  }
}

async function gather(cluster: Cluster, { seed, durationMs, mostOrders }: Options, say: Say): Promise<Evidence> {
  const url = `${cluster.postgres.url()}/crash`;
  for (const service of SERVICES) await unevenCommits(databaseOf(url, service), SLOW_COMMITS);
  const told = new Told();
  const client = new Client(told);
  const feeds = eachService((service) => new FeedReader(client, cluster.replicas(service)));
  const stock = new StockWatch(client, cluster.replicas('inventory'));
  const audit = new AuditWatch(client, cluster.replicas('order'));
  const ended = new AbortController();
  const watching = [...Object.values(feeds), stock, audit].map((watch) => watch.run(ended.signal));

  const load = new Load(cluster, client, told, seed, mostOrders);
  await load.stockUp();
  const faults = schedule(seed, durationMs);
  say(`${faults.length} faults within ${durationMs / 1_000} s`);
  const striker = new Striker(cluster, ({ kind, target, ms }) =>
    say(`${kind} ${target} ${ms} ms, ${load.placed} orders`),
  );
  const calm = new AbortController();
  const striking = striker.run(faults, calm.signal);
  await load.run(durationMs);
  calm.abort();
  await striking;

  say('everything is whole again');
  const { ms, left } = await settle(url);
  say(`settled after ${ms} ms, ${left} left`);
  say(`${await findOut(told, client, seed)} unknown results found out`);
  say(`${await askAgain(told, client, seed)} answers asked for again`);
  const later = await settle(url);
  ended.abort();
  await Promise.all(watching);
  for (const feed of Object.values(feeds)) await feed.finish();
  const lastAudit = await audit.last();
  const copiesRead = await hitsAt(cluster.replicas('order'), client);
  await client.close();
  const { processes } = cluster;
  const records = await readRecords(url);
  return { told, feeds, stock, audit, lastAudit, striker, processes, left: left + later.left, records, copiesRead };
}

async function hitsAt(replicas: readonly string[], client: Client): Promise<number> {
  const texts = await Promise.all(replicas.map(async (at) => (await client.send(at, 'GET', '/metrics'))?.body ?? ''));
  const hits = texts.map((text) => /^order_copy_reads_total\{.*outcome="hit".* (\d+)$/m.exec(text)?.[1] ?? 0);
  return hits.reduce<number>((sum, count) => sum + Number(count), 0);
}
