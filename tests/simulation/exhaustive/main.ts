import { parseArgs } from 'node:util';
import { installFakeGlobals } from '../fake-globals.ts';
import { readable } from '../report.ts';
import { allCases } from './cases.ts';
import { judge } from './judge.ts';

/** Every fault at every step of every saga, and every two of them together. */

const { values } = parseArgs({
  options: {
    /** Only cases whose name contains this. */
    only: { type: 'string', default: '' },
    /** Of the pairs, only every so many. */
    every: { type: 'string', default: '1' },
    trace: { type: 'boolean', default: false },
  },
});

installFakeGlobals();
const every = Number(values.every);
const count = { cases: 0, passed: 0, pairs: 0, bothStruck: 0 };
for (const one of allCases()) {
  if (!one.name.includes(values.only)) continue;
  const isPair = one.sites.length > 1;
  if (isPair && count.pairs++ % every !== 0) continue;
  const { violations, struck, trace, hash } = await judge(one, values.trace);
  count.cases++;
  // One fault may prevent the other one, but at least one of them must happen.
  if (struck === 0) violations.push({ rule: 'struck', id: one.upTo, detail: 'no fault of it ever did' });
  if (isPair && struck === 2) count.bothStruck++;
  if (violations.length === 0) count.passed++;
  if (values.trace) console.log(`${readable(trace).join('\n')}\n${one.name}: trace ${hash}`);
  for (const { rule, id, detail } of violations) console.log(`FAILED ${one.name}\n  ${rule}: ${id}: ${detail}`);
}
console.log(`in ${count.bothStruck} pairs both faults struck; in the others one kept the order from the other`);
console.log(`${count.cases} cases, ${count.passed} passed`);
process.exit(count.passed === count.cases && count.cases > 0 ? 0 : 1);
