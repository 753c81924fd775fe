import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PROJECT } from '../../support/project.ts';

function node(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: PROJECT, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const exhaustive = (...args: string[]) => node('tests/simulation/dist/simulation/exhaustive/main.js', ...args);

// These tests run hundreds of simulations, perhaps on a busy machine.
jest.setTimeout(300_000);

describe('every fault at every step of every saga', () => {
  beforeAll(async () => {
    const built = await node('node_modules/typescript/bin/tsc', '-b', 'tests/simulation');
    expect(built).toEqual({ code: 0, output: '' });
  });

  it('alone, and every fiftieth pair of faults, leaves a consistent system', async () => {
    const { code, output } = await exhaustive('--every', '50');
    const [, cases, passed] = /^(\d+) cases, (\d+) passed$/m.exec(output) ?? [];
    expect(output).not.toContain('FAILED');
    expect(Number(cases)).toBeGreaterThan(200);
    expect([code, passed]).toEqual([0, cases]);
  });

  it('is the same again when it is repeated', async () => {
    const one = ['--only', 'place-order: authorize-payment meets a crash after it', '--every', '100', '--trace'];
    const [first, again] = await Promise.all([exhaustive(...one), exhaustive(...one)]);
    expect(first.output).toContain('*** crashes at authorize-payment');
    expect(again.output).toBe(first.output);
  });

  it('is a failure when no case matches', async () => {
    expect((await exhaustive('--only', 'nothing is called so')).code).toBe(1);
  });
});
