import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../../support/project.ts';
import type { Mutation } from '../mutation.ts';

/** A mutation for a row of docs/guarantees.md, with that row's name; the row says which test turns red. */
export type Promised = Omit<Mutation, 'test'>;

interface Row {
  name: string;
  test: { file: string; title: string };
}

const ROW = /^\| (.+?) \| \[[^\]]+\]\(\.\.\/([^)]+)\) “([^”]+)” \|$/gm;

/** All rows of docs/guarantees.md. */
export const rows: readonly Row[] = [...readFileSync(join(PROJECT, 'docs/guarantees.md'), 'utf8').matchAll(ROW)].map(
  ([, name, file, title]) => ({ name, test: { file, title } }) as Row,
);

export function withTest(promised: Promised): Mutation {
  const row = rows.find(({ name }) => name === promised.name);
  if (!row) throw new Error(`docs/guarantees.md does not promise this: ${promised.name}`);
  return { ...promised, test: row.test };
}
