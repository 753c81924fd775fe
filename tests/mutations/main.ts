import { parseArgs } from 'node:util';
import { PostgresServer } from '../servers/postgres.ts';
import { MUTATIONS } from './all.ts';
import { copyOfCheckout, having } from './copy.ts';
import { rulesBroken } from './machines.ts';
import type { Machine, Mutation } from './mutation.ts';
import { isJudged, noticedBy, soundness } from './named-test.ts';

/** Applies one mutation after the other in a copy, and reports what notices it: its test, or one of the machines. */

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    part: { type: 'string', default: '0/1' },
    judge: { type: 'string', default: 'test' },
  },
});
const [part, parts] = values.part.split('/').map(Number) as [number, number];
const judges: Record<string, (folder: string, chosen: readonly Mutation[]) => Promise<void>> = {
  test: byTests,
  simulation: (folder, chosen) => byMachine(folder, chosen, 'simulation'),
  crash: (folder, chosen) => byMachine(folder, chosen, 'crash'),
};
const judge = judges[values.judge];
if (!judge || !(parts > 0)) throw new Error('usage: [--only regexp] [--part 3/12] [--judge test|simulation|crash]');

const began = Date.now();
const sum = { passed: 0, failed: 0 };
const server = process.env.DATABASE_URL_TEST ? undefined : await PostgresServer.start(['fsync=off']);
process.env.DATABASE_URL_TEST ??= server?.url();
try {
  const chosen = MUTATIONS.filter(({ name, file }) => new RegExp(values.only).test(`${name} ${file}`));
  await judge(
    await copyOfCheckout(),
    chosen.filter((_, i) => i % parts === part % parts),
  );
} finally {
  await server?.stop();
}
console.log(`in ${Math.round((Date.now() - began) / 1000)} s`);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 ? 0 : 1);

async function byTests(folder: string, chosen: readonly Mutation[]): Promise<void> {
  const judged = chosen.filter(isJudged);
  const wrong = await soundness(folder, judged);
  for (const mutation of judged) {
    await tell(mutation, async () => {
      const reason = wrong.get(mutation);
      if (reason) throw new Error(reason);
      const noticed = await having(folder, mutation, () => noticedBy(folder, mutation));
      return noticed && `${noticed.by}: ${noticed.how}`;
    });
  }
}

async function byMachine(folder: string, chosen: readonly Mutation[], machine: Machine): Promise<void> {
  for (const mutation of chosen.filter(({ machines }) => machines?.includes(machine))) {
    await tell(mutation, async () => {
      const rules = await having(folder, mutation, () => rulesBroken(folder, machine));
      return rules.length > 0 && `${machine}: ${rules.join(', ')}`;
    });
  }
}

async function tell({ name, file }: Mutation, judge: () => Promise<string | false | undefined>): Promise<void> {
  let noticed: string | false | undefined;
  let why = 'nobody notices';
  try {
    noticed = await judge();
  } catch (error) {
    why = (error as Error).message;
  }
  sum[noticed ? 'passed' : 'failed']++;
  console.log(noticed ? `noticed  ${name} (${file}) → ${noticed}` : `FAILED  MISSED ${name} (${file}): ${why}`);
}
