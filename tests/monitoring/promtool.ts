import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';
import { isInstalled } from '../../ops/prometheus/fire/prometheus.ts';
import { PROMETHEUS } from './files.ts';

/** Suites that need these programs. In CI they also run without them, and fail. */
export const describeWith = (...programs: string[]): typeof describe | typeof describe.skip =>
  programs.every((program) => isInstalled(program)) || process.env.CI ? describe : describe.skip;

export const describeWithPrometheus = describeWith('prometheus');

/** The exit code; its error messages are printed. */
export function promtool(...args: string[]): number | null {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: PROMETHEUS, encoding: 'utf8' });
  if (status !== 0) process.stderr.write(stdout + stderr);
  return status;
}
