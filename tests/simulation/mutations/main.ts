import { parseArgs } from 'node:util';
import { copyOfCheckout, without } from '../../crash/mutations/copy.ts';
import { compiles, node } from '../../crash/mutations/judges.ts';
import { SAFEGUARDS, type Safeguard } from '../../crash/mutations/safeguards.ts';
import { MORE_SAFEGUARDS, OUT_OF_SIGHT } from './safeguards.ts';

/** Takes away one safeguard after the other, in a copy, and says how many schedules it takes to notice. */

const MOST_SCHEDULES = '2000';

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const folder = await copyOfCheckout();
let missed = 0;
for (const safeguard of [...SAFEGUARDS, ...MORE_SAFEGUARDS].filter(({ name }) => name.includes(values.only))) {
  const { name } = safeguard;
  const reason = OUT_OF_SIGHT[name];
  const found = reason ? undefined : await without(folder, safeguard, () => schedulesUntilFound(safeguard));
  if (!found && !reason) missed++;
  console.log(`${name.padEnd(70)} ${reason ?? found ?? `MISSED in ${MOST_SCHEDULES} schedules`}`);
}
console.log(missed === 0 ? 'every safeguard is watched' : `${missed} safeguards could go unnoticed`);
process.exit(missed === 0 ? 0 : 1);

async function schedulesUntilFound({ file }: Safeguard): Promise<string | undefined> {
  if (!(await compiles(folder, 'tests/simulation'))) throw new Error(`${file} does not compile without it`);
  const args = ['--schedules', MOST_SCHEDULES, '--hurried'];
  const { code, output } = await node(folder, ['tests/simulation/dist/simulation/main.js', ...args]);
  const [, schedules] = /^(\d+) schedules, /m.exec(output) ?? [];
  if (code === 0) return undefined;
  if (schedules === undefined) throw new Error(`the simulation could not be run: ${output}`);
  const rules = [...output.matchAll(/^VIOLATION (?!in schedule)([^:]+): /gm)].map(([, rule]) => rule);
  return `found after ${schedules} schedules: ${[...new Set(rules)].join(', ')}`;
}
