import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

const LONGEST_MS = 20 * 60_000;

export const compiles = async (folder: string, project = '.'): Promise<boolean> =>
  (await node(folder, [join(PROJECT, 'node_modules/typescript/bin/tsc'), '-b', project])).code === 0;

/** Ends with this process. */
export function node(
  cwd: string,
  args: readonly string[],
  more: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --no-warnings --unhandled-rejections=warn',
      ...more,
    };
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: LONGEST_MS });
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
