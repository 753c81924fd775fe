import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';

/** The last release, built once in a folder of its own. A newer tag, where there is one, counts more than the file. */
export function lastRelease(): { version: string; folder: string } {
  const named = JSON.parse(readFileSync(join(PROJECT, 'tests/upgrades/release.json'), 'utf8'));
  const { version, commit } = tagged() ?? (named as { version: string; commit: string });
  const folder = join(PROJECT, '.data/releases', commit);
  const built = join(folder, '.built');
  if (existsSync(built)) return { version, folder };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['-C', PROJECT, 'archive', commit], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder, stdio: 'inherit' });
  run('npm', 'ci', '--no-audit', '--no-fund', '--loglevel=error');
  run('npx', 'tsc', '-b');
  writeFileSync(built, '');
  return { version, folder };
}

function tagged(): { version: string; commit: string } | undefined {
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', PROJECT, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const version = git('describe', '--tags', '--abbrev=0', '--match', 'v[0-9]*', 'HEAD^');
    return { version, commit: git('rev-parse', `${version}^{commit}`) };
  } catch {
    return undefined;
  }
}
