import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';

const text = readFileSync('docs/guarantees.md', 'utf8');
const named = [...text.matchAll(/\]\(\.\.\/([^)]+\.test\.ts)\) “([^”]+)”/g)].map(
  ([, file, title]) => [file, title] as [string, string],
);

describe('the promises in docs/guarantees.md', () => {
  it('each name at least one test in every row', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('| ') && /\]\(/.test(line));
    expect(named).toHaveLength(rows.length);
    expect(named.length).toBeGreaterThan(20);
  });

  it.each(named)('%s has “%s”', (file, title) => {
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(`('${title}'`);
  });

  it('name only commands that there are', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
    const commands = [...text.matchAll(/`npm run ([\w:]+)/g)].map(([, name]) => name as string);
    expect(commands.length).toBeGreaterThan(0);
    for (const name of commands) expect(Object.keys(scripts)).toContain(name);
  });
});
