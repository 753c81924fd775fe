import { equal, ok } from 'node:assert/strict';
import { until } from '../containers/command.js';
import { SERVICES } from '../containers/compose.js';
import { get, inOms, kubectl, pods } from './cluster.js';
import { inWords, underLoad } from './load.js';
import { allReady, booksBalance } from './system.js';

const AFTER_LIMIT_MS = 60_000;

/** Nothing may fail while pods go one after the other, or with notice. */
export async function restartAll() {
  return unnoticed(async () => {
    await inOms('rollout', 'restart', ...SERVICES.map((name) => `deployment/${name}`));
    await allReady();
  });
}

export async function drainNode() {
  const [{ spec }] = await pods('postgres');
  const { items } = await get('nodes');
  const node = items.map(({ metadata }) => metadata.name).find((name) => name !== spec.nodeName);
  try {
    return await unnoticed(async () => {
      await kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=240s');
      await allReady();
    });
  } finally {
    await kubectl('uncordon', node);
  }
}

/** Without notice: what is under way there fails, unless the gateway may repeat it. */
export async function killOrders() {
  const kill = async () => {
    const before = (await pods('order')).map(({ metadata }) => metadata.name);
    await inOms('delete', 'pod', ...before, '--grace-period=0', '--force');
  };
  return noticed(kill, 40, 0.1);
}

export async function deletePostgres() {
  const restarts = await restartsOfServices();
  const said = await noticed(() => inOms('delete', 'pod', 'postgres-0'), 20, 1 / 3);
  equal(await restartsOfServices(), restarts, 'services were restarted');
  return said;
}

async function restartsOfServices() {
  const all = (await Promise.all(SERVICES.map(pods))).flat();
  return all.reduce((sum, { status }) => sum + status.containerStatuses[0].restartCount, 0);
}

async function unnoticed(act) {
  const seen = await underLoad(act);
  equal(seen.failed, 0, inWords(seen));
  return judged(seen);
}

/** This share may fail, but orders go on by themselves. */
async function noticed(act, perSecond, share) {
  const seen = await underLoad(async ({ answered, flows }) => {
    await act();
    await flows(answered(), 1);
    await allReady();
  }, perSecond);
  ok(seen.failed <= seen.requests * share, inWords(seen));
  return judged(seen);
}

async function judged(seen) {
  ok(seen.requests > 0);
  equal(seen.lost, 0, inWords(seen));
  return `${inWords(seen)}. ${await booksBalance()}`;
}

const SCALED = {
  metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '20m' } } }],
};
const CALM = { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } };

/** What a machine of two cores can reach is enough for more pods, which get their share; later they are taken away again. */
export async function scale() {
  const patch = (spec) => inOms('patch', 'horizontalpodautoscaler', 'order', '--patch', JSON.stringify({ spec }));
  const [{ spec: usual }] = (await get('horizontalpodautoscalers', '--namespace=oms')).items.filter(
    ({ metadata }) => metadata.name === 'order',
  );
  const seen = await underLoad(async ({ answered, flows }) => {
    await patch({ ...SCALED, ...CALM });
    await readyOrders((count) => count > 3);
    const shares = await evenShares(answered, flows);
    await patch({ metrics: usual.metrics });
    await readyOrders((count) => count === 3);
    return shares;
  }, 30);
  equal(seen.failed, 0, inWords(seen));
  return `${seen.seen}; ${await judged(seen)}`;
}

async function readyOrders(isEnough) {
  const count = async () => (await get('deployment', 'order', '--namespace=oms')).status;
  const areThere = async () => {
    const { replicas, readyReplicas } = await count();
    return replicas === readyReplicas && isEnough(replicas);
  };
  await until(4 * AFTER_LIMIT_MS, areThere, async () => `the order service has ${JSON.stringify(await count())}`);
}

const SHARE_LIMIT_MS = 30_000;
const SHARED = 300;

/** Within the limit, no pod has under half of what all have on average. */
async function evenShares(answered, flows) {
  const requests = async () =>
    Object.fromEntries(
      await Promise.all(
        (await pods('order')).map(async ({ metadata }) => [metadata.name, await requestsOf(metadata.name)]),
      ),
    );
  let shares = [];
  const isEven = async () => {
    const before = await requests();
    await flows(answered(), SHARED);
    const after = await requests();
    shares = Object.entries(after).map(([pod, count]) => count - (before[pod] ?? 0));
    const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
    return mean > 0 && shares.length > 3 && shares.every((share) => share >= mean / 2);
  };
  await until(SHARE_LIMIT_MS, isEven, () => `requests per pod: ${shares.join(', ')}`);
  return `requests per pod: ${shares.join(', ')}`;
}

async function requestsOf(pod) {
  const script = `
    const text = await (await fetch('http://127.0.0.1:3000/metrics')).text();
    let sum = 0;
    for (const [, route, count] of text.matchAll(/^http_request_duration_seconds_count{(.*)} (\\d+)/gm))
      if (route.includes('/orders')) sum += Number(count);
    console.log(sum);`;
  return Number(await inOms('exec', pod, '--', 'node', '--input-type=module', '--eval', script));
}
