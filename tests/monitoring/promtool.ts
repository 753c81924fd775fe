import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';
import { isInstalled } from '../../ops/prometheus/fire/prometheus.ts';
import { PROMETHEUS } from './files.ts';

const able = isInstalled();

/** Suites that need Prometheus. In CI they also run without it, and fail. */
export const describeWithPrometheus: typeof describe | typeof describe.skip =
  able || process.env.CI ? describe : describe.skip;

/** The exit code; its error messages are printed. */
export function promtool(...args: string[]): number | null {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: PROMETHEUS, encoding: 'utf8' });
  if (status !== 0) process.stderr.write(stdout + stderr);
  return status;
}
