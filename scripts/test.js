import { requireNode } from './node-version.js';

requireNode();
const { runTests } = await import('./run-tests.js');
await runTests(process.argv.slice(2));
