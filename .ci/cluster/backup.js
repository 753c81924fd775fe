import { ok } from 'node:assert/strict';
import { SERVICES } from '../containers/compose.js';
import { get, inOms, kubectl, place } from './cluster.js';
import { inWords, underLoad } from './load.js';
import { allReady, countOrders } from './system.js';

const REPLICAS = 3;

/** Backed up while customers order; later everything is put back as it was then, and the books balance. */
export async function restoreBackup() {
  await letReplicate();
  await kubectl('apply', `--kustomize=${place('backup')}`);
  const counts = {};
  const seen = await underLoad(async ({ answered, flows }) => {
    counts.before = await countOrders();
    await inOms('create', 'job', '--from=cronjob/backup', 'backup-now');
    await inOms('wait', '--for=condition=complete', '--timeout=120s', 'job/backup-now');
    counts.after = await countOrders();
    await flows(answered(), 1);
  });
  ok(seen.failed === 0, inWords(seen));
  counts.lost = await countOrders();
  await stopAll();
  await kubectl('apply', `--kustomize=${place('restore')}`);
  await inOms('wait', '--for=condition=complete', '--timeout=120s', 'job/restore');
  await startAll();
  counts.restored = await countOrders();
  ok(counts.before <= counts.restored && counts.restored <= counts.after && counts.after < counts.lost, said(counts));
  return said(counts);
}

const said = ({ before, after, lost, restored }) =>
  `${before} orders when the backup began, ${after} when it ended, ${lost} later; restored and balanced: ${restored}`;

/** As on a server of one's own. */
async function letReplicate() {
  const script = `
    echo 'host replication all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
    PGPASSWORD=$POSTGRES_PASSWORD psql --username=postgres --command='SELECT pg_reload_conf()'`;
  await inOms('exec', 'postgres-0', '--', 'sh', '-ec', script);
}

async function stopAll() {
  await inOms('scale', 'deployment', ...SERVICES, '--replicas=0');
  await inOms('scale', 'statefulset', 'postgres', '--replicas=0');
  const names = (await get('pods', '--namespace=oms')).items
    .filter(({ metadata }) => [...SERVICES, 'postgres'].includes(metadata.labels['app.kubernetes.io/name']))
    .map(({ metadata }) => metadata.name);
  await inOms('wait', '--for=delete', '--timeout=120s', ...names.map((name) => `pod/${name}`));
}

async function startAll() {
  await inOms('scale', 'statefulset', 'postgres', '--replicas=1');
  // Copies of orders that were placed since then are of nobody's orders.
  await inOms('rollout', 'restart', 'deployment/redis');
  await inOms('scale', 'deployment', ...SERVICES, `--replicas=${REPLICAS}`);
  await allReady();
}
