import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { docker, until } from './command.js';
import { ADDRESSES, addressOf, composeFull, inspect, KAFKA_ADDRESS, NETWORK, runBeside, SERVICES } from './compose.js';
import { baseImage } from './engine.js';
import { RECEIVER, RECEIVER_PORT } from './hurried.js';
import { fulfil, placeOrder } from './orders.js';

const PATIENCE_MS = 60_000;
const CONSUMER = '/opt/kafka/bin/kafka-console-consumer.sh';

const trace = randomBytes(16).toString('hex');
const traceparent = `00-${trace}-${randomBytes(8).toString('hex')}-01`;

/** Every service has to do with it: also the one that tells the customer. Nothing was ordered before it. */
export async function placeFirst() {
  const name = 'Ada Lovelace';
  const asked = {
    customer: { id: 'ada', name, email: 'ada@example.org' },
    items: [{ productId: 'PROD001', quantity: 1 }],
    shippingAddress: { name, street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' },
  };
  const { id } = await placeOrder(asked, { traceparent });
  await fulfil(id, { traceparent });
  return id;
}

/** As docs/events.md says, with the scripts of the container. */
export async function checkEventsInside(orderId) {
  const [placed] = await messages(1, 'order-placed', (...args) =>
    composeFull('exec', '-T', 'kafka', CONSUMER, '--bootstrap-server', 'localhost:9092', ...args),
  );
  equal(placed.orderId, orderId);
  equal(placed.customerId, 'ada');
}

/** With Kafka's scripts, but without its container: on the network of this machine. */
export async function checkEventsOutside(orderId) {
  const { Config } = await inspect('kafka');
  const changes = await messages(2, 'order-status-changed', (...args) =>
    runBeside(
      '--rm',
      '--network=host',
      `--entrypoint=${CONSUMER}`,
      Config.Image,
      '--bootstrap-server',
      KAFKA_ADDRESS,
      ...args,
    ),
  );
  deepEqual(
    changes.map((one) => [one.orderId, one.oldStatus, one.newStatus]),
    [
      [orderId, 'PENDING', 'CONFIRMED'],
      [orderId, 'CONFIRMED', 'SHIPPED'],
    ],
  );
}

async function messages(count, topic, consume) {
  const bounds = ['--max-messages', `${count}`, '--timeout-ms', `${PATIENCE_MS}`];
  const said = await consume('--topic', topic, '--from-beginning', ...bounds);
  return said
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}

export async function checkTrace() {
  const zipkin = await addressOf('zipkin', 9411);
  const spans = async () => {
    const answer = await fetch(`${zipkin}/api/v2/trace/${trace}`);
    return answer.ok ? await answer.json() : [];
  };
  const missing = async () => {
    const seen = new Set((await spans()).map(({ localEndpoint }) => localEndpoint.serviceName));
    return SERVICES.filter((service) => !seen.has(service));
  };
  const isComplete = async () => (await missing()).length === 0;
  await until(PATIENCE_MS, isComplete, async () => `the trace has no span of ${(await missing()).join(', ')}`);
  return `${(await spans()).length} spans of ${SERVICES.length} services`;
}

export async function checkLogs(orderId) {
  const address = await addressOf('victoria-logs', 9428);
  const find = async () => {
    const body = new URLSearchParams({ query: `orderId:"${orderId}" | stats by (service) count() lines` });
    const answer = await fetch(`${address}/select/logsql/query`, { method: 'POST', body });
    const lines = answer.ok ? (await answer.text()).split('\n').filter(Boolean) : [];
    return lines.map((line) => JSON.parse(line));
  };
  const missing = async () => {
    const found = (await find()).map(({ service }) => service);
    return ['order', 'inventory', 'payment', 'shipping', 'notification'].filter((service) => !found.includes(service));
  };
  const isComplete = async () => (await missing()).length === 0;
  await until(PATIENCE_MS, isComplete, async () => `no line of ${(await missing()).join(', ')} is found`);
  return (await find()).map(({ service, lines }) => `${service} ${lines}`).join(', ');
}

export async function checkTargets() {
  const targets = async () => {
    const { data } = await prometheus('targets?state=active');
    return data.activeTargets.map(({ labels, health }) => `${labels.instance} ${health}`).sort();
  };
  const wanted = SERVICES.map((service) => `${new URL(ADDRESSES[service]).host} up`).sort();
  const allUp = async () => (await targets()).join() === wanted.join();
  await until(PATIENCE_MS, allUp, async () => `the targets are ${(await targets()).join(', ')}`);
  return `${wanted.length}`;
}

const prometheus = async (path) => (await fetch(`${await addressOf('prometheus', 9090)}/api/v1/${path}`)).json();

/** From a service that is stopped to whoever has to be told of it, and that it is well again. */
export async function checkAlert() {
  const victim = 'notification';
  const script = `require('node:http').createServer((request, response) => {
      let text = '';
      request.on('data', (part) => { text += part; });
      request.on('end', () => { console.log(JSON.stringify({ path: request.url, told: JSON.parse(text) })); response.end(); });
    }).listen(${RECEIVER_PORT})`;
  const options = ['--detach', '--init', `--network=${NETWORK}`, `--network-alias=${RECEIVER}`];
  const receiver = await runBeside(...options, baseImage(), 'node', '--eval', script);
  const delivered = async () =>
    (await docker('logs', receiver))
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => {
        const { path, told } = JSON.parse(line);
        return told.alerts.map(({ status, labels }) => `${path} ${status} ${labels.alertname} ${labels.service}`);
      });
  const isTold = (status) => async () => (await delivered()).includes(`/critical ${status} InstanceDown ${victim}`);
  const complaint = async () => `what was delivered is: ${(await delivered()).join(', ') || 'nothing'}`;
  const since = performance.now();
  const seconds = () => `${((performance.now() - since) / 1000).toFixed(0)} s`;
  await composeFull('stop', victim);
  await until(PATIENCE_MS, isTold('firing'), complaint);
  const told = seconds();
  await composeFull('start', victim);
  await until(PATIENCE_MS, isTold('resolved'), complaint);
  ok((await inspect(victim)).State.Running);
  return `told after ${told}, well again after ${seconds()}`;
}
