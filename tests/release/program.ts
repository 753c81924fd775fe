import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

export interface Ended {
  code: number;
  said: string;
}

/** Runs a program of .ci/release. */
export function run(name: string, args: string[], { env = {}, cwd = PROJECT } = {}): Promise<Ended> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 2 ** 24 };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(PROJECT, '.ci/release', name), ...args], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), said: stdout + stderr }),
    );
  });
}
