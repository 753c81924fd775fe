import { parseArgs } from 'node:util';
import { copyOfCheckout, without } from './copy.ts';
import { compiles, complaintsOfHarness, failingTests } from './judges.ts';
import { SAFEGUARDS, type Safeguard } from './safeguards.ts';

/** Takes away one safeguard after the other, in a copy, and says who notices. All of them have to be missed. */

const SHOWN = 3;

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, harness: { type: 'boolean', default: false } },
});
const folder = await copyOfCheckout();
let missed = 0;
for (const safeguard of SAFEGUARDS.filter(({ name }) => name.includes(values.only))) {
  const noticed = await without(folder, safeguard, () => whoNotices(safeguard));
  if (noticed.length === 0) missed++;
  console.log(`${noticed.length > 0 ? 'noticed' : 'MISSED '} ${safeguard.name}`);
  for (const line of noticed.slice(0, SHOWN)) console.log(`          ${line}`);
  if (noticed.length > SHOWN) console.log(`          … and ${noticed.length - SHOWN} more`);
}
console.log(missed === 0 ? 'every safeguard is watched' : `${missed} safeguards could go unnoticed`);
process.exit(missed === 0 ? 0 : 1);

/** Tests, and the harness if no test does, or if it was asked for. */
async function whoNotices({ file, tests }: Safeguard): Promise<string[]> {
  if (!(await compiles(folder, 'tests/crash'))) throw new Error(`${file} does not compile without it`);
  const failing = await failingTests(folder, tests);
  return failing.length > 0 && !values.harness ? failing : [...failing, ...(await complaintsOfHarness(folder))];
}
