import { comparison, spreadRows, table } from '../report/table.js';
import { dbos, durableFloor, durableOrders, floor, orders, replicatedOrders } from '../rig/contenders.js';
import { restate } from '../rig/restate.js';
import { interleaved } from '../rig/rounds.js';
import { wholeSystem } from '../rig/system.js';
import { temporal } from '../rig/temporal.js';

/** Placing orders, against the same hops with nothing around them and against the engines that somebody might choose instead. */

const CONNECTIONS = [32, 256];

export async function memory(rig) {
  const results = await interleaved(rig, [floor, orders], { connections: CONNECTIONS });
  const text =
    'The order service alone, against two participants that say yes at once. Everything is on: idempotency, retries, breaker, metrics, a log line for each request.';
  return { title: 'Placing, in memory', text: `${text}\n\n${comparison(results)}`, results, clients: 32 };
}

export async function durable(rig) {
  const contenders = [
    durableFloor,
    durableOrders(),
    replicatedOrders(2, 'order service, 2 replicas'),
    dbos('DBOS Transact'),
    dbos('DBOS, orders in a table', { keepsOrders: true }),
    restate('Restate'),
    restate('Restate, orders in a table', { keepsOrders: true }),
    ...(await temporal(rig)).map((contender) => ({ ...contender, connections: [32] })),
  ];
  const results = await interleaved(rig, contenders, { connections: CONNECTIONS });
  const text =
    'The same participants. The floor commits twice for each order. DBOS and Temporal use the same PostgreSQL; Restate has a log of its own, with 4 partitions, and Temporal 4 history shards. An engine by itself keeps a workflow and its result. With orders in a table, written in two more steps, orders can be listed, as the floor’s and the order service’s can. Servers of engines and their handlers are counted together.';
  return { title: 'Placing, on PostgreSQL', text: `${text}\n\n${comparison(results)}`, results, clients: 32 };
}

export async function system(rig) {
  const contenders = [wholeSystem('in memory'), wholeSystem('on PostgreSQL', { durable: true })];
  const results = await interleaved(rig, contenders, { connections: CONNECTIONS });
  const figures = ['cpu', 'perSecond', 'p50', 'p99', 'commits', 'databaseCpu'];
  const columns = ['CPU ms/order', 'orders/s', 'p50 ms', 'p99 ms', 'commits/order', 'database CPU ms/order'];
  const rows = CONNECTIONS.flatMap((count) => spreadRows(results, count, figures));
  const text = 'Order, inventory, payment and shipping, each a process with a store of its own.';
  return { title: 'All four services', text: `${text}\n\n${table(['', 'clients', ...columns], rows)}` };
}
