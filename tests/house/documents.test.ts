import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from '@jest/globals';
import { shownIn } from '../extending/shown-code.ts';
import { PROJECT } from '../support/project.ts';

const NOT_OURS = new Set(['node_modules', 'dist', '.git', '.data', 'coverage']);
const filesIn = (folder: string): string[] =>
  readdirSync(join(PROJECT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (NOT_OURS.has(entry.name)) return [];
    return entry.isDirectory() ? [`${path}/`, ...filesIn(path)] : [path];
  });
const FILES = filesIn('');
const DOCUMENTS = FILES.filter((path) => path.endsWith('.md'));
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

/** Not files of this project: those of a release, and a function. */
const ELSEWHERE = ['sbom.cdx.json', 'install.yaml', 'express.json'];

it.each(DOCUMENTS)('%s has no dead links', (document) => {
  const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#\s]+)|(?:src|srcset|href)="(?!https?:)([^"#]+)"/g)];
  const targets = links.map(([, link, attribute]) => decodeURI(link ?? (attribute as string)));
  expect(targets.filter((target) => !existsSync(join(PROJECT, dirname(document), target)))).toEqual([]);
});

it.each(DOCUMENTS)('%s names files and folders that exist', (document) => {
  const named = [...read(document).matchAll(/`([\w.-]+(?:\/[\w.-]+)*(?:\.(?:ts|tsx|js|json|sql|md|ya?ml)|\/))`/g)];
  const names = named.map(([, name = '']) => name).filter((name) => !ELSEWHERE.includes(name));
  expect(names.filter((name) => !FILES.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([]);
});

it.each(shownIn())('the code shown in docs/extending.md matches the source: $file', ({ file, from, to }) => {
  if (from === undefined) expect(existsSync(join(PROJECT, file))).toBe(false);
  else expect(read(file).split(from)).toHaveLength(2);
  const imported = [...to.matchAll(/from '@oms\/shared\/(.+)'/g)].map(([, name]) => `shared/src/${name}.ts`);
  const shown = shownIn().map((one) => one.file);
  expect(imported.filter((path) => !shown.includes(path) && !existsSync(join(PROJECT, path)))).toEqual([]);
});
