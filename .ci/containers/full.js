import { deepEqual, equal, match, rejects } from 'node:assert/strict';
import { docker, ROOT, until } from './command.js';
import {
  ADDRESSES,
  allHealthy,
  compose,
  composeFull,
  DATABASE_NETWORK,
  evaluate,
  inspect,
  NETWORK,
  runBeside,
  SERVICES,
} from './compose.js';
import { baseImage, LEFT_OUT } from './engine.js';
import { imageOf } from './images.js';
import { placeOrder, readOrder } from './orders.js';

const SCRAPE_LIMIT_MS = 60_000;

const present = (...engines) => engines.filter((engine) => !LEFT_OUT.includes(engine));
const ENGINES = present('postgres', 'redis', 'kafka');
const WATCHERS = present('prometheus', 'alertmanager', 'grafana', 'zipkin');

const HAS_LOGS = present('victoria-logs', 'opentelemetry-collector-contrib').length === 2;

/** On PostgreSQL, Redis and Kafka, watched by Prometheus and the rest, as far as they can be had here. */
export async function checkFull(tally) {
  if (LEFT_OUT.length > 0) console.log(`without ${LEFT_OUT.join(', ')}`);
  await tally.check('without its passwords it does not start, and says so', checkPasswords);
  await tally.need(`everything comes up on ${ENGINES.join(', ')}, healthy`, async () => {
    await composeFull('up', '--detach', ...ENGINES, ...SERVICES);
    await allHealthy([...ENGINES, ...SERVICES]);
  });
  await tally.check('an order is there after everything was restarted', checkDurable);
  await tally.check('nobody reaches a store who does not use it, nor does a store reach the world', checkNetworks);
  await tally.check('the migration image finds every database up to date', checkMigrate);
  await tally.check('the Postman collection passes', checkCollection);
  await tally.check(`${WATCHERS.join(', ')} come up, and every service is heard of`, checkWatched);
  if (HAS_LOGS) await tally.check('one query finds the log lines of an order', checkLogs);
  if (WATCHERS.includes('alertmanager')) await tally.check('Prometheus has found Alertmanager', checkAlerting);
}

async function checkPasswords() {
  const files = ['--file=docker-compose.yml', '--file=docker-compose.full.yml'];
  await rejects(compose(...files, 'up', '--detach'), ({ message }) => {
    match(message, /[A-Z]+_PASSWORD is not set/);
    return true;
  });
}

async function checkDurable() {
  const before = await placeOrder();
  await composeFull('restart', '--timeout=10', ...ENGINES, ...SERVICES);
  await allHealthy([...ENGINES, ...SERVICES]);
  deepEqual(await readOrder(before.id), before);
}

/** Whom each of them would have to find by name. */
const STORES = { postgres: 5432, redis: 6379, ...(ENGINES.includes('kafka') ? { kafka: 9092 } : {}) };

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
  equal(await fromService(order), ['postgres', 'redis', 'kafka'].filter((name) => name in STORES).join());
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

async function checkCollection() {
  const variables = SERVICES.flatMap((service) => ['--env-var', `${service}Url=${ADDRESSES[service]}`]);
  const mounts = ['node_modules', 'postman'].flatMap((folder) => ['--volume', `${ROOT}/${folder}:/work/${folder}:ro`]);
  const collection = 'postman/OrderManagementMicroservices.postman_collection.json';
  const newman = ['node', 'node_modules/newman/bin/newman.js', 'run', collection, '--color=off', ...variables];
  const said = await runBeside('--rm', `--network=${NETWORK}`, '--workdir=/work', ...mounts, baseImage(), ...newman);
  const [, executed] = /assertions\D+(\d+)/.exec(said);
  return `${executed} assertions`;
}

async function checkWatched() {
  await composeFull('up', '--detach', ...WATCHERS);
  await allHealthy(WATCHERS);
  const script = `
    const answer = await fetch('http://prometheus:9090/api/v1/query?query=' + encodeURIComponent('up == 1'));
    console.log(JSON.stringify((await answer.json()).data.result.map(({ metric }) => metric.instance)));`;
  const unheard = async () => {
    const up = JSON.parse(await evaluate('gateway', script));
    return SERVICES.filter((service) => !up.some((instance) => instance.startsWith(`${service}:`)));
  };
  const allHeard = async () => (await unheard()).length === 0;
  await until(SCRAPE_LIMIT_MS, allHeard, async () => `nothing is heard of ${(await unheard()).join(', ')}`);
}

async function checkAlerting() {
  const script = `
    const answer = await fetch('http://prometheus:9090/api/v1/alertmanagers');
    console.log(JSON.stringify((await answer.json()).data.activeAlertmanagers));`;
  const isFound = async () => (await evaluate('gateway', script)).includes('alertmanager:9093');
  await until(SCRAPE_LIMIT_MS, isFound, () => 'Prometheus has no Alertmanager');
}

async function checkLogs() {
  await composeFull('up', '--detach', 'victoria-logs', 'log-collector');
  const { id } = await placeOrder();
  const script = `
    const body = new URLSearchParams({ query: 'orderId:"${id}" | uniq by (service)' });
    const answer = await fetch('http://victoria-logs:9428/select/logsql/query', { method: 'POST', body });
    console.log(await answer.text());`;
  const missing = async () => {
    const found = await evaluate('gateway', script).catch(() => '');
    return ['order', 'inventory', 'payment'].filter((service) => !found.includes(`"${service}"`));
  };
  const isComplete = async () => (await missing()).length === 0;
  await until(SCRAPE_LIMIT_MS, isComplete, async () => `no line of ${(await missing()).join(', ')} is found`);
}
