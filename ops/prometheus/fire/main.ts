import { setTimeout as pause } from 'node:timers/promises';
import { canRunKafka } from '@oms/shared/events/kafka';
import type { Fault } from './fault.ts';
import { orders } from './faults/orders.ts';
import { placing } from './faults/placing.ts';
import { processes } from './faults/processes.ts';
import { Stage } from './stage.ts';

const FIRE_LIMIT_MS = 90_000;
const HEAL_LIMIT_MS = 120_000;
/** So long nothing fires before a fault begins: what fires then, fires because of it. */
const QUIET_MS = 3_000;
/** Alerts that need a system of another kind: without the Kafka it is told of, for good, or with little memory. */
const SPECIAL: Record<string, Record<string, string>> = {
  OutboxLagging: { KAFKA_BROKERS: '127.0.0.1:9' },
  HeapNearlyFull: { NODE_OPTIONS: '--max-old-space-size=96' },
};

const faults: Record<string, Fault> = { ...placing, ...orders, ...processes };
const failures: string[] = [];

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function fail(what: string): void {
  failures.push(what);
  console.log(`FAILED: ${what}`);
}

async function drill(stage: Stage, alert: string): Promise<void> {
  const beginning = performance.now();
  const end = await (faults[alert] as Fault)(stage);
  const fires = await comesToFire(stage, alert);
  const fired = seconds(beginning);
  if (!fires) fail(`${alert} does not fire`);
  await end();
  if (alert === 'OutboxLagging') return console.log(`${alert}: fires after ${fired}`);
  const healing = performance.now();
  const heals = await becomesQuiet(stage, alert);
  if (fires && heals) console.log(`${alert}: fires after ${fired}, over after ${seconds(healing)}`);
}

async function comesToFire({ prometheus }: Stage, alert: string): Promise<boolean> {
  for (const until = performance.now() + FIRE_LIMIT_MS; performance.now() < until; await pause(200)) {
    if ((await prometheus.firing()).includes(alert)) return true;
  }
  return false;
}

async function becomesQuiet({ prometheus }: Stage, after: string): Promise<boolean> {
  const beginning = performance.now();
  for (let lastFired = beginning; performance.now() - lastFired < QUIET_MS; await pause(200)) {
    const left = await prometheus.firing();
    if (left.length === 0) continue;
    lastFired = performance.now();
    if (lastFired - beginning < HEAL_LIMIT_MS) continue;
    fail(`long after ${after}, ${left.join(', ')} still fires`);
    return false;
  }
  return true;
}

async function perform(alerts: readonly string[], env: Record<string, string> = {}): Promise<void> {
  if (alerts.length === 0) return;
  const stage = await Stage.set(process.cwd(), env);
  try {
    if (!env.KAFKA_BROKERS) await becomesQuiet(stage, 'the start');
    for (const alert of alerts) await drill(stage, alert);
  } finally {
    await stage.strike();
  }
}

// What was started ends with us, however that happens.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
const asked = process.argv.slice(2);
const unknown = asked.filter((alert) => !faults[alert]);
if (unknown.length > 0) {
  console.error(`There is no fault for ${unknown.join(', ')}. There are: ${Object.keys(faults).join(', ')}.`);
  process.exit(1);
}
const all = asked.length > 0 ? asked : Object.keys(faults);
const chosen = all.filter((alert) => alert !== 'OutboxLagging' || canRunKafka(process.version));
if (chosen.length < all.length)
  console.log(`OutboxLagging is left out: ${process.version} is too old for Kafka's client`);
await perform(chosen.filter((alert) => !SPECIAL[alert]));
for (const alert of chosen) if (SPECIAL[alert]) await perform([alert], SPECIAL[alert]);
console.log(`${chosen.length} alerts, ${failures.length} failed`);
process.exit(failures.length > 0 ? 1 : 0);
