import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Drill } from './drill.ts';

/** Fails a database over, again and again, while customers order. `.ci/failover/run` makes what it needs, and starts it. */
const { values } = parseArgs({
  options: {
    failovers: { type: 'string', default: '5' },
    /** Some kinds of failures, comma-separated. */
    only: { type: 'string' },
    /** The folder for the logs and the history; absent: they are not kept. */
    keep: { type: 'string' },
    /** Asynchronous replication, to see that it is noticed. */
    lax: { type: 'boolean', default: false },
  },
});
const work = values.keep ?? mkdtempSync(join(tmpdir(), 'failover-'));
const say = (line: string) => console.log(line);
const wrong: string[] = [];
let failovers = 0;
const drill = new Drill(work, process.env.TOOLS as string, values.lax, values.only?.split(','), say);
try {
  await drill.start();
  for (; failovers < Number(values.failovers); failovers++) wrong.push(...(await drill.failOver(failovers)));
  wrong.push(...(await drill.judge()));
} catch (error) {
  wrong.push((error as Error).stack ?? String(error));
} finally {
  drill.stop();
}
for (const one of wrong.slice(0, 40)) say(`FAILED  ${one}`);
if (values.keep === undefined) rmSync(work, { recursive: true, force: true, maxRetries: 5 });
say(`${failovers} passed, ${wrong.length} failed`);
process.exit(wrong.length === 0 ? 0 : 1);
