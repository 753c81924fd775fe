import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';
import type { Mutation } from './mutation.ts';
import { compiles, node } from './node.ts';

/** Whether the test of a mutation fails. All tests run in the copy, with or without the mutation. */

export interface Noticed {
  by: string;
  how: string;
}

interface Outcome {
  file: string;
  title: string;
  failed: boolean;
  message: string;
}

type Judged = Mutation & Required<Pick<Mutation, 'test'>>;
export const isJudged = (mutation: Mutation): mutation is Judged => mutation.test !== undefined;

/** Mutations whose test does not pass without them prove nothing. Returns them with the reason. */
export async function soundness(folder: string, mutations: readonly Judged[]): Promise<Map<Judged, string>> {
  if (mutations.some(({ needs }) => needs === 'build') && !(await compiles(folder)))
    throw new Error('it does not compile');
  const files = [...new Set(mutations.map(({ test }) => test.file))];
  const titles = [...new Set(mutations.map(({ test }) => patternOf(test.title)))];
  const { outcomes, output } = await jest(folder, files, `(${titles.join('|')})$`);
  const wrong = new Map<Judged, string>();
  for (const mutation of mutations) {
    const its = outcomes.filter((outcome) => isOf(mutation, folder, outcome));
    const failed = its.find((outcome) => outcome.failed);
    if (its.length === 0) wrong.set(mutation, `its test does not run here ${outcomes.length > 0 ? '' : output}`);
    else if (failed) wrong.set(mutation, `its test fails without it: ${gist(failed.message)}`);
  }
  return wrong;
}

/** Undefined: the test does not fail. */
export async function noticedBy(folder: string, mutation: Judged): Promise<Noticed | undefined> {
  const { test, needs } = mutation;
  if (needs === 'build' && !(await compiles(folder))) throw new Error('it does not compile');
  const { outcomes, output } = await jest(folder, [test.file], `${patternOf(test.title)}$`);
  const its = outcomes.filter((outcome) => isOf(mutation, folder, outcome));
  if (its.length === 0) throw new Error(`the test does not run with it: ${output}`);
  const failed = its.find((outcome) => outcome.failed);
  return failed && { by: `${test.file} “${failed.title}”`, how: gist(failed.message) };
}

async function jest(folder: string, files: readonly string[], pattern: string) {
  const out = join(folder, '.outcomes.json');
  const reporter = join(PROJECT, 'tests/mutations/reporter.js');
  const bin = join(PROJECT, 'node_modules/jest/bin/jest.js');
  const args = [
    bin,
    '--runInBand',
    '--forceExit',
    '--reporters',
    reporter,
    '--outputFile',
    out,
    '-t',
    pattern,
    '--runTestsByPath',
  ];
  const { output } = await node(folder, [...args, ...files]);
  return { outcomes: JSON.parse(readFileSync(out, 'utf8')) as Outcome[], output };
}

const isOf = ({ test }: Judged, folder: string, { file, title }: Outcome): boolean =>
  file === join(folder, test.file) && new RegExp(`^${patternOf(test.title)}$`).test(title);

/** A title may stand for several tests, with %s or $name where they differ. */
function patternOf(title: string): string {
  return title
    .split(/%[sidfjoO#p]|\$[\w.]+/)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
}

const gist = (message: string): string => {
  const lines = message.split('\n').map((line) => line.trim());
  const told = lines.filter((line) => line !== '' && !line.startsWith('at '));
  return told.slice(0, 4).join(' · ').slice(0, 200);
};
