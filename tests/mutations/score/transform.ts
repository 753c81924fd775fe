import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import swc from '@swc/jest';
import { mutantsOf } from './mutants.ts';

/** The options that `trial.ts` passes to Jest. */
const FILES = new Set((process.env.MUTATED_FILES ?? '').split('\n'));
const OWN = ['mutants', 'operators', 'syntax'].map((name) =>
  readFileSync(new URL(`./${name}.js`, import.meta.url), 'utf8'),
);

const typescript = swc.createTransformer({ jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } });
type Process = NonNullable<typeof typescript.process>;

/** The Jest transformer, which adds the mutants to the given files. */
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
