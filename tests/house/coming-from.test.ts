import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { DOCUMENTS, USUAL } from '../documents/coming-from.ts';
import { PROJECT } from '../support/project.ts';

it('docs/coming-from.md has each document that is walked here', () => {
  const files = readdirSync(join(PROJECT, 'tests/documents')).filter((name) => /^\d/.test(name));
  expect(DOCUMENTS.map(({ file }) => file)).toEqual(files.map((name) => `tests/documents/${name}`));
});

describe.each(DOCUMENTS)('$file', ({ file, tried, otherwise, ports, started }) => {
  it(`tries ${tried} sentences, each under its own words`, () => {
    const titles = [...readFileSync(join(PROJECT, file), 'utf8').matchAll(/^ +it\(\s*(['"`])(.+?)\1,\s/gms)];
    expect(titles.length).toBe(tried);
    expect(new Set(titles.map(([, , title]) => title)).size).toBe(tried);
  });

  it(`${otherwise.length} of its sentences were decided otherwise, each for a reason`, () => {
    for (const row of otherwise) expect(row).toEqual(Array(3).fill(expect.stringMatching(/\S/)));
  });

  it('can be had at its own ports', () => {
    const all = { ...USUAL, ...started };
    expect(all).toMatchObject(ports);
    expect(new Set(Object.values(all)).size).toBe(Object.keys(all).length);
  });
});
