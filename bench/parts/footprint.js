import { number, table } from '../report/table.js';
import { orders, participantsAt, startService } from '../rig/contenders.js';
import { median } from '../rig/statistics.js';
import { memoryMiBOf } from '../rig/usage.js';

const ORDERS = 30_000;

/** Memory, and how long a start takes. */
export async function footprint(rig) {
  rig.say('memory');
  const running = await orders.start(rig);
  let rows;
  try {
    const fresh = memoryMiBOf(running.pid);
    const heapBefore = await heap(running.port);
    await rig.load.run({ kind: 'placing', what: {}, port: running.port, connections: 32, ms: 120_000, most: ORDERS });
    const heapAfter = await heap(running.port);
    rows = [
      ['memory at the start', `${number(fresh)} MiB`],
      ['heap for 100,000 orders kept in memory', `${number(((heapAfter - heapBefore) / ORDERS) * 100_000)} MiB`],
    ];
  } finally {
    await running.stop();
  }
  rows.push(['start until ready, in memory', await startUp(rig, {})]);
  await rig.postgres.empty('oms_order');
  rows.push(['start until ready, on PostgreSQL', await startUp(rig, { DATABASE_URL: `${rig.postgres.url}/oms` })]);
  return { title: 'Memory and start-up', text: table(['', ''], rows) };
}

async function startUp(rig, env) {
  const times = [];
  for (let i = 0; i < 5; i++) {
    const startedAt = performance.now();
    const running = await startService(rig, 'order', { ...participantsAt(rig.participantsUrl), ...env });
    times.push(performance.now() - startedAt);
    await running.stop();
  }
  return `${Math.round(median(times))} ms`;
}

/** What the process says it uses, but for what it has just made and may throw away. */
async function heap(port) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const spaces = [...text.matchAll(/^nodejs_heap_space_size_used_bytes\{[^}]*space="(?!new)[^}]*\} (\S+)/gm)];
  return spaces.reduce((sum, [, bytes]) => sum + Number(bytes), 0) / 2 ** 20;
}
