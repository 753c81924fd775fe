import { number, table } from '../report/table.js';
import { clientOf } from '../rig/client.js';
import { durableOrders, orders, startService } from '../rig/contenders.js';
import { measured } from '../rig/rounds.js';
import { cpuMsOf } from '../rig/usage.js';
import { withCopies } from './copies.js';

const ORDERS = 2_000;
const CLIENTS = 32;

/** Reading orders, their lists, their histories and the feed; what the gateway adds, and what copies in Redis give. */
export async function reading(rig) {
  const rows = new Map();
  for (const [stores, contender] of [
    ['memory', orders],
    ['PostgreSQL', durableOrders()],
  ]) {
    rig.say(`reading, ${stores}`);
    const running = await contender.start(rig);
    try {
      const ids = await placed(rig, running.port);
      for (const [what, paths] of pathsOf(ids))
        rows.set(what, [...(rows.get(what) ?? []), ...(await row(rig, running, paths))]);
      if (stores === 'memory')
        rows.set('`GET /orders/:id`: what the gateway adds', await throughGateway(rig, running, ids));
    } finally {
      await running.stop();
    }
  }
  const figures = (stores) => ['CPU ms', 'requests/s', 'p99 ms'].map((figure) => `${figure}, ${stores}`);
  const columns = ['request', ...figures('memory'), ...figures('PostgreSQL')];
  const text = `${ORDERS} orders, ${CLIENTS} clients.`;
  return {
    title: 'Reading',
    text: `${text}\n\n${table(
      columns,
      [...rows].map(([what, cells]) => [what, ...cells]),
    )}

${await withCopies(rig)}`,
  };
}

const pathsOf = (ids) => [
  ['`GET /orders/:id`', ids.map((id) => `/orders/${id}`)],
  ['`GET /orders/:id/events`', ids.map((id) => `/orders/${id}/events`)],
  ['`GET /orders?limit=50`', ['/orders?limit=50']],
  ['`GET /events?limit=200`', Array.from({ length: 20 }, (_, i) => `/events?after=${i * 100}&limit=200`)],
];

/** The ids of some orders that are there from now on. */
export async function placed(rig, port, what = {}) {
  await rig.load.run({ kind: 'placing', what, port, connections: CLIENTS, ms: 60_000, most: ORDERS });
  const { items } = await clientOf(port).orders.list({ limit: 200 }).page();
  return items.map(({ id }) => id);
}

async function row(rig, running, paths) {
  const load = { kind: 'reading', what: { paths }, port: running.port, connections: CLIENTS, expected: ['200'] };
  await rig.load.run({ ...load, ms: 1_500 });
  const { cpu, perSecond, p99 } = await measured(rig, { cpuMs: running.cpuMs }, { ...load, ms: 2_000 });
  return [cpu, perSecond, p99].map(number);
}

/** What the gateway alone needs, and how long requests take through it. */
async function throughGateway(rig, running, ids) {
  const env = { ORDER_SERVICE_URL: `http://127.0.0.1:${running.port}`, RATE_LIMIT_READS: '0' };
  const gateway = await startService(rig, 'gateway', env);
  try {
    const paths = ids.map((id) => `/orders/${id}`);
    return [...(await row(rig, { port: gateway.port, cpuMs: () => cpuMsOf(gateway.pid) }, paths)), '', '', ''];
  } finally {
    await gateway.stop();
  }
}
