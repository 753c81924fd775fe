import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

jest.setTimeout(60_000);

const folder = mkdtempSync(join(tmpdir(), 'report-'));
const file = join(folder, 'jest.json');
afterAll(() => rmSync(folder, { recursive: true }));

const run = (args: string[]) =>
  new Promise<number>((resolve) =>
    execFile(process.execPath, args, { cwd: PROJECT }, (error) => resolve(Number(error?.code ?? 0))),
  );

describe('a run with failed tests', () => {
  let code: number;
  beforeAll(async () => {
    const jestBin = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
    const these = ['--ci', '--testMatch', '**/tests/report/*.fixture.ts'];
    code = await run([...jestBin, ...these, '--reporters', './.ci/report.js', '--outputFile', file]);
  });

  it('is reported with the name and message of each, even if JSON cannot represent the values', () => {
    const failure = (name: string, message: string, of = 'red') => ({
      ...{ file: `tests/report/${of}.fixture.ts`, name },
      message: expect.stringContaining(message),
    });
    const { failures, ...counts } = JSON.parse(readFileSync(file, 'utf8'));
    expect([code, counts]).toEqual([1, { passed: 1, failed: 3, skipped: 1 }]);
    expect(failures.toSorted((a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1))).toEqual([
      failure('a failure that holds a number that JSON does not have', '"number": 1n'),
      failure('a failure that holds an answer with its connection', 'Expected: "anything else"'),
      failure('cannot be run', 'this file of tests cannot even be loaded', 'unloadable'),
    ]);
  });
});
