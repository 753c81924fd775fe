import { runCommand } from '../../scripts/complaint.js';
import { build, ensureInstalled, runNode, TSC } from '../../scripts/ensure-built.js';

const FOLDER = 'ops/prometheus/fire';

/** Lets an alert fire by a real fault, or each in turn: `node ops/prometheus/fire.js SagaStuck`. Needs prometheus on the PATH. */
await runCommand(async () => {
  await ensureInstalled();
  await build();
  if ((await runNode([TSC, '-b', FOLDER])) !== 0) process.exit(1);
  process.exitCode = await runNode([`${FOLDER}/dist/ops/prometheus/fire/main.js`, ...process.argv.slice(2)]);
});
