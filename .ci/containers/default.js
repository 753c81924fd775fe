import { deepEqual, equal, ok } from 'node:assert/strict';
import { docker, until } from './command.js';
import { ADDRESSES, allHealthy, compose, evaluate, inspect, SERVICES } from './compose.js';
import { placeOrder } from './orders.js';

const RESTART_LIMIT_MS = 30_000;

/** Everything in memory, as `docker-compose up --build` starts it. */
export async function checkDefault(tally) {
  await tally.need('the default comes up, every service healthy', async () => {
    await compose('up', '--detach');
    await allHealthy(SERVICES);
  });
  await tally.check('every service is published at its port, and answers there', checkPorts);
  await tally.check(
    'no service is root, can write to its disk, or gain rights; all have a limit of memory',
    checkRights,
  );
  await tally.check('the gateway answers from outside', checkGateway);
  await tally.check('the gateway serves the console', checkConsole);
  await tally.check('an order is placed', async () => (await placeOrder()).id);
  await tally.check('a service that is killed comes back by itself, and orders go on', checkRestart);
  await tally.check('every service stops in order', checkStop);
}

async function checkPorts() {
  const published = await Promise.all(
    SERVICES.map(async (service) => [service, Object.keys((await inspect(service)).HostConfig.PortBindings ?? {})]),
  );
  const wanted = SERVICES.map((service) => [service, [`${new URL(ADDRESSES[service]).port}/tcp`]]);
  deepEqual(Object.fromEntries(published), Object.fromEntries(wanted));
  for (const service of SERVICES) {
    const address = await compose('port', service, new URL(ADDRESSES[service]).port);
    equal((await fetch(`http://${address}/health`)).status, 200, `${service} does not answer at ${address}`);
  }
}

async function checkRights() {
  const script = `
    import { readFileSync, writeFileSync } from 'node:fs';
    const status = readFileSync('/proc/self/status', 'utf8');
    const line = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1];
    const refusal = (path) => { try { writeFileSync(path, ''); return 'written'; } catch (error) { return error.code; } };
    console.log(JSON.stringify({ user: process.getuid(), rights: line('CapBnd'), more: line('NoNewPrivs'),
      writing: ['/app/x', '/tmp/x', '/x'].map(refusal) }));`;
  for (const service of SERVICES) {
    const { user, rights, more, writing } = JSON.parse(await evaluate(service, script));
    ok(user > 0, `${service} is root`);
    equal(BigInt(`0x${rights}`), 0n, `${service} has capabilities`);
    equal(more, '1', `${service} may gain privileges`);
    deepEqual(writing, ['EROFS', 'EROFS', 'EROFS'], `${service} can write: ${writing}`);
    ok((await inspect(service)).HostConfig.Memory > 0, `${service} has no limit of memory`);
  }
}

const fromOutside = async (path) => fetch(`http://${await compose('port', 'gateway', '8080')}/${path}`);

async function checkGateway() {
  equal((await fromOutside('health')).status, 200);
}

async function checkConsole() {
  const page = await (await fromOutside('')).text();
  const [script] = /assets\/[\w-]+\.js/.exec(page) ?? [];
  ok(script, 'the page loads no script');
  equal((await fromOutside(script)).status, 200);
}

/** From inside: what the engine kills by order it does not start again. */
async function checkRestart() {
  const victim = 'payment';
  await docker('exec', (await inspect(victim)).Id, 'node', '--eval', KILL).catch(() => {});
  const restarted = async () => (await inspect(victim)).RestartCount > 0;
  await until(RESTART_LIMIT_MS, restarted, () => `${victim} was not started again`);
  await allHealthy([victim]);
  await placeOrder();
}
const KILL = `
  const [main] = require('node:fs').readFileSync('/proc/1/task/1/children', 'utf8').split(' ');
  process.kill(Number(main), 'SIGKILL');`;

async function checkStop() {
  await compose('stop');
  for (const service of SERVICES) {
    const { Id, State } = await inspect(service);
    equal(State.ExitCode, 0, `${service} ended with ${State.ExitCode}`);
    ok((await docker('logs', '--tail=1', Id)).includes('"message":"stopped"'), `${service} was cut off`);
  }
}
