import { number } from '../report/table.js';
import { orders, participantsAt, startService } from '../rig/contenders.js';
import { median } from '../rig/statistics.js';
import { memoryMiBOf } from '../rig/usage.js';

const ORDERS = 30_000;

/** Memory, and how long a start takes. */
export async function footprint(rig) {
  rig.say('memory');
  const running = await orders.start(rig);
  let text;
  try {
    const fresh = memoryMiBOf(running.pid);
    const heapBefore = await heap(running.port);
    await rig.load.run({ kind: 'placing', what: {}, port: running.port, connections: 32, ms: 120_000, most: ORDERS });
    const grown = (((await heap(running.port)) - heapBefore) / ORDERS) * 100_000;
    text = `The order service has ${number(fresh)} MiB at the start, and ${number(grown)} MiB of heap more with 100,000 orders in memory.`;
  } finally {
    await running.stop();
  }
  await rig.postgres.empty('oms_order');
  const [alone, durable] = [await startUp(rig, {}), await startUp(rig, { DATABASE_URL: `${rig.postgres.url}/oms` })];
  return { title: 'Memory and start', text: `${text} It is ready ${alone} after its start, on PostgreSQL ${durable}.` };
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
