import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

const SCRIPT = JSON.stringify(join(PROJECT, 'scripts/one-at-a-time.js'));

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oms-'));
  lock = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Processes that start at the same moment, and say when their work begins and ends. */
async function together(count: number): Promise<string[]> {
  const log = join(folder, 'log');
  writeFileSync(log, '');
  const script = `
    import { appendFileSync } from 'node:fs';
    import { oneAtATime } from ${SCRIPT};
    const say = (what) => appendFileSync(${JSON.stringify(log)}, what + process.pid + '\\n');
    await oneAtATime(() => new Promise((done) => (say('begins '), setTimeout(() => (say('ends '), done()), 30))), ${JSON.stringify(lock)});`;
  const all = Array.from({ length: count }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'ignore', 'inherit'] }),
  );
  const codes = await Promise.all(all.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual(all.map(() => 0));
  return readFileSync(log, 'utf8').trim().split('\n');
}

function expectOneAfterAnother(said: string[], count: number): void {
  expect(said).toHaveLength(2 * count);
  for (let i = 0; i < said.length; i += 2) expect(said[i + 1]).toBe(said[i]?.replace('begins', 'ends'));
  expect(readdirSync(folder)).toEqual(['log']);
}

it('terminals that start at the same moment install and build one after another', async () => {
  expectOneAfterAnother(await together(5), 5);
});

it('what a killed process was doing keeps nobody waiting, and only one takes its place', async () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(lock, String(pid));
  expectOneAfterAnother(await together(5), 5);
});

it('a process with the id of one that is gone keeps nobody waiting', async () => {
  writeFileSync(lock, String(process.pid));
  const longAgo = new Date(Date.now() - 31_000);
  utimesSync(lock, longAgo, longAgo);
  expectOneAfterAnother(await together(1), 1);
});
