import { setTimeout as pause } from 'node:timers/promises';
import { shown } from '../report/table.js';
import { clientOf } from '../rig/client.js';
import { durableOrders, startService, startTarget } from '../rig/contenders.js';
import { spread } from '../rig/statistics.js';
import { cpuMsOf } from '../rig/usage.js';

const ORDERS = 5_000;
const SLOW = 10;
const LIMIT_MS = 120_000;

/** Events of orders that are delivered to a receiver that answers at once, beside receivers that never answer. */
export async function webhooks(rig) {
  const orders = await durableOrders().start(rig);
  await rig.postgres.empty('oms_notification');
  const notification = await startService(rig, 'notification', {
    DATABASE_URL: `${rig.postgres.url}/oms`,
    ORDER_SERVICE_URL: `http://127.0.0.1:${orders.port}`,
    WEBHOOK_PRIVATE_ADDRESSES: 'true',
  });
  const silent = await startTarget('silent-participants');
  try {
    const fast = await subscribe(notification.port, `${rig.participantsUrl}/inventory/reserve`);
    rig.say(`webhooks: placing ${ORDERS} orders`);
    await rig.load.run({ kind: 'placing', what: {}, port: orders.port, connections: 32, ms: LIMIT_MS, most: ORDERS });
    const events = await settled(notification.port);
    const alone = await replays(rig, notification, fast, events);
    for (let i = 0; i < SLOW; i++) await subscribe(notification.port, `http://127.0.0.1:${silent.port}/${i}`);
    const beside = await replays(rig, notification, fast, events);
    const perMinute = (of) => shown(spread(of.map(({ ms }) => (events / ms) * 60_000)));
    const cpu = shown(spread(alone.map(({ cpuMs }) => cpuMs / events)));
    const text = [
      `On PostgreSQL, ${events} events of ${ORDERS} orders were replayed to a receiver that answers at once: ${perMinute(alone)} deliveries`,
      `a minute, with ${cpu} ms of processor time each. Beside ${SLOW} receivers that never answer and have the same replayed: ${perMinute(beside)}.`,
    ];
    return { title: 'Webhooks', text: text.join(' ') };
  } finally {
    await notification.stop();
    await orders.stop();
    await silent.stop();
  }
}

async function replays(rig, notification, { id }, events) {
  const rounds = [];
  for (let round = 0; round < rig.rounds; round++) {
    rig.say(`webhooks, round ${round + 1} of ${rig.rounds}`);
    const [count, cpuMs, since] = [await delivered(notification.port), cpuMsOf(notification.pid), performance.now()];
    const { items } = await clientOf(notification.port).webhooks.list({ limit: 200 }).page();
    await Promise.all(items.map((webhook) => replay(notification.port, webhook.id)));
    while ((await delivered(notification.port)) < count + events) {
      if (performance.now() - since > LIMIT_MS) throw new Error(`webhook ${id} is not delivered to`);
      await pause(20);
    }
    rounds.push({ ms: performance.now() - since, cpuMs: cpuMsOf(notification.pid) - cpuMs });
  }
  return rounds;
}

const subscribe = (port, url) => clientOf(port).webhooks.create({ url, events: ['*'] });
const replay = (port, id) => clientOf(port).webhooks.replay(id, { from: '2020-01-01T00:00:00Z' });

async function delivered(port) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^webhook_deliveries_total\{.*outcome="delivered".*\} (\d+)/m.exec(text)?.[1] ?? 0);
}

/** How many were delivered, once there are no more. */
async function settled(port) {
  for (let last = -1, now = 0; ; last = now) {
    await pause(2_000);
    now = await delivered(port);
    if (now > 0 && now === last) return now;
  }
}
