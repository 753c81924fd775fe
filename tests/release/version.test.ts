import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT, SERVICES } from '../support/project.ts';
import { run } from './program.ts';

const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const NEXT = '98.7.6';
const OTHERS = ['shared', 'clients/typescript'];

let folder: string;
const read = (file: string) => readFileSync(join(folder, file), 'utf8');
const next = (wanted: string) => run('version.js', [wanted], { cwd: folder });

/** What of the project names its version. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oms-version-'));
  const packages = [...OTHERS, ...readdirSync(join(PROJECT, 'services')).map((name) => `services/${name}`)];
  for (const file of [
    ...['CHANGELOG.md', 'Dockerfile', 'docker-compose.yml', 'docs/extending.md', 'k8s', 'package.json'],
    ...['package-lock.json', ...packages.map((path) => `${path}/package.json`)],
  ])
    cpSync(join(PROJECT, file), join(folder, file), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

const everything = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]);

describe('the next version', () => {
  it('is that of every package and image', async () => {
    expect((await next(NEXT)).code).toBe(0);
    for (const path of ['.', ...OTHERS, ...SERVICES.map((name) => `services/${name}`)])
      expect(JSON.parse(read(`${path}/package.json`)).version).toBe(NEXT);
    const { packages } = JSON.parse(read('package-lock.json'));
    for (const path of ['', ...OTHERS, ...SERVICES.map((name) => `services/${name}`)])
      expect(packages[path].version).toBe(NEXT);
    for (const name of SERVICES) expect(packages[`services/${name}`].dependencies['@oms/shared']).toBe(NEXT);
    const naming = /\boms\/[\w$]+:([\d.]+\d)|newTag: &version (\S+)|VERSION=([\d.]+)|"@oms\/\w+": "([^"]+)"/g;
    const named = everything().flatMap(([, text = '']) =>
      [...text.matchAll(naming)].map((one) => one.slice(1).join('')),
    );
    expect(named.length).toBeGreaterThan(25);
    expect(new Set(named)).toEqual(new Set([NEXT]));
  });

  it('changes no version of a package of others', async () => {
    const others = (): string[] =>
      Object.entries(JSON.parse(read('package-lock.json')).packages as Record<string, { version: string }>)
        .filter(([path]) => path.includes('node_modules/'))
        .map(([path, one]) => `${path} ${one.version}`);
    const before = others();
    await next(NEXT);
    expect(others()).toEqual(before);
  });

  it('has what was unreleased, with the day', async () => {
    const before = read('CHANGELOG.md');
    await next(NEXT);
    const day = new Date().toISOString().slice(0, 10);
    expect(read('CHANGELOG.md')).toBe(
      before.replace('## [Unreleased]\n', `## [Unreleased]\n\n## [${NEXT}] - ${day}\n`),
    );
  });

  it.each([
    ['is earlier', '0.9.9'],
    ['is the same', version],
    ['is none', 'next'],
    ['is not complete', '99.1'],
  ])('is refused, and nothing changed, if it %s', async (_what, wanted) => {
    const before = everything();
    expect(await next(wanted)).toMatchObject({ code: 1, said: expect.stringMatching(/^Say a version later than/) });
    expect(everything()).toEqual(before);
  });

  it('is refused if nothing is unreleased', async () => {
    writeFileSync(join(folder, 'CHANGELOG.md'), '# Changelog\n\n## [Unreleased]\n\n## [1.0.0] - 2026-01-01\n\n- All\n');
    const before = everything();
    expect(await next(NEXT)).toEqual({ code: 1, said: 'CHANGELOG.md says nothing of Unreleased.\n' });
    expect(everything()).toEqual(before);
  });
});
