import { shown, table } from '../report/table.js';
import { clientOf } from '../rig/client.js';
import { durableOrders } from '../rig/contenders.js';
import { hasRedis, startRedis } from '../rig/redis.js';
import { measured } from '../rig/rounds.js';
import { spread } from '../rig/statistics.js';

const CLIENTS = 32;
const READ = 200;

const FIGURES = {
  'a second': 'perSecond',
  'p99 ms': 'p99',
  'CPU ms': 'cpu',
  'PostgreSQL’s CPU ms': 'databaseCpu',
  'Redis’ CPU ms': 'redisCpu',
};

/** What copies of orders in Redis give to those who read an order, and cost those who place one. */
export async function withCopies(rig) {
  if (!hasRedis) return 'There is no redis-server here to measure reading from copies with.';
  const redis = await startRedis();
  const contenders = [
    ['PostgreSQL', durableOrders('oms')],
    ['copies in Redis', durableOrders('oms', { REDIS_URL: redis.url })],
  ];
  const rounds = new Map();
  try {
    for (let round = 0; round < rig.rounds; round++) {
      // Who comes first changes, so that nobody always follows the same neighbour.
      for (const [name, contender] of round % 2 === 0 ? contenders : contenders.toReversed()) {
        rig.say(`${name}, round ${round + 1} of ${rig.rounds}`);
        for (const [what, figures] of await once(rig, contender, redis)) {
          const row = `${what}, ${name}`;
          rounds.set(row, [...(rounds.get(row) ?? []), figures]);
        }
      }
    }
  } finally {
    await redis.stop();
  }
  const cells = (all, figure) => shown(spread(all.map((one) => one[figure])));
  const rows = [...rounds].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = `${READ} orders, each read again and again, from PostgreSQL and from their copies in Redis; and what the fences cost who places orders. ${CLIENTS} clients.`;
  return `${text}\n\n${table(
    ['on PostgreSQL', ...Object.keys(FIGURES)],
    rows.map(([row, all]) => [row, ...Object.values(FIGURES).map((figure) => cells(all, figure))]),
  )}`;
}

async function once(rig, contender, redis) {
  const running = await contender.start(rig);
  try {
    const load = { port: running.port, connections: CLIENTS, ms: rig.ms };
    const placing = { kind: 'placing', what: {}, ...load };
    await rig.load.run({ ...placing, ms: rig.warmUpMs, most: rig.warmUpOrders });
    const { items } = await clientOf(running.port).orders.list({ limit: READ }).page();
    const paths = items.map(({ id }) => `/orders/${id}`);
    const reading = { kind: 'reading', what: { paths }, expected: ['200'], ...load };
    await rig.load.run(reading);
    return [
      ['`GET /orders/:id`', await beside(rig, running, redis, reading)],
      ['`POST /orders`', await beside(rig, running, redis, placing)],
    ];
  } finally {
    await running.stop();
  }
}

/** What is measured, and Redis' part in it. */
async function beside(rig, running, redis, load) {
  const before = redis.cpuMs();
  const figures = await measured(rig, running, load);
  return { ...figures, redisCpu: (redis.cpuMs() - before) / ((figures.perSecond * load.ms) / 1_000) };
}
