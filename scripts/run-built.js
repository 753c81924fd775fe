import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { requireNode } from './node-version.js';

requireNode();
const { runCommand } = await import('./complaint.js');
const { build, ensureInstalled, runNode } = await import('./ensure-built.js');
const { ROOT } = await import('./root.js');

/** Runs a command that needs the compiled code, with the environment that `npm start` would have. */
await runCommand(async () => {
  const settings = join(ROOT, '.env');
  if (existsSync(settings)) process.loadEnvFile(settings);
  await ensureInstalled();
  await build();
  process.exitCode = await runNode(process.argv.slice(2));
});
