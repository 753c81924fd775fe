import { shown, table } from '../report/table.js';
import { orders, startService } from '../rig/contenders.js';
import { measured } from '../rig/rounds.js';
import { ratios, spread } from '../rig/statistics.js';
import { cpuMsOf } from '../rig/usage.js';
import { placed } from './reading.js';

const CLIENTS = 16;
/** An order of so many lines is just large enough to be compressed. */
const LINES = 12;
/** How answers can come; all are compared with the first. */
const WAYS = {
  'as it is': {},
  gzip: { encoding: 'gzip' },
  br: { encoding: 'br' },
  'as it is, each on a new connection': { anew: true },
};

/** What it costs the gateway to compress its answers, and what kept connections save. */
export async function compression(rig) {
  const service = await orders.start(rig);
  const env = { ORDER_SERVICE_URL: `http://127.0.0.1:${service.port}`, RATE_LIMIT_READS: '0' };
  const gateway = await startService(rig, 'gateway', env);
  const running = { port: gateway.port, cpuMs: () => cpuMsOf(gateway.pid) };
  try {
    const ids = await placed(rig, service.port, { lines: LINES });
    const rows = [
      ...(await rowsOf(rig, running, `an order of ${LINES} lines`, [`/orders/${ids[0]}`])),
      ...(await rowsOf(rig, running, 'a page of 25', ['/orders?limit=25'])),
    ];
    const columns = ['answer', 'way', 'bytes', 'CPU ms of the gateway', '× as it is'];
    return { title: 'Compression', text: `${CLIENTS} clients, in memory.\n\n${table(columns, rows)}` };
  } finally {
    await gateway.stop();
    await service.stop();
  }
}

async function rowsOf(rig, running, what, paths) {
  const names = Object.keys(WAYS);
  const results = Object.fromEntries(names.map((name) => [name, []]));
  const load = (name) => ({
    ...{ kind: 'reading', what: { paths, ...WAYS[name] }, port: running.port, connections: CLIENTS },
    expected: ['200'],
  });
  for (const name of names) await rig.load.run({ ...load(name), ms: rig.warmUpMs, most: rig.warmUpOrders });
  for (let round = 0; round < rig.rounds; round++) {
    rig.say(`compression, ${what}, round ${round + 1} of ${rig.rounds}`);
    // Who comes first changes, so that nobody always follows the same neighbour.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round) % names.length];
      results[name].push(await measured(rig, running, { ...load(name), ms: rig.ms }));
    }
  }
  const cpuOf = (name) => results[name].map(({ cpu }) => cpu);
  const rows = names.map(async (name) => [
    ...[what, name, await bytesOf(running.port, paths[0], WAYS[name])],
    ...[shown(spread(cpuOf(name))), shown(ratios(cpuOf(name), cpuOf(names[0])))],
  ]);
  return Promise.all(rows);
}

async function bytesOf(port, path, { encoding = 'identity' }) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { headers: { 'Accept-Encoding': encoding } });
  await answer.text();
  return answer.headers.get('content-length');
}
