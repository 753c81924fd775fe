#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, runCommand } from '../../scripts/complaint.js';
import { ROOT } from '../../scripts/root.js';

/**
 * Prints all that `kubectl apply` needs to install this version: k8s/overlays/install with the images at the place that IMAGES names, by the
 * digests that images.js wrote: `node .ci/release/install.js DIGESTS`. Needs kubectl.
 */
const { IMAGES } = process.env;
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

await runCommand(() => {
  const [file] = process.argv.slice(2);
  if (!IMAGES || !file)
    throw new Complaint('IMAGES and a file of digests are needed: see the beginning of install.js.');
  const place = IMAGES.toLowerCase();
  const images = Object.entries(JSON.parse(readFileSync(file, 'utf8'))).map(
    ([name, digest]) => `  - { name: oms/${name}, newName: ${place}/${name}, newTag: ${version}, digest: "${digest}" }`,
  );
  console.log(
    `# Order management ${version}, the whole system on any cluster: kubectl apply -f this\n${render(images)}`,
  );
});

/** Kustomize takes folders only by relative paths. */
function render(images) {
  mkdirSync(join(ROOT, '.data'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, '.data/install-'));
  try {
    const lines = ['kind: Kustomization', 'resources: [../../k8s/overlays/install]', 'images:', ...images];
    writeFileSync(join(folder, 'kustomization.yaml'), `${lines.join('\n')}\n`);
    return execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8' }).trim();
  } finally {
    rmSync(folder, { recursive: true });
  }
}
