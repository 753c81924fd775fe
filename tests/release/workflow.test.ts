import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { PROJECT } from '../support/project.ts';

interface Step {
  name?: string;
  uses?: string;
  run?: string;
}
interface Job {
  needs?: string | string[];
  'runs-on': string;
  strategy?: { matrix: { runner: string[] } };
  permissions: Record<string, string>;
  steps: Step[];
}

const text = readFileSync(join(PROJECT, '.github/workflows/release.yml'), 'utf8');
const { env, jobs } = parse(text) as { env: Record<string, string>; jobs: Record<string, Job> };
const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const stepsOf = (job: string) => (jobs[job] as Job).steps;
const scriptsOf = (job: string) => stepsOf(job).flatMap(({ run }) => run ?? []);

/** What a step does in a shell of the project, as the workflow runs it. */
const shell = (script: string, own: Record<string, string>) =>
  spawnSync('bash', ['-e', '-c', script], { cwd: PROJECT, env: { ...process.env, ...own }, encoding: 'utf8' });

/** The jobs that come before one. */
function before(job: string): string[] {
  const direct = [jobs[job]?.needs ?? []].flat();
  return [...new Set([...direct, ...direct.flatMap(before)])].sort();
}

describe('a release', () => {
  it('is published by nobody before the tests have passed, and the package of the client last', () => {
    expect(Object.fromEntries(Object.keys(jobs).map((job) => [job, before(job)]))).toEqual({
      check: [],
      build: ['check'],
      release: ['build', 'check'],
      pack: ['check'],
      publish: ['build', 'check', 'pack', 'release'],
    });
    expect(scriptsOf('check')).toContain('npm test');
  });

  it('gives each job the rights that it needs, and none to what runs packages of others', () => {
    expect(Object.fromEntries(Object.entries(jobs).map(([name, { permissions }]) => [name, permissions]))).toEqual({
      check: { contents: 'read' },
      build: { contents: 'read', packages: 'write' },
      release: { contents: 'write', packages: 'write', 'id-token': 'write', attestations: 'write' },
      pack: { contents: 'read' },
      publish: { 'id-token': 'write' },
    });
    const installing = Object.keys(jobs).filter((job) =>
      scriptsOf(job).some((run) => /npm (ci|install|test)|npx/.test(run)),
    );
    expect(installing).toEqual(['check', 'pack']);
  });

  it('is tested and built on both architectures, by machines that are of them', () => {
    const runners = ['ubuntu-24.04', 'ubuntu-24.04-arm'];
    for (const job of ['check', 'build']) expect(jobs[job]?.strategy?.matrix.runner).toEqual(runners);
    expect(text).not.toMatch(/qemu/i);
  });

  it('proves where its images and its files come from', () => {
    const attested = stepsOf('release').filter(({ uses }) => uses?.startsWith('actions/attest-build-provenance@'));
    expect(attested).toMatchObject([
      { with: { 'subject-checksums': 'digests.json.sums' } },
      { with: { 'subject-path': 'install.yaml\nsbom.cdx.json\n' } },
    ]);
    expect(scriptsOf('publish')).toEqual([expect.stringContaining('--provenance')]);
  });

  it('names where its images are once, by the name of the repository', () => {
    expect(env).toEqual({ IMAGES: expect.stringMatching(/^[a-z.]+\/\$\{\{ github\.repository \}\}$/) });
    const [host = ''] = env.IMAGES?.split('/') ?? [];
    expect(text.split(host)).toHaveLength(2);
  });
});

describe('the tag of a release', () => {
  const [script = ''] = stepsOf('check').flatMap(({ name, run }) => (name?.startsWith('The tag') ? (run ?? []) : []));

  it('names the version of the project', () => {
    expect(shell(script, { GITHUB_REF_NAME: `v${version}` }).status).toBe(0);
  });

  it.each([['v0.0.1'], [version], [`v${version}-rc.1`], ['']])('or nothing is released: "%s"', (tag) => {
    expect(shell(script, { GITHUB_REF_NAME: tag }).status).toBe(1);
  });

  it('leads to what the changelog says of it', () => {
    const notes = scriptsOf('release').find((run) => run.includes('notes.js')) as string;
    const { status, stdout } = shell(notes.replace('> notes.md', ''), { GITHUB_REF_NAME: `v${version}` });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^- /m)]);
  });
});

it('whoever pushes images signs in where they are', () => {
  for (const job of ['build', 'release']) {
    const [login = ''] = scriptsOf(job).filter((run) => run.startsWith('docker login'));
    const { stdout } = shell(`docker() { echo "$@"; cat; }\n${login}`, {
      IMAGES: 'registry.example.com/shop/oms',
      GITHUB_ACTOR: 'ada',
      TOKEN: 'of-the-run',
    });
    expect(stdout).toBe('login registry.example.com --username ada --password-stdin\nof-the-run\n');
  }
});
