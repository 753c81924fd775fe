import type { Config } from 'jest';
import { whatIsMissing } from './what-is-missing.ts';

/** Prints at the end, where it is seen, why tests were skipped. In CI none are. */
export default async function tearDown(_all: unknown, { testPathIgnorePatterns }: Config): Promise<void> {
  await globalThis.postgresOfTests?.stop();
  if (process.env.CI) return;
  for (const reason of [globalThis.whyNoPostgres, ...whatIsMissing(testPathIgnorePatterns ?? [])])
    if (reason) process.stderr.write(`Tests are skipped because ${reason}.\n`);
}
