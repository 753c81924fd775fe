import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'summary-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs these stages as CI does; returns the exit code and the summary. */
const run = (...stages: string[]) =>
  new Promise<{ code: number; summary: string }>((resolve) => {
    const script = ['set -euo pipefail', 'source .ci/stages.sh', 'begin', ...stages, 'echo END', 'conclude'].join('\n');
    const { REPORTS: _none, ...env } = process.env;
    execFile('bash', ['-c', script], { cwd: PROJECT, env }, (error, stdout) =>
      resolve({ code: Number(error?.code ?? 0), summary: stdout.split('\nEND\n')[1] ?? stdout }),
    );
  });

/** A stage that writes this report. */
function leaving(name: string, report: object): string {
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify(report));
  return `${name}() { cp ${file} "$out/report.json"; return ${name.startsWith('red') ? 1 : 0}; }; counts ${name} ${name}`;
}

const newman = (failures: object[]) => ({
  run: { stats: { assertions: { total: 5, failed: failures.length, pending: 1 } }, failures },
});

it('a run without failures ends with the total of its stages, and the time of each', async () => {
  const { code, summary } = await run(
    leaving('jest', { passed: 3, failed: 0, skipped: 1, failures: [] }),
    leaving('api', newman([])),
    `counts images echo '2 passed, 0 failed'`,
    'check lint true',
  );
  expect(summary.match(/^ +\d+ s {2}\w+$/gm)).toHaveLength(4);
  expect(summary).toMatch(/\n9 passed, 0 failed, 2 skipped\n$/);
  expect(code).toBe(0);
});

it('a failure is listed at the end with its message, and later stages still run', async () => {
  const failures = [{ file: 'a.test.ts', name: 'holds', message: `Expected: 1\n${'more\n'.repeat(100)}` }];
  const { code, summary } = await run(
    leaving('red-jest', { passed: 3, failed: 1, skipped: 0, failures }),
    leaving('red-api', newman([{ source: { name: 'GET a' }, error: { test: 'is 200', message: 'it was 500' } }])),
    `counts images sh -c "echo 'FAILED  no space left'; echo '2 passed, 1 failed'; exit 1"`,
    `check lint sh -c "echo a semicolon; exit 1"`,
    'check after true',
  );
  for (const said of ['a.test.ts › holds\nExpected: 1', 'GET a › is 200\nit was 500', 'no space left', 'a semicolon'])
    expect(summary).toContain(said);
  expect(summary.split('\n').length).toBeLessThan(60);
  expect(summary).toMatch(/ after\n/);
  expect(summary).toMatch(/\n8 passed, 4 failed, 1 skipped\n$/);
  expect(code).toBe(1);
});

it.each([
  ['writes no report', 'counts tests true'],
  ['is aborted', 'counts tests false'],
  ['writes half a report', `half() { echo '{"passed": 1' > "$out/a.json"; }; counts tests half`],
])('a stage that %s counts as failed', async (_how, stage) => {
  const { code, summary } = await run(stage);
  expect(summary).toMatch(/\n0 passed, 1 failed, 0 skipped\n$/);
  expect(code).toBe(1);
});
