import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { unfinishedOrders, untoldDeliveries } from '../crash/records.ts';
import { PROJECT } from '../support/project.ts';
import { audited, look, partsInFlight } from './checks.ts';
import { Load } from './load.ts';
import { lastRelease } from './release.ts';
import { System, type Version } from './system.ts';

/** The last release and this one, side by side under load: forward, back, and forward again. */

const SETTLES_WITHIN_MS = 90_000;
const IN_FLIGHT_WITHIN_MS = 1_500;
const MOST_SHOWN = 40;
const { values } = parseArgs({
  options: {
    orders: { type: 'string', default: '1200' },
    seed: { type: 'string', default: '1' },
    logs: { type: 'string' },
  },
});
const startedAt = performance.now();
const seconds = () => (performance.now() - startedAt) / 1_000;
const say = (line: string) => console.log(`${seconds().toFixed(1).padStart(7)} s  ${line}`);

const { version, folder } = lastRelease();
say(`the last release is ${version}, in ${folder}`);
const system = await System.start(folder, values.logs);
const load = new Load(() => system.gateways, Number(values.seed));
await load.stockUp();
const each = Number(values.orders) / 7;

const stay = async (as: Version) => {
  load.phase = `all ${as}`;
  load.inParts = as === 'new';
  await load.goOn(each);
};
const roll = async (to: Version) => {
  load.phase = `rolling to ${to}`;
  // Until the older order service is there: its sagas of parts are in flight then.
  load.inParts = to === 'old';
  const from = seconds();
  const requests = load.requests;
  const before = failures();
  await Promise.all([system.become(to, () => sagasInFlight(to), say), load.goOn(each)]);
  console.log(
    `rolled to ${to}: ${load.requests - requests} requests, ${failures() - before} failed, ${(seconds() - from).toFixed(1)} s`,
  );
};
/** Within a while; those of parts where an older version comes, which must leave them alone. */
const sagasInFlight = async (to: Version) => {
  const count = to === 'old' ? partsInFlight : unfinishedOrders;
  const until = performance.now() + IN_FLIGHT_WITHIN_MS;
  while (performance.now() < until) {
    const found = await count(system.database);
    if (found > 0) {
      say(`${found} sagas${to === 'old' ? ' of parts' : ''} are in flight`);
      return true;
    }
    await pause(50);
  }
  return false;
};
const failures = () => [...load.failed.values()].reduce((sum, count) => sum + count, 0);

await stay('old');
await roll('new');
await stay('new');
await roll('old');
await stay('old');
await roll('new');
await stay('new');
await load.end();

const deadline = performance.now() + SETTLES_WITHIN_MS;
const left = async () => (await unfinishedOrders(system.database)) + (await untoldDeliveries(system.database));
while ((await left()) > 0 && performance.now() < deadline) await pause(500);
say('all is finished');
let found = await look(system, load);
// What customers are told comes after it has happened.
while (found.wrong.length > 0 && performance.now() < deadline) {
  await pause(500);
  found = await look(system, load);
}
const { wrong, statuses, inParts } = found;
wrong.push(
  ...(await audited(system.gateways[0] as string)),
  ...(await load.askAgain()),
  ...load.unanswered.map((one) => `never answered: ${one}`),
);
wrong.push(...rebuilt());
// While nothing is replaced, nothing fails; and never by a defect.
for (const [what, count] of load.failed)
  if (what.startsWith('all ') || / 500 /.test(what)) wrong.push(`${count} × ${what}`);
if (load.placed.size < Number(values.orders) / 2) wrong.push(`too few orders: ${load.placed.size}`);
if (inParts === 0) wrong.push('no order in parts');
for (const [what, count] of load.failed) console.log(`${String(count).padStart(7)} × ${what}`);
for (const [status, count] of statuses) console.log(`${String(count).padStart(7)} ${status}`);
for (const one of wrong.slice(0, MOST_SHOWN)) console.log(`WRONG ${one}`);
for (const { process: one } of system.replicas) for (const how of one.diedOfItself) wrong.push(how);
say(
  `${load.placed.size} orders acknowledged, ${inParts} in parts, ${load.closed} times closed to the last release, ${load.requests} requests, ${failures()} failed, ${wrong.length} wrong`,
);
system.stop();
process.exit(wrong.length === 0 ? 0 : 1);

function rebuilt(): string[] {
  try {
    execFileSync('node', [join(PROJECT, 'services/order/dist/cli/rebuild.js'), '--check'], {
      env: { ...process.env, DATABASE_URL: system.database },
      encoding: 'utf8',
    });
    return [];
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    return [`rebuild: ${String(stdout ?? error).slice(0, 1_000)}`];
  }
}
