import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../../support/project.ts';
import { EQUIVALENT, isSame } from './equivalent.ts';
import { GROUPS } from './groups.ts';
import { mutantsOf } from './mutants.ts';
import { Reached } from './reached.ts';
import { treeOf } from './syntax.ts';

describe('the mutants of a file', () => {
  const source = `
    const few = (rooms: readonly Room[] = []) => rooms.filter(({ isFree }) => isFree).length <= 3;
    export async function book(rooms: Room[], by?: { name: string }) {
      if (few(rooms) && by?.name !== undefined) throw new Error('no room');
      await rooms.at(0)?.take(by?.name ?? 'NOBODY');
    }`;

  it('are small mistakes in its logic, not in its texts', () => {
    const edits = mutantsOf('rooms.ts', source).mutants.map(({ from, to }) => `${from} → ${to}`);

    expect(edits).toEqual(
      expect.arrayContaining(['<= → <', '3 → 4', '.filter(({ isFree }) => isFree) → ', '?. → .', 'await  → ']),
    );
    expect(edits.filter((edit) => edit.includes("'no room' →"))).toEqual([]);
  });

  it('change nothing while none is active', () => {
    const asked: string[] = [];
    Object.assign(globalThis, { __mutants: { is: (id: string) => asked.push(id) < 0 } });
    const { mutants, code } = mutantsOf('rooms.js', 'export default [1, 2].filter((n) => n > 1).map((n) => -n)');

    const run = new Function(code.replace('export default', 'return'));

    expect(run()).toEqual([-2]);
    expect(new Set(asked)).toEqual(new Set(mutants.map(({ id }) => id)));
  });
});

it('a mutant is reached by every test that runs it, even if it ran before, while modules were loaded', () => {
  const reached = new Reached();
  reached.add('a');
  reached.add('b');
  reached.loaded(2);
  reached.add('a');
  reached.begin(1);
  reached.add('a');
  reached.add('c');
  reached.end();
  reached.add('d');

  expect(reached.all).toEqual({ loading: ['a', 'b'], between: ['a', 'd'], reached: [[], ['a', 'c']] });
});

it('every mutant that is listed as equivalent still exists', () => {
  const files = [...new Set(EQUIVALENT.map(({ file }) => file))];
  const mutants = files.flatMap((file) => mutantsOf(file, readFileSync(join(PROJECT, file), 'utf8')).mutants);

  expect(EQUIVALENT.filter((one) => !mutants.some((mutant) => isSame(mutant, one)))).toEqual([]);
});

it('the files that are scored can be parsed with all their mutants', () => {
  const files = Object.values(GROUPS).flatMap((group) => group.files);

  for (const file of files) treeOf(mutantsOf(file, readFileSync(join(PROJECT, file), 'utf8')).code);
});
