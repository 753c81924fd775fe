import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const OF_ONE = /--platform|\b(amd64|x64|x86[_-]64|arm64|aarch64)\b/;

interface Entry {
  cpu?: string[];
  dev?: boolean;
}
const packages = Object.entries(JSON.parse(textOf('package-lock.json')).packages as Record<string, Entry>);
/** Compiled for the Linux of the images, as far as an image needs them. */
const compiled = packages.filter(([path, { cpu, dev }]) => cpu && !dev && path.endsWith('-musl')).map(([path]) => path);

describe('an image, built on any architecture,', () => {
  it('is built by a recipe that names none', () => {
    expect(
      textOf('Dockerfile')
        .split('\n')
        .filter((line) => OF_ONE.test(line)),
    ).toEqual([]);
    expect(OF_ONE.test('FROM --platform=linux/amd64 node')).toBe(true);
  });

  it('finds there what its packages have that is compiled', () => {
    const x64 = compiled.filter((path) => path.includes('-x64-'));
    expect(x64.length).toBeGreaterThan(0);
    expect(x64.map((path) => path.replace('-x64-', '-arm64-')).filter((path) => !compiled.includes(path))).toEqual([]);
  });
});
