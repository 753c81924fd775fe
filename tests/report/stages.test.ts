import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { filesIn } from '../supply-chain/pins.ts';
import { PROJECT } from '../support/project.ts';

const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** Nightly runs are long and seldom read, so a missing command has to be noticed earlier. */
it.each(['.ci/run', '.ci/nightly', '.ci/stages.sh', ...filesIn('.github/workflows', /\.ya?ml$/)])(
  '%s calls only npm scripts that exist',
  (file) => {
    const called = [...textOf(file).matchAll(/npm run (?:-s |--silent )?([\w:]+)/g)].map(([, name]) => name as string);
    expect(called.filter((name) => !scripts[name])).toEqual([]);
  },
);

it('the checks before a merge need the same tools as the nightly checks', () => {
  const needs = (file: string) => textOf(file).match(/^need .*$/gm);
  expect(needs('.ci/run')).toEqual(needs('.ci/nightly'));
});
