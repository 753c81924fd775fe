#!/usr/bin/env node
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The resources of others that k8s/overlays/production uses, as their projects publish them. */
const PUBLISHED = [
  { module: 'sigs.k8s.io/gateway-api@v1.6.3', folder: 'config/crd/standard', names: /_(gateways|httproutes)\.yaml$/ },
  {
    module: 'github.com/prometheus-operator/prometheus-operator@v0.85.0',
    folder: 'example/prometheus-operator-crd',
    names: /_(podmonitors|prometheusrules)\.yaml$/,
  },
];

export function resourcesOfOthers() {
  return PUBLISHED.flatMap(({ module, folder, names }) => {
    const { Dir } = JSON.parse(execFileSync('go', ['mod', 'download', '-json', module], { encoding: 'utf8' }));
    const files = readdirSync(join(Dir, folder)).filter((file) => names.test(file));
    return files.map((file) => join(Dir, folder, file));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  for (const file of resourcesOfOthers()) console.log(`--filename=${file}`);
