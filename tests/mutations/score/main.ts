import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PostgresServer } from '../../servers/postgres.ts';
import { PROJECT } from '../../support/project.ts';
import { isEquivalent } from './equivalent.ts';
import { GROUPS, groupOf, testsIn } from './groups.ts';
import { mutantsOf } from './mutants.ts';
import { reportOf } from './report.ts';
import { sampleOf } from './sample.ts';
import { Trials } from './trial.ts';
import { Verdicts } from './verdicts.ts';

/** Creates all mutants of the given files, and reports those that no test notices. */

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    tests: { type: 'string', multiple: true, default: [] },
    sample: { type: 'string' },
    seed: { type: 'string', default: '1' },
    least: { type: 'string', default: '0' },
    'at-once': { type: 'string', default: '2' },
    report: { type: 'string' },
  },
});
process.chdir(PROJECT);
const groups = (positionals.length > 0 ? positionals : Object.keys(GROUPS)).map((name) => groupOf(name, values.tests));
const verdicts = new Verdicts(Number(values['at-once']));
// On Ctrl-C the result so far is printed.
process.once('SIGINT', () => {
  console.log(reportOf(verdicts).text);
  process.exit(130);
});
const { default: jestConfig } = (await import(`${PROJECT}/jest.config.js`)) as { default: object };
const server = process.env.DATABASE_URL_TEST ? undefined : await PostgresServer.start(['fsync=off']);
try {
  for (const { files, tests } of groups) {
    const all = files.flatMap((file) => mutantsOf(file, readFileSync(file, 'utf8')).mutants);
    const worthTrying = all.filter((mutant) => !isEquivalent(mutant));
    const chosen = values.sample ? sampleOf(worthTrying, Number(values.sample), Number(values.seed)) : worthTrying;
    for (const mutant of all.filter(isEquivalent)) verdicts.equivalent(mutant);
    const env = {
      ...process.env,
      MUTATED_FILES: files.join('\n'),
      DATABASE_URL_TEST: process.env.DATABASE_URL_TEST ?? server?.url(),
    };
    const trials = new Trials(PROJECT, jestConfig, env);
    try {
      await verdicts.find(chosen, tests.flatMap(testsIn), trials);
    } finally {
      trials.close();
    }
  }
  // The report comes first, as deleting the data of the server takes time.
  const { text, score } = reportOf(verdicts);
  console.log(text);
  if (values.report) writeFileSync(values.report, `${JSON.stringify([...verdicts.all.values()], undefined, 2)}\n`);
  if (score < Number(values.least)) {
    console.log(`The score is below ${values.least} %.`);
    process.exitCode = 1;
  }
} finally {
  await server?.stop();
}
