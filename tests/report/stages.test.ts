import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { filesIn } from '../supply-chain/pins.ts';
import { PROJECT } from '../support/project.ts';

const textOf = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };

/** A night is long, and seldom looked at: that a command of it is gone has to be seen before. */
it.each(['.ci/run', '.ci/nightly', '.ci/stages.sh', ...filesIn('.github/workflows', /\.ya?ml$/)])(
  '%s calls only commands that there are',
  (file) => {
    const called = [...textOf(file).matchAll(/npm run (?:-s |--silent )?([\w:]+)/g)].map(([, name]) => name as string);
    expect(called.filter((name) => !scripts[name])).toEqual([]);
  },
);

it('what is checked before anything lands needs only what a night has, too', () => {
  const needs = (file: string) => textOf(file).match(/^need .*$/gm);
  expect(needs('.ci/run')).toEqual(needs('.ci/nightly'));
});
