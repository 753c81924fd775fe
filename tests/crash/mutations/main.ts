import { mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../root.ts';
import { compiles, complaintsOfHarness, failingTests } from './judges.ts';
import { SAFEGUARDS, type Safeguard } from './safeguards.ts';

/** Takes away one safeguard after the other, in a copy, and says who notices. All of them have to be missed. */

const LEFT_OUT = /(^|[/\\])(node_modules|dist|coverage|\.git|\.data|\.mutant-[^/]*)$/;
const SHOWN = 3;

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, harness: { type: 'boolean', default: false } },
});
// Inside the checkout, so that what is installed there is found.
const folder = mkdtempSync(join(ROOT, '.mutant-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

await copy();
let missed = 0;
for (const safeguard of SAFEGUARDS.filter(({ name }) => name.includes(values.only))) {
  const noticed = await without(safeguard);
  if (noticed.length === 0) missed++;
  console.log(`${noticed.length > 0 ? 'noticed' : 'MISSED '} ${safeguard.name}`);
  for (const line of noticed.slice(0, SHOWN)) console.log(`          ${line}`);
  if (noticed.length > SHOWN) console.log(`          … and ${noticed.length - SHOWN} more`);
}
console.log(missed === 0 ? 'every safeguard is watched' : `${missed} safeguards could go unnoticed`);
process.exit(missed === 0 ? 0 : 1);

/** Who notices that it is gone: tests, and the harness if no test does, or if it was asked for. */
async function without({ file, from, to, tests }: Safeguard): Promise<string[]> {
  const path = join(folder, file);
  const source = await readFile(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    if (!(await compiles(folder))) throw new Error(`${file} does not compile without it`);
    const failing = await failingTests(folder, tests);
    return failing.length > 0 && !values.harness ? failing : [...failing, ...(await complaintsOfHarness(folder))];
  } finally {
    await writeFile(path, source);
  }
}

async function copy(): Promise<void> {
  const filter = (path: string) => !LEFT_OUT.test(path);
  for (const name of (await readdir(ROOT)).filter(filter)) {
    await cp(join(ROOT, name), join(folder, name), { recursive: true, filter });
  }
  const scope = join(folder, 'node_modules/@oms');
  await mkdir(scope, { recursive: true });
  await symlink('../../shared', join(scope, 'shared'));
  for (const service of await readdir(join(folder, 'services'))) {
    await symlink(`../../services/${service}`, join(scope, service));
  }
}
