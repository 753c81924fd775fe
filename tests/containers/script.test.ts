import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../support/until.ts';
import { PROJECT } from './compose-files.ts';

/** A fake Docker that records its arguments; the test defines what `build` does. */
const fake = (build: string) => `#!/bin/sh
echo "$(basename "$0") $*" >> "$ASKED"
case "$*" in build*) ${build};; esac
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'containers-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(build: string) {
  for (const program of ['docker', 'docker-compose']) {
    writeFileSync(join(folder, program), fake(build));
    chmodSync(join(folder, program), 0o755);
  }
  const { CONTAINER_ENGINE: _none, ...env } = process.env;
  const ours = { PATH: `${folder}${delimiter}${process.env.PATH}`, ASKED: join(folder, 'asked') };
  const child = spawn(process.execPath, [join(PROJECT, '.ci/containers/main.js')], { env: { ...env, ...ours } });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, ended, output: () => output };
}

const asked = () =>
  existsSync(join(folder, 'asked')) ? readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') : [];
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const removal = expect.stringMatching(/^docker-compose --env-file .env.full.example down --volumes/);

describe('.ci/containers, when the build of an image fails,', () => {
  it('reports it, skips the checks, and fails', async () => {
    const { ended, output } = start('echo "no space left" >&2; exit 3');
    expect(await ended).toBe(1);
    expect(output()).toMatch(/^FAILED {2}all images are built .*ended with 3:\nno space left$/m);
    expect(output()).toMatch(/\n0 passed, 1 failed\n$/);
    expect(asked().filter((line) => / (up|run) /.test(line))).toEqual([]);
  });

  it('removes all containers after it has shown their logs', async () => {
    await start('exit 3').ended;
    const [last, beforeLast] = asked()
      .reverse()
      .filter((line) => line.startsWith('docker-compose'));
    expect(last).toEqual(removal);
    expect(beforeLast).toContain('logs');
  });
});

describe('.ci/containers, on SIGTERM,', () => {
  it('stops its child processes, and removes all containers', async () => {
    const { child, ended, output } = start('echo $$ > "$ASKED.pid"; exec sleep 600');
    await until(() => existsSync(join(folder, 'asked.pid')));
    const before = asked().length;
    child.kill('SIGTERM');
    expect(await ended).toBe(1);
    expect(asked().slice(before)).toContainEqual(removal);
    expect(output()).not.toContain('passed');
    const builder = Number(readFileSync(join(folder, 'asked.pid'), 'utf8'));
    await until(() => !isAlive(builder));
  });
});
