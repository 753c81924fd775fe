import { deepEqual, ok } from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docker, ROOT, until } from '../containers/command.js';
import { compose, SERVICES } from '../containers/compose.js';
import { recipe } from '../containers/engine.js';
import { imageOf } from '../containers/images.js';
import { get, inOms, kubectl, place } from './cluster.js';

const { CONTAINER_ENGINE, IMAGES = 'oms' } = process.env;
const READY_LIMIT_MS = 240_000;
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

const OURS = [...SERVICES, 'migrate'];
const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const [STORES] = [
  ['postgres', 'redis'].map((name) => {
    const [, tag] = new RegExp(`image: ${name}:([^@]+)@`).exec(read(`k8s/demo/${name}.yaml`));
    return { name, tag };
  }),
];

/** Builds what is missing, and says which images the nodes need. IMAGES: where ours are, if not here as they are built. */
export async function buildImages() {
  if (IMAGES !== 'oms') return imagesNeeded();
  await compose('build');
  await docker('build', `--file=${recipe()}`, '--target=migrate', `--tag=${imageOf('migrate')}`, '.');
  return imagesNeeded();
}
const imagesNeeded = () => [
  ...OURS.map((name) => `${IMAGES}/${name}:${version}`),
  ...STORES.map(({ name, tag }) => `${name}:${tag}`),
];

/** The manifests as they are; only that stand-ins for public images have no digest, and that one client may send what all send. */
export function writeOverlays() {
  const ours = OURS.map((name) => `  - { name: oms/${name}, newName: ${IMAGES}/${name}, newTag: ${version} }`);
  const stores = CONTAINER_ENGINE ? STORES.map(({ name, tag }) => `  - { name: ${name}, newTag: ${tag} }`) : [];
  const unlimited = ['READS', 'WRITES'].flatMap((kind) => [
    '      - op: add',
    '        path: /spec/template/spec/containers/0/env/-',
    `        value: { name: RATE_LIMIT_${kind}, value: "0" }`,
  ]);
  const patches = ['patches:', '  - target: { kind: Deployment, name: gateway }', '    patch: |-', ...unlimited];
  write('system', ['resources: [../../../k8s]', 'images:', ...ours, ...stores, ...patches]);
  write('install', ['resources: [../../../k8s/overlays/install]', 'images:', ...ours, ...stores]);
  write('pods', ['resources: [../../../.ci/cluster/pods]', 'images:', ...ours]);
  const [database] = /^DATABASE_URL=.*/m.exec(read('k8s/demo/database.example.env'));
  write('backup', [
    'namespace: oms',
    'components: [../../../k8s/backup]',
    `secretGenerator: [{ name: backup, literals: ["${database}"] }]`,
    'images:',
    ...stores,
    // The volumes of this cluster are on its nodes.
    'patches:',
    '  - target: { kind: CronJob }',
    '    patch: |-',
    '      - op: add',
    '        path: /spec/jobTemplate/spec/template/spec/affinity',
    '        value: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app.kubernetes.io/name: postgres } } }] } }',
  ]);
  write('others', ['resources: [../../../.ci/cluster/others]', 'images:', ...ours]);
  write('production', ['resources: [../../../.ci/cluster/production]', 'images:', ...ours, ...stores]);
  write('restore', ['resources: [restore.yaml]', 'images:', ...stores]);
  copyFileSync(join(ROOT, 'k8s/backup/restore.yaml'), place('restore', 'restore.yaml'));
}
function write(name, lines) {
  mkdirSync(place(name), { recursive: true });
  writeFileSync(place(name, 'kustomization.yaml'), `kind: Kustomization\n${lines.join('\n')}\n`);
}

export async function firstApply() {
  await kubectl('apply', `--kustomize=${place('system')}`);
  await allReady();
  await inOms('wait', '--for=condition=complete', '--timeout=60s', 'job/migrate');
  const { items } = await get('pods', '--namespace=oms');
  const restarted = items
    .map(({ metadata, status }) => [metadata.name, status.containerStatuses?.[0]?.restartCount ?? 0])
    .filter(([, count]) => count > 0);
  deepEqual(restarted, [], `restarted: ${restarted.map((one) => one.join(' ')).join(', ')}`);
  return `${items.length} pods, none restarted`;
}

/** Every deployment has as many pods as are wanted, at least three, all of them ready and new, and the stores are ready. */
export async function allReady() {
  const unready = async () => {
    const { items } = await get('deployments,statefulsets', '--namespace=oms');
    return items.filter((item) => !isReady(item)).map(({ metadata }) => metadata.name);
  };
  const areReady = async () => (await unready()).length === 0;
  await until(READY_LIMIT_MS, areReady, async () => `not ready: ${(await unready()).join(', ')}`);
}
const isReady = ({ metadata, spec, status }) =>
  status.observedGeneration === metadata.generation &&
  status.updatedReplicas === spec.replicas &&
  status.readyReplicas === spec.replicas &&
  status.replicas === spec.replicas &&
  (!SERVICES.includes(metadata.name) || spec.replicas >= 3);

/**
 * kubectl sends a budget whatever it finds, since a selector is replaced and not compared: of those, that nothing changed is what the
 * cluster says. A migration that is done a minute ago is gone, and is made again.
 */
export async function applyAgain() {
  const generations = async () =>
    Object.fromEntries(
      (await get('poddisruptionbudgets,deployments,statefulsets', '--namespace=oms')).items.map(
        ({ kind, metadata }) => [`${kind} ${metadata.name}`, metadata.generation],
      ),
    );
  const before = await generations();
  const lines = (await kubectl('apply', `--kustomize=${place('system')}`)).split('\n');
  const changed = lines.filter(
    (line) =>
      !line.endsWith(' unchanged') && !line.startsWith('poddisruptionbudget') && line !== 'job.batch/migrate created',
  );
  deepEqual(changed, []);
  deepEqual(await generations(), before);
  ok(lines.length > 50);
  return `${lines.length} objects`;
}

export async function booksBalance() {
  const said = await inOms('exec', 'deployment/order', '--', 'node', 'dist/cli/audit.js');
  ok(BALANCED.test(said), said);
  return said.split('\n').at(-1);
}
const BALANCED = /^The books balance: (\d+) orders/m;

export const countOrders = async () => Number(BALANCED.exec(await booksBalance())[1]);
