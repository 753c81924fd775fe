import { comparison } from '../report/table.js';
import { dbos, durableFloor, durableOrders, floor, orders, replicatedOrders } from '../rig/contenders.js';
import { restate } from '../rig/restate.js';
import { interleaved } from '../rig/rounds.js';
import { floorWithParticipants, wholeSystem } from '../rig/system.js';
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
  const temporals = (await temporal(rig)).map((contender) => ({ ...contender, connections: [32] }));
  const contenders = [
    durableFloor,
    durableOrders(),
    replicatedOrders(2, 'order service, 2 replicas'),
    dbos('DBOS Transact'),
    dbos('DBOS, orders in a table', { writes: 'along' }),
    dbos('DBOS, orders written as steps', { writes: 'as steps' }),
    restate('Restate'),
    restate('Restate, 4 partitions', { partitions: 4 }),
    restate('4 partitions, orders in a table', { partitions: 4, writes: 'along' }),
    restate('4 partitions, orders written as steps', { partitions: 4, writes: 'as steps' }),
    ...temporals,
  ];
  const results = await interleaved(rig, contenders, { connections: CONNECTIONS });
  const text =
    'The same participants. The floor commits twice for each order; replicas share the clients; DBOS uses the same PostgreSQL, Restate a log of its own, and what its server and its handler need is counted together. By itself an engine keeps the course of a workflow and its result; with orders in a table they can be read and listed from the start, as the floor’s and the order service’s can: written along with the calls, which is the cheapest way, or as two more steps, as in DBOS’s own example of a checkout.';
  const withTemporal =
    ' Temporal uses the same PostgreSQL, too, with 4 history shards; its workflows start eagerly in its one worker, which is counted together with its server.';
  const about = temporals.length > 0 ? text + withTemporal : text;
  return { title: 'Placing, durably', text: `${about}\n\n${comparison(results)}`, results, clients: 32 };
}

const pool = (rig) => ({ DATABASE_URL: `${rig.postgres.url}/floor`, POOL: '10' });

export async function system(rig) {
  const results = await interleaved(rig, [floorWithParticipants('floor-memory'), wholeSystem('four services')], {
    connections: CONNECTIONS,
  });
  const text =
    'Order, inventory, payment and shipping, each a process with its own store; the processor time of all of them, and of the floor’s participants.';
  return { title: 'The whole system, in memory', text: `${text}\n\n${comparison(results)}`, results, clients: 32 };
}

export async function durableSystem(rig) {
  const contenders = [floorWithParticipants('floor-durable', pool), wholeSystem('four services', { durable: true })];
  const results = await interleaved(rig, contenders, { connections: CONNECTIONS });
  const text = 'Each service has a database of its own on the one PostgreSQL; the floor’s participants store nothing.';
  return { title: 'The whole system, on PostgreSQL', text: `${text}\n\n${comparison(results)}`, results, clients: 32 };
}
