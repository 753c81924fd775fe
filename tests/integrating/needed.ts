import { spawnSync } from 'node:child_process';

const works = (program: string, ...args: string[]) => spawnSync(program, args).status === 0;

/** Of the programs that a reader of docs/integrate.md has, one that is missing here. */
export function missing(): string | undefined {
  for (const program of ['curl', 'jq']) if (!works(program, '--version')) return `there is no ${program} on the PATH`;
  return works('python3', '-c', 'import ensurepip, sqlite3') ? undefined : 'there is no python3 with venv on the PATH';
}
