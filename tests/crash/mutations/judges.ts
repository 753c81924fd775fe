import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../../project.ts';

const HARNESS = ['--seconds', '60', '--seed', '11'];

export const compiles = async (folder: string, project: string): Promise<boolean> =>
  (await node(folder, [join(PROJECT, 'node_modules/typescript/bin/tsc'), '-b', project])).code === 0;

/** The names of the tests that fail. (Jest's report in JSON chokes on failures that hold a socket.) */
export async function failingTests(folder: string, paths: readonly string[]): Promise<string[]> {
  const { code, output } = await node(folder, [join(PROJECT, 'node_modules/jest/bin/jest.js'), ...paths]);
  const names = [...output.matchAll(/^ {2}● (.+)$/gm)].map(([, name]) => `test: ${name}`);
  if (code !== 0 && names.length === 0) throw new Error(`the tests could not be run: ${output}`);
  return [...new Set(names)];
}

/** How often the harness found which rule broken. */
export async function complaintsOfHarness(folder: string): Promise<string[]> {
  const { output } = await node(folder, ['tests/crash/dist/crash/main.js', ...HARNESS]);
  const rules = [...output.matchAll(/^VIOLATION ([^:]+)/gm)].map(([, rule]) => rule as string);
  return [...new Set(rules)].map((rule) => `harness: ${rule}, ${rules.filter((one) => one === rule).length} times`);
}

export function node(cwd: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules' };
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const end = () => child.kill();
    process.once('exit', end);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      process.off('exit', end);
      resolve({ code, output });
    });
  });
}
