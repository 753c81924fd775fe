import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { rows } from '../mutations/promises/rows.ts';
import { PROMISES } from '../mutations/promises.ts';

const text = readFileSync('docs/guarantees.md', 'utf8');

describe('the promises in docs/guarantees.md', () => {
  it('each name a test, and each have one mutation that makes it fail', () => {
    const lines = text.split('\n').filter((line) => line.startsWith('| ') && /\]\(/.test(line));
    expect(rows).toHaveLength(lines.length);
    expect(PROMISES.map(({ name }) => name).sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  it('name only commands that exist', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const commands = [...text.matchAll(/`npm run ([\w:]+)/g)].map(([, name]) => name as string);
    expect(commands.length).toBeGreaterThan(0);
    for (const name of commands) expect(Object.keys(scripts)).toContain(name);
  });
});
