import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './complaint.js';
import { build, ensureInstalled, runNode, TSC } from './ensure-built.js';
import { completeBinaries } from './postgres-binaries.js';
import { ROOT } from './root.js';

/** Builds (some tests start the services for real), checks the tests' types, runs them. */
export const runTests = (args) =>
  runCommand(async () => {
    await ensureInstalled();
    await build();
    // Without any, the tests that need a PostgreSQL are skipped, or use DATABASE_URL_TEST.
    await completeBinaries();
    process.exitCode =
      (await runNode([TSC, '-p', join(ROOT, 'tests/tsconfig.json')])) ||
      (await runNode([fileURLToPath(import.meta.resolve('jest/bin/jest')), ...args], jestEnvironment()));
  });

/** Jest needs a flag of Node for ES modules, and its worker processes need it too. */
function jestEnvironment() {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  return { ...process.env, NODE_OPTIONS: [process.env.NODE_OPTIONS, ...flags].filter(Boolean).join(' ') };
}
