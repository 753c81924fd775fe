#!/usr/bin/env node
import { interrupted } from '../containers/command.js';
import { ensureEngine, releaseEngine } from '../containers/engine.js';
import { Tally } from '../containers/tally.js';
import { restoreBackup } from './backup.js';
import { down, inOms, isPossible, kubectl, load, place, up } from './cluster.js';
import { deletePostgres, drainNode, killOrders, restartAll, scale } from './faults.js';
import { installByOneCommand } from './install.js';
import { inWords, underLoad } from './load.js';
import { checkMatrix } from './matrix.js';
import { becomeProduction } from './production.js';
import { applyAgain, booksBalance, buildImages, firstApply, writeOverlays } from './system.js';

/**
 * Applies k8s to a real cluster of two nodes, and disturbs it under load. CONTAINER_CLUSTER names a program that brings a cluster up
 * (`up`, `load IMAGE…`, `kubectl …`, `down`); KUBECONFIG a cluster that is there, whose namespaces `oms` and `monitoring` are
 * deleted, and whose nodes find the images below IMAGES.
 */
const tally = new Tally();

const clear = () => {
  down();
  releaseEngine();
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    interrupted.abort();
    clear();
    process.exit(1);
  });
}

if (!isPossible) {
  console.log(
    'skipped: neither CONTAINER_CLUSTER nor KUBECONFIG says where a cluster is\n0 passed, 0 failed, 1 skipped',
  );
  process.exit();
}

try {
  await tally.need('a cluster of two nodes is there, and the images', async () => {
    await ensureEngine();
    const images = await buildImages();
    await up();
    await load(images);
    writeOverlays();
  });
  await tally.check('what a release installs: its own secrets, and orders of who has a token', installByOneCommand);
  await tally.need('the first apply: all is ready, nothing was restarted', firstApply);
  await tally.check('another apply changes nothing', applyAgain);
  await tally.need('pods that ask are there', async () => {
    await kubectl('apply', `--kustomize=${place('pods')}`);
    for (const namespace of ['oms', 'monitoring', 'default'])
      await kubectl(
        'wait',
        `--namespace=${namespace}`,
        '--for=condition=Ready',
        '--timeout=120s',
        'pod',
        '--selector=probe=true',
      );
    await inOms('wait', '--for=condition=Ready', '--timeout=120s', 'pod/load');
  });
  await tally.check('who may connect to whom', checkMatrix);
  await kubectl('delete', 'pods', '--all-namespaces', '--selector=probe=true', '--grace-period=0', '--force');
  await tally.check('orders through the Service', async () => {
    const seen = await underLoad(async () => {});
    if (seen.failed + seen.lost > 0) throw new Error(inWords(seen));
    return `${inWords(seen)}. ${await booksBalance()}`;
  });
  await tally.check('all seven deployments restarted at once', restartAll);
  await tally.check('a node drained', drainNode);
  await tally.check('the order pods killed', killOrders);
  await tally.check("PostgreSQL's pod deleted", deletePostgres);
  await tally.check('more order pods, and fewer again', scale);
  await tally.check('what is restored from a backup', restoreBackup);
  await tally.check('the overlay for production in its place', becomeProduction);
} catch (error) {
  tally.ended(error);
} finally {
  clear();
}
process.exitCode = tally.report();
