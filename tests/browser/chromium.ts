import { spawnSync } from 'node:child_process';

/** Debian's Chromium, unless another one is named. */
export const EXECUTABLE = process.env.CHROMIUM || '/usr/bin/chromium';

export const hasChromium = spawnSync(EXECUTABLE, ['--version']).status === 0;
