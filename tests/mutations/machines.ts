import type { Machine } from './mutation.ts';
import { compiles, node } from './node.ts';

/** Checks that do not know the mechanisms, and compare the records of all services at the end. */

const MOST_SCHEDULES = '2000';
const HOW: Record<Machine, readonly string[]> = {
  simulation: ['tests/simulation/dist/simulation/main.js', '--schedules', MOST_SCHEDULES, '--hurried'],
  crash: ['tests/crash/dist/crash/main.js', '--seconds', '60', '--seed', '11'],
};

/** The broken rules. */
export async function rulesBroken(folder: string, machine: Machine): Promise<string[]> {
  if (!(await compiles(folder, `tests/${machine}`))) throw new Error('it does not compile');
  const { code, output } = await node(folder, HOW[machine]);
  const rules = [...output.matchAll(/^VIOLATION (?!in schedule)([^:]+): /gm)].map(([, rule]) => rule as string);
  if (code !== 0 && rules.length === 0) throw new Error(`it could not be run: ${output}`);
  return [...new Set(rules)];
}
