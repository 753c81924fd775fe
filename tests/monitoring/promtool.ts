import { spawnSync } from 'node:child_process';
import { describe } from '@jest/globals';
import { isInstalled } from '../../ops/prometheus/fire/prometheus.ts';
import { PROMETHEUS } from './files.ts';

const able = isInstalled();

/** In CI they fail without a Prometheus. */
export const describeWithPrometheus: typeof describe | typeof describe.skip =
  able || process.env.CI ? describe : describe.skip;

/** How it ended; what it complains about is shown. */
export function promtool(...args: string[]): number | null {
  const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: PROMETHEUS, encoding: 'utf8' });
  if (status !== 0) process.stderr.write(stdout + stderr);
  return status;
}
