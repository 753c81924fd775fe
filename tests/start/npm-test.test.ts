import { execFileSync, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

const LIST: string = '../long.js';
const { LONG } = (await import(LIST)) as { LONG: Record<string, string> };

/** A project with our scripts, and with fake tools that print their arguments. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'testing-'));
  for (const part of ['scripts', 'tests/long.js']) cpSync(join(PROJECT, part), join(root, part), { recursive: true });
  const none = JSON.stringify({ packages: {} });
  const files = {
    'package.json': JSON.stringify({ type: 'module', engines: { node: '>=20.19' } }),
    'package-lock.json': none,
    'node_modules/.package-lock.json': none,
    'node_modules/typescript/bin/tsc': '',
    'services/console/build.js': '',
    'node_modules/jest/package.json': JSON.stringify({ exports: { './bin/jest': './jest.cjs' } }),
    'node_modules/jest/jest.cjs': 'console.log("jest", ...process.argv.slice(2)); process.exitCode = process.env.FAILS',
  };
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
});
afterEach(() => rmSync(root, { recursive: true }));

async function npmTest(args: string[], env: Record<string, string> = {}) {
  const script = spawn(process.execPath, [join(root, 'scripts/test.js'), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  script.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const code = await new Promise((resolve) => script.on('close', resolve));
  return { code, output, runs: output.split('\n').filter((line) => line.startsWith('jest')) };
}

const places = Object.keys(LONG).join(' ');
const QUICK = `--testPathIgnorePatterns /node_modules/ /dist/ ${places}`;
const REST = `--runInBand --testPathPatterns ${places}`;

describe('npm test', () => {
  it('runs the quick tests, and names at the end the tests that it skipped and the command for them', async () => {
    const { code, output, runs } = await npmTest([]);
    expect([code, runs]).toEqual([0, [`jest ${QUICK}`]]);
    expect(output).toMatch(/\nLeft out: the long tests \(a browser, Kafka, .*\n.*npm run test:all.*\n$/);
  });

  it.each([
    ['quick ones', ['services/order', '-t', 'x'], [`jest services/order -t x ${QUICK}`]],
    ['long ones', ['tests/browser/load'], ['jest tests/browser/load']],
    ['a long file', ['tests/start/start.test.ts'], ['jest tests/start/start.test.ts']],
    ['all that lies in a folder', ['tests/simulation'], ['jest tests/simulation']],
    ['the others', ['--long', '--ci'], [`jest --ci ${REST}`]],
    ['all', ['--all', '--ci'], [`jest --ci ${QUICK}`, `jest --ci ${REST}`]],
  ])('runs %s when asked to: %j', async (_what, args, runs) => {
    expect((await npmTest(args)).runs).toEqual(runs);
  });

  it('fails when one of its runs fails, after the other runs', async () => {
    const { code, runs } = await npmTest(['--all'], { FAILS: '3' });
    expect([code, runs.length]).toEqual([3, 2]);
  });
});

describe('the tests', () => {
  const tests = execFileSync('git', ['ls-files', '*.test.ts'], { cwd: PROJECT, encoding: 'utf8' }).split('\n');

  it('are all in folders where jest finds them', () => {
    expect(tests.filter((file) => file && !/^(shared|clients|services|tests)\//.test(file))).toEqual([]);
  });

  it.each(Object.keys(LONG))('exist in every folder of long tests: %s', (place) => {
    expect(tests.some((file) => file.startsWith(place))).toBe(true);
  });
});
