import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startModule } from './child.js';
import { cpuMsOf } from './usage.js';

const target = (name) => fileURLToPath(new URL(`../targets/${name}.js`, import.meta.url));
const mainOf = (service) => fileURLToPath(new URL(`../../services/${service}/dist/main.js`, import.meta.url));

const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8');
const [, command] = /^CMD (.*main.js"\])$/m.exec(dockerfile);
/** What node is told in the image of each service; here it is told the same, whatever it runs. */
const NODE_FLAGS = JSON.parse(command).slice(1, -1);

/** One of our services as it is run for real, everything on, its log lines written to a file. */
export function startService(rig, service, env = {}) {
  return startModule(mainOf(service), {
    env: { PORT: '0', HOST: '127.0.0.1', ...env },
    execArgv: [...NODE_FLAGS, ...(rig.profiled === service ? ['--cpu-prof', '--cpu-prof-dir', rig.folder] : [])],
    logTo: rig.logFile,
  });
}

export const startTarget = (name, env = {}) => startModule(target(name), { env, execArgv: NODE_FLAGS });

const alone = (process, more = {}) => ({ ...process, cpuMs: () => cpuMsOf(process.pid), ...more });

/** Its address, for the order service; whatever it does not call is there, too. */
export const participantsAt = (url) => ({
  INVENTORY_SERVICE_URL: url,
  PAYMENT_SERVICE_URL: url,
  SHIPPING_SERVICE_URL: url,
  PRODUCT_SERVICE_URL: 'none',
  AUDIT_EVERY_MS: '0',
});

export const floor = {
  name: 'floor',
  start: async (rig) => alone(await startTarget('floor-memory', { PARTICIPANTS_URL: rig.participantsUrl })),
};

export const orders = {
  name: 'order service',
  start: async (rig) => alone(await startService(rig, 'order', participantsAt(rig.participantsUrl))),
};

/** As many connections to PostgreSQL as the order service has. */
const POOL = '10';

export const durableFloor = {
  name: 'floor',
  async start(rig) {
    await rig.postgres.empty('floor');
    const env = { PARTICIPANTS_URL: rig.participantsUrl, DATABASE_URL: `${rig.postgres.url}/floor`, POOL };
    return alone(await startTarget('floor-durable', env), { usesPostgres: true });
  },
};

export const durableOrders = (database = 'oms', more = {}) => ({
  name: 'order service',
  async start(rig) {
    await rig.postgres.empty(`${database}_order`);
    const env = { ...participantsAt(rig.participantsUrl), DATABASE_URL: `${rig.postgres.url}/${database}`, ...more };
    return alone(await startService(rig, 'order', env), { usesPostgres: true });
  },
});

/** Several of them on one database; the clients are shared out among them. */
export const replicatedOrders = (count, name) => ({
  name,
  async start(rig) {
    const first = await durableOrders().start(rig);
    const env = { ...participantsAt(rig.participantsUrl), DATABASE_URL: `${rig.postgres.url}/oms` };
    const others = Array.from({ length: count - 1 }, () => startService(rig, 'order', env));
    const all = [first, ...(await Promise.all(others))];
    return {
      port: all.map(({ port }) => port),
      usesPostgres: true,
      cpuMs: () => all.reduce((sum, { pid }) => sum + cpuMsOf(pid), 0),
      async stop() {
        for (const { stop } of all) await stop();
      },
    };
  },
});

/** Where an engine's contender keeps orders in a table, beside what the engine keeps. */
export async function ordersDatabase(rig, keepsOrders) {
  if (!keepsOrders) return {};
  await rig.postgres.empty('orders');
  return { ORDERS_URL: `${rig.postgres.url}/orders`, POOL };
}

export const dbos = (name, { keepsOrders = false } = {}) => ({
  name,
  async start(rig) {
    await rig.postgres.empty('dbos');
    const env = { PARTICIPANTS_URL: rig.participantsUrl, DATABASE_URL: `${rig.postgres.url}/dbos`, POOL };
    const orders = await ordersDatabase(rig, keepsOrders);
    return alone(await startTarget('dbos', { ...env, ...orders }), { usesPostgres: true });
  },
});
