import { deepEqual, ok } from 'node:assert/strict';
import { ADDRESSES, SERVICES } from '../containers/compose.js';
import { evaluate, get, pods } from './cluster.js';

const TIMEOUT_MS = 3_000;
const AT_ONCE = 4;
const PORTS = {
  ...Object.fromEntries(SERVICES.map((name) => [name, Number(new URL(ADDRESSES[name]).port)])),
  postgres: 5432,
  redis: 6379,
};
const STORED = SERVICES.filter((name) => name !== 'gateway');

/** Who may reach whom. All else must not be answered. */
const ALLOWED = {
  'oms/gateway': [...STORED, 'redis'],
  'oms/order': ['inventory', 'payment', 'shipping', 'product', 'postgres', 'redis'],
  'oms/inventory': ['product', 'postgres'],
  'oms/payment': ['postgres'],
  'oms/shipping': ['order', 'postgres'],
  'oms/product': ['postgres'],
  'oms/notification': ['order', 'payment', 'shipping', 'postgres'],
  'oms/as-migrate': ['postgres'],
  'oms/as-postgres': [],
  'oms/as-redis': [],
  'oms/as-newcomer': [],
  'oms/load': ['gateway'],
  'monitoring/as-prometheus': SERVICES,
  'monitoring/as-newcomer': [],
  'default/as-gateway': [],
};

/** From every source to every address of every pod that listens, at its own port. */
export async function checkMatrix() {
  const targets = (
    await Promise.all(
      Object.entries(PORTS).map(async ([name, port]) =>
        (
          await pods(name)
        )
          .filter(({ metadata }) => !metadata.labels.probe)
          .map(({ status }) => ({ name, port, address: status.podIP })),
      ),
    )
  ).flat();
  ok(targets.length >= 3 * SERVICES.length + 2, `there are only ${targets.length} pods`);
  const wrong = [];
  const left = Object.keys(ALLOWED);
  const compareSome = async () => {
    for (let source = left.pop(); source; source = left.pop()) wrong.push(...(await compare(source, targets)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, compareSome));
  deepEqual(wrong, []);
  return `${Object.keys(ALLOWED).length} sources, ${targets.length} addresses`;
}

async function compare(source, targets) {
  const [namespace, name] = source.split('/');
  const pod = SERVICES.includes(name) ? (await pods(name))[0].metadata.name : name;
  const { status } = await get('pod', pod, `--namespace=${namespace}`);
  const others = targets.filter(({ address }) => address !== status.podIP);
  const script = `
    import { connect } from 'node:net';
    const answers = ({ address, port }) => new Promise((resolve) => {
      const socket = connect({ host: address, port, timeout: ${TIMEOUT_MS} });
      const end = (answer) => { socket.destroy(); resolve(answer); };
      socket.on('connect', () => end(true)).on('timeout', () => end(false)).on('error', () => end(false));
    });
    console.log(JSON.stringify(await Promise.all(${JSON.stringify(others)}.map(answers))));`;
  const reached = JSON.parse(await evaluate(namespace, pod, script));
  return others
    .map((target, i) => ({ ...target, reached: reached[i], wanted: ALLOWED[source].includes(target.name) }))
    .filter(({ reached, wanted }) => reached !== wanted)
    .map((target) => `${source} → ${target.name} ${target.address}: ${target.reached ? 'answers' : 'does not answer'}`);
}
