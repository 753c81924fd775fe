import { deepEqual, equal, match } from 'node:assert/strict';
import { docker, ROOT } from './command.js';
import {
  ADDRESSES,
  allHealthy,
  composeFull,
  DATABASE_NETWORK,
  evaluate,
  inspect,
  NETWORK,
  present,
  runBeside,
  SERVICES,
  upFull,
} from './compose.js';
import { baseImage, LEFT_OUT } from './engine.js';
import { imageOf } from './images.js';
import { placeOrder, readOrder } from './orders.js';
import {
  checkAlert,
  checkEventsInside,
  checkEventsOutside,
  checkLogs,
  checkTargets,
  checkTrace,
  placeFirst,
} from './watched.js';

const ENGINES = ['postgres', 'redis', 'kafka'];

/** What each check cannot do without. */
const HAS_PROMETHEUS = !LEFT_OUT.includes('prometheus');
const HAS_ALERTMANAGER = HAS_PROMETHEUS && !LEFT_OUT.includes('alertmanager');
const HAS_LOGS = !LEFT_OUT.some((kind) => ['victoria-logs', 'opentelemetry-collector-contrib'].includes(kind));

/** On PostgreSQL, Redis and Kafka, watched by Prometheus and the rest: all of it, as far as it can be had here. */
export async function checkFull(tally) {
  if (LEFT_OUT.length > 0) console.log(`without ${LEFT_OUT.join(', ')}: there is no stand-in here`);
  await tally.need('all of the full one comes up, healthy', async () => (await upFull()).join(', '));
  let first;
  await tally.need('an order is placed through the gateway, and sent', async () => {
    first = await placeFirst();
  });
  await tally.check('it is on the topic, as the console consumer in the container of Kafka shows', () =>
    checkEventsInside(first),
  );
  await tally.check('its changes can be watched from the machine itself', () => checkEventsOutside(first));
  await tally.check('its trace is in Zipkin', checkTrace);
  if (HAS_LOGS) await tally.check('one query finds its log lines', () => checkLogs(first));
  if (HAS_PROMETHEUS) await tally.check('every service is heard of by Prometheus', checkTargets);
  if (HAS_ALERTMANAGER) await tally.check('Alertmanager tells of a service that is stopped', checkAlert);
  await tally.check('an order is there after everything was restarted', checkDurable);
  await tally.check('nobody reaches a store who does not use it, nor does a store reach the world', checkNetworks);
  await tally.check('the migration image finds every database up to date', checkMigrate);
  await tally.check('the Postman collection passes', checkCollection);
  await tally.check('nothing ended by itself meanwhile', checkRestarts);
}

async function checkRestarts() {
  const restarts = await Promise.all((await present()).map(async (name) => [name, (await inspect(name)).RestartCount]));
  deepEqual(
    restarts.filter(([, count]) => count > 0),
    [],
  );
}

async function checkDurable() {
  const before = await placeOrder();
  await composeFull('restart', '--timeout=10', ...ENGINES, ...SERVICES);
  await allHealthy([...ENGINES, ...SERVICES]);
  deepEqual(await readOrder(before.id), before);
}

/** Whom each of them would have to find by name. */
const STORES = { postgres: 5432, redis: 6379, kafka: 9092 };

/** What is on such a network does not reach the world, though its ports may be published. */
const OPENNESS = '{{.Internal}} {{index .Options "com.docker.network.bridge.enable_ip_masquerade"}}';
const CLOSED = /^(true|false false)$/;

async function checkNetworks() {
  const script = `
    const { connect } = require('node:net');
    const reach = ([host, port]) => new Promise((resolve) => {
      const socket = connect({ host, port, timeout: 2000 });
      const end = (found) => { socket.destroy(); resolve(found ? [host] : []); };
      socket.on('connect', () => end(true)).on('error', () => end(false)).on('timeout', () => end(false));
    });
    Promise.all(Object.entries(${JSON.stringify(STORES)}).map(reach)).then((all) => console.log(all.flat().join()));`;
  const fromService = (id) => docker('exec', id, 'node', '--eval', script);
  equal(await runBeside('--rm', `--network=${NETWORK}`, baseImage(), 'node', '--eval', script), '');
  const { Id: order } = await inspect('order');
  equal(await fromService(order), ENGINES.join());
  const { Id: gateway } = await inspect('gateway');
  equal(await fromService(gateway), 'redis');
  for (const name of Object.keys(STORES)) {
    const { Networks } = (await inspect(name)).NetworkSettings;
    for (const network of Object.keys(Networks)) {
      match(await docker('network', 'inspect', `--format=${OPENNESS}`, network), CLOSED, `${name} is on ${network}`);
    }
  }
}

async function checkMigrate() {
  const { DATABASE_URL } = JSON.parse(await evaluate('order', 'console.log(JSON.stringify(process.env))'));
  const options = [
    '--rm',
    '--read-only',
    '--cap-drop=ALL',
    `--network=${DATABASE_NETWORK}`,
    `--env=DATABASE_URL=${DATABASE_URL}`,
  ];
  const said = await runBeside(...options, imageOf('migrate'));
  match(said, /^order: up to date$/m);
  equal(said.replaceAll(/^\w+: up to date\n?/gm, ''), '');
}

/** Its answers show what is left of a limit only while Redis answers in time: what only watches gives way to it. */
async function checkCollection() {
  await composeFull('stop', ...(await present()).filter((name) => ![...ENGINES, ...SERVICES].includes(name)));
  const variables = SERVICES.flatMap((service) => ['--env-var', `${service}Url=${ADDRESSES[service]}`]);
  const mounts = ['node_modules', 'postman'].flatMap((folder) => ['--volume', `${ROOT}/${folder}:/work/${folder}:ro`]);
  const collection = 'postman/OrderManagementMicroservices.postman_collection.json';
  const newman = ['node', 'node_modules/newman/bin/newman.js', 'run', collection, '--color=off', ...variables];
  const said = await runBeside('--rm', `--network=${NETWORK}`, '--workdir=/work', ...mounts, baseImage(), ...newman);
  const [, executed] = /assertions\D+(\d+)/.exec(said);
  return `${executed} assertions`;
}
