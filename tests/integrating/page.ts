import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

const BLOCKS = [
  ...readFileSync(join(PROJECT, 'docs/integrate.md'), 'utf8').matchAll(/^```(.*)\n([\s\S]*?)^```$/gm),
].map(([, opening = '', text = '']) => ({ name: opening.split(' ')[1] ?? '', text }));

/** A block is named behind its language, which no reader sees. */
export const NAMES = new Set(BLOCKS.map(({ name }) => name));

/** The blocks of docs/integrate.md with this name, from the first to the last, as one text. */
export function shown(name: string): string {
  if (!NAMES.has(name)) throw new Error(`no block is named ${name}`);
  return BLOCKS.filter((block) => block.name === name)
    .map(({ text }) => text)
    .join('');
}
