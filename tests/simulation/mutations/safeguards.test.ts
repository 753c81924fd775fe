import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { SAFEGUARDS } from '../../crash/mutations/safeguards.ts';
import { MORE_SAFEGUARDS } from './safeguards.ts';

it.each([...SAFEGUARDS, ...MORE_SAFEGUARDS])('can be taken away: $name', ({ file, from }) => {
  expect(readFileSync(file, 'utf8')).toContain(from);
});
