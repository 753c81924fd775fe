import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PROJECT } from '../support/project.ts';
import { unverified } from './lock-file.ts';
import { actionsIn, basesOf, filesIn, foreignImages, imagesIn, isPinned, isPinnedAction, workflowIn } from './pins.ts';

const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const WORKFLOWS = filesIn('.github/workflows', /\.ya?ml$/);

describe.each(['package-lock.json', 'bench/package-lock.json'])('%s', (file) => {
  it('has a hash of every package, and names no registry', () => {
    const lock = JSON.parse(textOf(file));
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(unverified(lock)).toEqual([]);
  });
});

describe('an entry of a lock file is found', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  it.each([
    ['without a hash', { version: '1.0.0' }],
    ['with a hash that is not to be trusted', { integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['with half a hash', { integrity: integrity.slice(0, 40) }],
    ['from a registry that it names', { integrity, resolved: 'https://registry.example/a.tgz' }],
    ['from a repository', { integrity, resolved: 'git+ssh://git@host.example/a.git#main' }],
    ['from a folder', { link: true, resolved: '../elsewhere' }],
  ])('%s', (_what, entry) => {
    expect(unverified({ packages: { '': {}, 'node_modules/a': entry } })).toHaveLength(1);
    expect(unverified({ packages: { 'services/order/node_modules/@b/a': entry } })).toHaveLength(1);
  });

  it('unless it is sound, comes inside another, or is ours', () => {
    const packages = {
      '': {},
      shared: {},
      'node_modules/a': { integrity },
      'node_modules/a/node_modules/b': { inBundle: true },
      'node_modules/@oms/shared': { link: true, resolved: 'shared' },
    };
    expect(unverified({ packages })).toEqual([]);
  });
});

/** Images without a digest, and why. */
const UNPINNED = {
  'openzipkin/zipkin:3.6.1':
    'no digest of it could be verified; whoever can pull it: docker buildx imagetools inspect openzipkin/zipkin:3.6.1',
};

describe('an image that others made', () => {
  const images = foreignImages();

  it('is pinned by its digest, wherever it is used, or is named here with the reason', () => {
    expect(images.length).toBeGreaterThan(6);
    expect([...new Set(images.filter((image) => !isPinned(image)))]).toEqual(Object.keys(UNPINNED));
  });

  it('is the same everywhere', () => {
    const names = images.map((image) => image.split(':')[0]);
    expect(new Set(images).size).toBe(new Set(names).size);
  });

  it.each(['node', 'node:24', 'node:24@sha256:abc', `node@sha256:${'a'.repeat(64)}`, 'node:latest'])(
    'is found where it is not: %s',
    (image) => {
      expect(basesOf(`FROM ${image} AS base\nFROM base\nCOPY --from=base a a\n`)).toEqual([image]);
      expect(imagesIn(`a: [{b: {image: "${image}"}}]\n---\nimage: oms/order:1.0.0\n`)).toEqual([image]);
      expect(isPinned(image)).toBe(false);
    },
  );
});

describe.each(WORKFLOWS)('%s', (file) => {
  const workflow = workflowIn(textOf(file));
  const steps = Object.values(workflow.jobs).flatMap((job) => job.steps);

  it('uses actions by the commit, and says which version that is', () => {
    expect(actionsIn(textOf(file)).length).toBeGreaterThan(0);
    expect(actionsIn(textOf(file)).filter((line) => !isPinnedAction(line))).toEqual([]);
  });

  it('may do nothing that no job asks for by name', () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs)) expect(permissions).toBeDefined();
  });

  it('comes to an end, and keeps no machine busy for a state that another has followed', () => {
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
    // A release is never cut off.
    if (!file.endsWith('release.yml')) expect(workflow.concurrency).toMatchObject({ group: expect.any(String) });
  });

  it('leaves no credentials lying about for the scripts that it runs', () => {
    for (const { uses, with: given } of steps) {
      if (uses?.startsWith('actions/checkout@')) expect(given).toMatchObject({ 'persist-credentials': false });
    }
  });
});

describe('an action', () => {
  it.each([
    'actions/checkout@v5',
    'actions/checkout@main',
    `actions/checkout@${'a'.repeat(40)}`,
    './.github/actions/own',
  ])('that could become another one is found: %s', (uses) => {
    expect(actionsIn(`    steps:\n      - uses: ${uses}\n      - name: a\n        uses: ${uses}\n`)).toEqual([
      uses,
      uses,
    ]);
    expect(isPinnedAction(uses)).toBe(false);
  });
});

it('the list of a release has every package with its hash, and tells those that only development needs', () => {
  const npm = JSON.parse(textOf('package.json')).scripts.sbom.split(' ').slice(1);
  const list = JSON.parse(execFileSync('npm', npm, { cwd: PROJECT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
  expect(list).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { type: 'application' } } });
  const components = list.components as { 'bom-ref': string; properties: { name: string }[]; hashes?: object[] }[];
  const nameOf = (component: { 'bom-ref': string }) => component['bom-ref'].replace(/@[^@]*$/, '');
  const isNeeded = ({ properties }: { properties: { name: string }[] }) =>
    !properties.some(({ name }) => name === 'cdx:npm:package:development');
  const needed = components.filter(isNeeded).map(nameOf);
  // npm's own --omit dev leaves out what a workspace needs too: zod and pg, for instance.
  expect(needed).toEqual(expect.arrayContaining(['express', 'pg', 'zod', '@oms/order', '@oms/gateway']));
  for (const tool of ['jest', 'typescript', '@biomejs/biome']) {
    expect(components.map(nameOf)).toContain(tool);
    expect(needed).not.toContain(tool);
  }
  const unhashed = components.filter(({ hashes }) => !hashes).map(nameOf);
  expect(unhashed.filter((name) => !name.startsWith('@oms/'))).toEqual([]);
});

it('what is pinned is kept up to date: packages, actions and images, everywhere', () => {
  const { updates } = parse(textOf('.github/dependabot.yml')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[];
  };
  const looked = updates.flatMap(({ 'package-ecosystem': kind, directory, directories }) =>
    (directories ?? [directory]).map((place) => `${kind} ${place}`),
  );
  expect(looked).toEqual(
    expect.arrayContaining([
      ...['npm /', 'npm /bench', 'github-actions /', 'docker /', 'docker-compose /', 'docker /k8s/demo'],
      ...['gomod /tests/kubernetes/tools', 'gomod /tests/monitoring/tools', 'maven /.ci/kafka'],
    ]),
  );
});
