import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LONG } from '../tests/long.js';
import { runCommand } from './complaint.js';
import { build, ensureInstalled, runNode, TSC } from './ensure-built.js';
import { completeBinaries } from './postgres-binaries.js';
import { ROOT } from './root.js';

const PLACES = Object.keys(LONG);
const QUICK_ONES = ['--testPathIgnorePatterns', '/node_modules/', '/dist/', ...PLACES];
/** Suites of many processes each have the machine to themselves. */
const LONG_ONES = ['--runInBand', '--testPathPatterns', ...PLACES];
const WHATEVER_MATCHES = [];

/**
 * Builds (some tests start the services for real), checks the tests' types, and runs the quick tests; with `--long` the others,
 * with `--all` both. A path of long ones runs what lies there.
 */
export const runTests = (args) =>
  runCommand(async () => {
    await ensureInstalled();
    console.log('Building, and checking the types of the tests.');
    await build();
    // Without any, the tests that need a PostgreSQL are skipped, or use DATABASE_URL_TEST.
    await completeBinaries();
    process.exitCode = await runNode([TSC, '-p', join(ROOT, 'tests/tsconfig.json')]);
    if (process.exitCode) return;

    const groups = groupsOf(args);
    const asked = args.filter((arg) => arg !== '--all' && arg !== '--long');
    for (const group of groups) process.exitCode = (await jest([...asked, ...group])) || process.exitCode;
    if (groups.length === 1 && groups[0] === QUICK_ONES) sayWhatIsLeftOut();
  });

function groupsOf(args) {
  if (args.includes('--all')) return [QUICK_ONES, LONG_ONES];
  if (args.includes('--long')) return [LONG_ONES];
  const isLong = (arg) => PLACES.some((place) => place.startsWith(arg) || `${arg}/`.startsWith(place));
  return [args.some(isLong) ? WHATEVER_MATCHES : QUICK_ONES];
}

function sayWhatIsLeftOut() {
  console.log(`
Left out: the long tests (${[...new Set(Object.values(LONG))].join(', ')}; they are listed in tests/long.js).
npm run test:all runs them too, npm test -- tests/browser those of one place.`);
}

/** It needs a flag of Node for ES modules, and its worker processes need it too. */
function jest(args) {
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const NODE_OPTIONS = [process.env.NODE_OPTIONS, ...flags].filter(Boolean).join(' ');
  return runNode([fileURLToPath(import.meta.resolve('jest/bin/jest')), ...args], { ...process.env, NODE_OPTIONS });
}
