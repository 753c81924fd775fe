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

describe.each(['package-lock.json', 'bench/package-lock.json', '.ci/clients/package-lock.json'])('%s', (file) => {
  it('has a hash for every package, and names no registry', () => {
    const lock = JSON.parse(textOf(file));
    expect(Object.keys(lock.packages).length).toBeGreaterThan(100);
    expect(unverified(lock)).toEqual([]);
  });
});

describe('an entry of a lock file is rejected', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`;
  it.each([
    ['without a hash', { version: '1.0.0' }],
    ['with a weak hash', { integrity: 'sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=' }],
    ['with half a hash', { integrity: integrity.slice(0, 40) }],
    ['from a named registry', { integrity, resolved: 'https://registry.example/a.tgz' }],
    ['from a repository', { integrity, resolved: 'git+ssh://git@host.example/a.git#main' }],
    ['from a folder', { link: true, resolved: '../elsewhere' }],
  ])('%s', (_what, entry) => {
    expect(unverified({ packages: { '': {}, 'node_modules/a': entry } })).toHaveLength(1);
    expect(unverified({ packages: { 'services/order/node_modules/@b/a': entry } })).toHaveLength(1);
  });

  it('unless it is valid, bundled in another package, or a workspace', () => {
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

describe('a third-party image', () => {
  const images = foreignImages();

  it('is pinned by its digest wherever it is used, or is listed here with the reason', () => {
    expect(images.length).toBeGreaterThan(6);
    expect([...new Set(images.filter((image) => !isPinned(image)))]).toEqual(Object.keys(UNPINNED));
  });

  it('has the same version everywhere', () => {
    const names = images.map((image) => image.split(':')[0]);
    expect(new Set(images).size).toBe(new Set(names).size);
  });

  it.each(['node', 'node:24', 'node:24@sha256:abc', `node@sha256:${'a'.repeat(64)}`, 'node:latest'])(
    'is found if it is not pinned: %s',
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

  it('pins every action to a commit, with its version in a comment', () => {
    expect(actionsIn(textOf(file)).length).toBeGreaterThan(0);
    expect(actionsIn(textOf(file)).filter((line) => !isPinnedAction(line))).toEqual([]);
  });

  it('has no permissions except those that a job lists', () => {
    expect(workflow.permissions).toEqual({});
    for (const { permissions } of Object.values(workflow.jobs)) expect(permissions).toBeDefined();
  });

  it('has a timeout, and is cancelled by a newer run', () => {
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0);
    // A release is never cancelled.
    if (!file.endsWith('release.yml')) expect(workflow.concurrency).toMatchObject({ group: expect.any(String) });
  });

  it('keeps no credentials that its scripts could read', () => {
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
  ])('that is not pinned is found: %s', (uses) => {
    expect(actionsIn(`    steps:\n      - uses: ${uses}\n      - name: a\n        uses: ${uses}\n`)).toEqual([
      uses,
      uses,
    ]);
    expect(isPinnedAction(uses)).toBe(false);
  });
});

it('the SBOM of a release has every package with its hash, and marks those for development only', () => {
  const npm = JSON.parse(textOf('package.json')).scripts.sbom.split(' ').slice(1);
  const list = JSON.parse(execFileSync('npm', npm, { cwd: PROJECT, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
  expect(list).toMatchObject({ bomFormat: 'CycloneDX', metadata: { component: { type: 'application' } } });
  const components = list.components as { 'bom-ref': string; properties: { name: string }[]; hashes?: object[] }[];
  const nameOf = (component: { 'bom-ref': string }) => component['bom-ref'].replace(/@[^@]*$/, '');
  const isNeeded = ({ properties }: { properties: { name: string }[] }) =>
    !properties.some(({ name }) => name === 'cdx:npm:package:development');
  const needed = components.filter(isNeeded).map(nameOf);
  // npm's own --omit dev also omits dependencies of workspaces, such as zod and pg.
  expect(needed).toEqual(expect.arrayContaining(['express', 'pg', 'zod', '@oms/order', '@oms/gateway']));
  for (const tool of ['jest', 'typescript', '@biomejs/biome']) {
    expect(components.map(nameOf)).toContain(tool);
    expect(needed).not.toContain(tool);
  }
  const unhashed = components.filter(({ hashes }) => !hashes).map(nameOf);
  expect(unhashed.filter((name) => !name.startsWith('@oms/'))).toEqual([]);
});

it('Dependabot updates all that is pinned: packages, actions and images', () => {
  const { updates } = parse(textOf('.github/dependabot.yml')) as {
    updates: { 'package-ecosystem': string; directory?: string; directories?: string[] }[];
  };
  const looked = updates.flatMap(({ 'package-ecosystem': kind, directory, directories }) =>
    (directories ?? [directory]).map((place) => `${kind} ${place}`),
  );
  expect(looked).toEqual(
    expect.arrayContaining([
      ...[
        'npm /',
        'npm /bench',
        'npm /.ci/clients',
        'github-actions /',
        'devcontainers /',
        'docker /',
        'docker-compose /',
        'docker /k8s/demo',
        'docker /k8s/monitoring',
      ],
      ...[
        'gomod /tests/kubernetes/tools',
        'gomod /tests/monitoring/tools',
        'gomod /tests/monitoring/collector',
        'gomod /tests/failover/linearizable',
        'pip /.ci/failover',
        'pip /.ci/clients',
        'gomod /tests/containers/tools',
        'maven /.ci/kafka',
      ],
    ]),
  );
});
