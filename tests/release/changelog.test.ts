import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';
import { run } from './program.ts';

const changelog = readFileSync(join(PROJECT, 'CHANGELOG.md'), 'utf8');
const { version } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
const headings = (level: string) =>
  [...changelog.matchAll(new RegExp(`^${level} (.+)$`, 'gm'))].map(([, text]) => text);

describe('CHANGELOG.md', () => {
  it('has what is unreleased, and below it each version with its day, the newest first', () => {
    const [first, ...versions] = headings('##');
    expect(first).toBe('[Unreleased]');
    expect(versions[0]).toMatch(`[${version}] - `);
    for (const one of versions) expect(one).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  });

  it('says of each change what kind it is', () => {
    const kinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security', 'Upgrading'];
    expect(headings('###').filter((kind) => !kinds.includes(kind as string))).toEqual([]);
  });
});

describe('the notes of a release', () => {
  it('are the section of its version', async () => {
    const { code, said } = await run('notes.js', [version]);
    expect(code).toBe(0);
    expect(said.length).toBeGreaterThan(200);
    expect(said).not.toMatch(/^## /m);
    expect(changelog).toMatch(said.trim());
    expect(changelog.indexOf(`## [${version}]`)).toBeLessThan(changelog.indexOf(said.trim()));
  });

  it.each(['0.0.1', '1.0', ''])('are refused for "%s", of which nothing is said', async (unknown) => {
    expect(await run('notes.js', [unknown])).toEqual({
      code: 1,
      said: `CHANGELOG.md says nothing of ${unknown}.\n`,
    });
  });
});
