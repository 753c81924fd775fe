#!/usr/bin/env node
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Complaint, runCommand } from '../../scripts/complaint.js';
import { notesOf } from './changelog.js';

/**
 * Gives the project its next version, everywhere it is named, and what is unreleased in CHANGELOG.md that version and the day:
 * `node .ci/release/version.js 1.1.0`, in the folder of the project.
 */
const WHERE = [
  /("name": "(?:@oms\/[\w-]+|order-management)",\n +"version": ")OLD(?=")/g,
  /("@oms\/[\w-]+": ")OLD(?=")/g,
  /(\boms\/[\w$]+:)OLD\b/g,
  /(&version )OLD\b/g,
  /(ARG VERSION=)OLD$/gm,
];

await runCommand(() => {
  const [next] = process.argv.slice(2);
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  if (!isLater(next, version))
    throw new Complaint(`Say a version later than ${version}: node .ci/release/version.js 1.1.0`);
  const unreleased = notesOf('CHANGELOG.md', 'Unreleased');
  const day = new Date().toISOString().slice(0, 10);
  change('CHANGELOG.md', (text) => text.replace(unreleased, () => `## [${next}] - ${day}\n\n${unreleased}`));
  const patterns = WHERE.map(
    ({ source, flags }) => new RegExp(source.replace('OLD', version.replaceAll('.', '\\.')), flags),
  );
  for (const file of files())
    change(file, (text) =>
      patterns.reduce((changed, pattern) => changed.replace(pattern, (_, before) => before + next), text),
    );
  console.log(`${version} → ${next}: look at it (git diff), and commit it.`);
});

function files() {
  const inside = (folder, name) => readdirSync(folder).map((one) => join(folder, one, name));
  return [
    ...['Dockerfile', 'docker-compose.yml', 'docs/extending.md', 'k8s/README.md', 'k8s/kustomization.yaml'],
    ...['package.json', 'package-lock.json', 'shared/package.json', 'clients/typescript/package.json'],
    ...[...inside('services', 'package.json'), ...inside('k8s/overlays', 'kustomization.yaml')],
  ];
}

function change(file, by) {
  writeFileSync(file, by(readFileSync(file, 'utf8')));
}

function isLater(next, version) {
  if (!/^\d+\.\d+\.\d+$/.test(next ?? '')) return false;
  return next.localeCompare(version, 'en', { numeric: true }) > 0;
}
