import { execFile } from 'node:child_process';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

const SEED = '7000';

/** The simulation replaces all time of its process, so it runs in a separate one. */
function node(...args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd: PROJECT, maxBuffer: 2 ** 28 }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, output: stdout + stderr }),
    );
  });
}

const simulate = (...args: string[]) => node('tests/simulation/dist/simulation/main.js', ...args);
const tracesIn = (output: string) => [...output.matchAll(/trace ([0-9a-f]{8})/g)].map(([, hash]) => hash);
const faultsIn = (output: string) => [...output.matchAll(/\*\*\* .*?\(([\w:-]+)\)/g)].map(([, id]) => id as string);

// These tests run whole simulations, perhaps on a busy machine.
jest.setTimeout(600_000);

describe('the simulated world', () => {
  beforeAll(async () => {
    const built = await node('node_modules/typescript/bin/tsc', '-b', 'tests/simulation');
    expect(built).toEqual({ code: 0, output: '' });
  });

  it('keeps every promise through faults of every kind, and reports 0 violations', async () => {
    const { code, output } = await simulate('--schedules', '100', '--seed', SEED);
    expect(output.trim().split('\n').at(-1)).toMatch(/^100 schedules, [1-9][\d,]+ faults injected, 0 violations$/);
    expect(code).toBe(0);
    const [, injected] = /^injected: (.+)$/m.exec(output) ?? [];
    expect(injected).toContain(' clock jumps back');
    expect(injected?.match(/\b0 [a-z][^,]*/g)).toBeNull();
    const [, seen] = /^seen: (.+)$/m.exec(output) ?? [];
    for (const sight of [
      'orders taken over from another runner',
      'undos before an open breaker',
      'sagas undone',
      'unknown outcomes told',
      'bad tokens refused',
      'people limited',
      'parcels shipped',
      'items cancelled',
      'items returned',
      'refunds without goods',
    ])
      expect(seen).toContain(` ${sight}`);
  });

  it('keeps every promise when a process crashes before or after any one of its writes and sends', async () => {
    const { code, output } = await simulate('--schedules', '1', '--seed', '7', '--crashes-everywhere');
    const [, schedules, faults] = /^(\d+) schedules, (\d+) faults injected, 0 violations$/m.exec(output) ?? [];
    expect(Number(schedules)).toBeGreaterThan(60);
    expect(Number(faults)).toBe(Number(schedules) - 1);
    const half = Number(faults) / 2;
    expect(output).toContain(`, ${half} crash before, ${half} crash after, 0 freeze`);
    expect(code).toBe(0);
  });

  it('repeats a run exactly from its seed', async () => {
    const [first, again, other] = await Promise.all(
      [SEED, SEED, '7100'].map((seed) => simulate('--schedules', '8', '--seed', seed, '--trace')),
    );
    expect(tracesIn(first?.output ?? '')).toHaveLength(8);
    expect(again?.output.replace(/^[\d.]+ s, seeds/m, '')).toBe(first?.output.replace(/^[\d.]+ s, seeds/m, ''));
    expect(tracesIn(other?.output ?? '')).not.toEqual(tracesIn(first?.output ?? ''));
  });

  it('repeats a run with only some of its customers and faults', async () => {
    const { output } = await simulate(
      '--schedules',
      '1',
      '--seed',
      '3',
      '--customers',
      '1',
      '--faults',
      'none',
      '--trace',
    );
    expect(faultsIn(output)).toEqual([]);
    expect(output).toContain('private-to-c1');
    expect(output).not.toContain('private-to-c2');
    expect(output).toMatch(/^1 schedules, 0 faults injected, 0 violations$/m);
  });

  it('prints its usage when an option is invalid', async () => {
    const { code, output } = await simulate('--schedules', 'many');
    expect(code).toBe(2);
    expect(output).toContain('usage: npm run simulate');
  });
});
