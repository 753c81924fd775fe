import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import swc from '@swc/jest';
import { mutantsOf } from './mutants.ts';

/** What Jest is told by `trial.ts`. */
const FILES = new Set((process.env.MUTATED_FILES ?? '').split('\n'));
const OWN = ['mutants', 'operators', 'syntax'].map((name) =>
  readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8'),
);

const typescript = swc.createTransformer({ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
type Process = NonNullable<typeof typescript.process>;

/** The transformer of all tests, which puts the mutants into the files that are asked for. */
export default {
  process(source: string, path: string, options: Parameters<Process>[2]) {
    const file = relative(process.cwd(), path);
    return typescript.process?.(FILES.has(file) ? mutantsOf(file, source).code : source, path, options);
  },
  getCacheKey(source: string, path: string) {
    const isMutated = String(FILES.has(relative(process.cwd(), path)));
    return createHash('sha1')
      .update([source, path, isMutated, ...OWN].join('\0'))
      .digest('hex');
  },
};
