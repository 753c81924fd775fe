import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

const DOC = join(PROJECT, 'docs/extending.md');

interface Shown {
  file: string;
  /** What stands in the file before; undefined: the file is new. */
  from?: string;
  to: string;
}

/** The files and changes that the document shows: a block of code whose first line names a file. */
export const shownIn = (markdown = readFileSync(DOC, 'utf8')): Shown[] =>
  [...markdown.matchAll(/^```(\w+) (\S+)\n(.*?)^```$/gms)].map(([, language, file = '', code = '']) => {
    if (language !== 'diff') return { file, to: code };
    const without = (sign: string) => code.replaceAll(new RegExp(`^\\${sign}.*\\n`, 'gm'), '').replaceAll(/^./gm, '');
    return { file, from: without('+'), to: without('-') };
  });
