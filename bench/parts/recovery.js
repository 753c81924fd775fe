import { setTimeout as pause } from 'node:timers/promises';
import { number } from '../report/table.js';
import { participantsAt, startService, startTarget } from '../rig/contenders.js';

const UNFINISHED = 10_000;
const LIMIT_MS = 120_000;
const CLIENTS = 4;

/** Orders under way when the order service is killed are finished by the next, which takes new ones meanwhile. */
export async function recovery(rig) {
  await rig.postgres.empty('oms_order');
  const database = { DATABASE_URL: `${rig.postgres.url}/oms` };
  const silent = await startTarget('silent-participants');
  const first = await startService(rig, 'order', {
    ...participantsAt(urlOf(silent)),
    ...database,
    BREAKER_INVENTORY_CAPACITY: '100000',
  });
  rig.say(`placing ${UNFINISHED} orders that nobody answers`);
  const async = { kind: 'placing', what: { prefer: 'respond-async' }, connections: 32, ms: 120_000, most: UNFINISHED };
  await rig.load.run({ ...async, port: first.port, expected: ['202'] });
  await first.kill();
  await silent.stop();

  rig.say('killed, and started again');
  const startedAt = performance.now();
  const second = await startService(rig, 'order', { ...participantsAt(rig.participantsUrl), ...database });
  const ready = performance.now() - startedAt;
  try {
    const left = await unfinished(second.port);
    let isOver = false;
    const load = (async () => {
      const seen = [];
      while (!isOver)
        seen.push(
          await rig.load.run({ kind: 'placing', what: {}, port: second.port, connections: CLIENTS, ms: 2_000 }),
        );
      return seen;
    })();
    while ((await unfinished(second.port)) > CLIENTS && performance.now() - startedAt < LIMIT_MS) await pause(250);
    const tookMs = performance.now() - startedAt;
    isOver = true;
    const during = await load;
    const answers = during.reduce((sum, one) => sum + one.answers, 0);
    const finished = tookMs < LIMIT_MS ? `after ${seconds(tookMs)}` : `not even after ${seconds(LIMIT_MS)}`;
    const p99 = number(Math.max(...during.map((one) => one.p99)));
    const text = [
      `On PostgreSQL, ${left} orders were unfinished when the order service was started again. It was ready after ${seconds(ready)};`,
      `all of them were finished ${finished}. Meanwhile ${CLIENTS} clients placed ${answers} new ones, p99 ${p99} ms.`,
    ];
    return { title: 'Recovery', text: text.join(' ') };
  } finally {
    await second.stop();
  }
}

const seconds = (ms) => `${number(ms / 1000)} s`;

const urlOf = ({ port }) => `http://127.0.0.1:${port}`;

async function unfinished(port) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const values = [...text.matchAll(/^sagas_unfinished\{[^}]*\} (\d+)/gm)].map(([, value]) => Number(value));
  return values.reduce((sum, value) => sum + value, 0);
}
