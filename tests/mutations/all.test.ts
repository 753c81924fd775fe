import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { MUTATIONS } from './all.ts';

/** Tests for every store are in a separate file. */
function sourceOf(test: string): string {
  const source = readFileSync(test, 'utf8');
  return source.includes('store-contract') ? source + readFileSync('shared/test/store-contract.ts', 'utf8') : source;
}

it('each mutation has a unique name', () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});

it.each([...MUTATIONS])(
  'can be applied, and has a test or the simulation to notice it: $name',
  ({ file, from, to, test, machines }) => {
    expect(readFileSync(file, 'utf8').split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
    if (test) expect(sourceOf(test.file)).toContain(`'${test.title}'`);
    else expect(machines).toContain('simulation');
  },
);
