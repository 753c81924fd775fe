import { readFileSync } from 'node:fs';
import { until } from '../containers/command.js';
import { start } from './cluster.js';

const SCRIPT = readFileSync(new URL('customers.mjs', import.meta.url), 'utf8');
const FLOWS_LIMIT_MS = 30_000;
const AT_FIRST = 20;
const AFTERWARDS = 40;

/** Customers order while `act` is performed, and a while longer. Answers what they saw. */
export async function underLoad(act, perSecond = 12) {
  const customers = start('load', `const PER_SECOND = ${perSecond};\n${SCRIPT}`);
  const answered = () =>
    customers
      .said()
      .split('\n')
      .filter((line) => line.startsWith('20')).length;
  const flows = (from, count) =>
    until(
      FLOWS_LIMIT_MS,
      () => answered() >= from + count,
      () => `only ${answered() - from} orders were placed`,
    );
  let seen;
  try {
    await flows(0, AT_FIRST);
    seen = await act({ answered, flows });
    await flows(answered(), AFTERWARDS);
  } finally {
    customers.end();
    await customers.ended;
  }
  return { ...JSON.parse(customers.said().trim().split('\n').at(-1)), seen };
}

export const inWords = ({ requests, failed, seconds, gap, codes, lost, repeated, pending }) =>
  `${requests} requests, ${failed} failed${failed ? ` (${codes})` : ''}, ${seconds} s, longest pause ${gap} s, ${lost} lost, ${repeated} sent again, ${pending} answered with 202`;
