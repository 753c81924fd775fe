import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Says how long each stage took, which tests failed and with what message, and in the last line how many did. Reads what
 * stages.sh leaves in a folder: `stages`, and for each of them its log and the reports of report.js or newman.
 */
const [reports] = process.argv.slice(2);
const MOST_LINES = 15;
const MOST_FAILURES = 40;

const sum = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

const stages = readFileSync(join(reports, 'stages'), 'utf8').trim().split('\n');
for (const [name, kind, result, seconds] of stages.map((line) => line.split('\t'))) {
  console.log(`${seconds.padStart(6)} s  ${name}`);
  const { passed, skipped, found } = outcomeOf(name, kind);
  sum.passed += passed;
  sum.skipped += skipped;
  if (found.length === 0 && result === 'failed') found.push(lastWordsOf(name));
  failures.push(...found.map((failure) => `${name} › ${failure}`));
}
sum.failed = failures.length;

for (const failure of failures.slice(0, MOST_FAILURES)) console.log(`\nFAILED  ${cut(failure)}`);
if (failures.length > MOST_FAILURES) console.log(`\n… and ${failures.length - MOST_FAILURES} more`);
console.log(`\n${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
if (sum.failed > 0) process.exitCode = 1;

/** A stage that is counted, and of which nothing says how many tests it had, has failed. */
function outcomeOf(name, kind) {
  const none = { passed: 0, skipped: 0, found: [] };
  if (kind !== 'counted') return none;
  try {
    const files = readdirSync(join(reports, name)).filter((file) => file.endsWith('.json'));
    if (files.length === 0) return ofLog(logOf(name));
    const all = files.map((file) => ofReport(JSON.parse(readFileSync(join(reports, name, file), 'utf8'))));
    return all.reduce((one, other) => ({
      passed: one.passed + other.passed,
      skipped: one.skipped + other.skipped,
      found: [...one.found, ...other.found],
    }));
  } catch ({ message }) {
    return { ...none, found: [`its report cannot be read: ${message}\n${lastWordsOf(name)}`] };
  }
}

/** For instance of a check that prints its failures as FAILED, and ends in a line of counts. */
function ofLog(log) {
  const [, passed, failed] = /(\d+) passed, (\d+) failed(?:, \d+ skipped)?\n*$/.exec(log) ?? [];
  if (passed === undefined) throw new Error('its last line has no counts');
  const found = [...new Set(log.match(/^FAILED.*$/gm) ?? [])].map((line) => line.replace(/^FAILED[: ]*/, ''));
  if (found.length === 0 && failed !== '0') found.push(log.trim().split('\n').slice(-MOST_LINES).join('\n'));
  return { passed: Number(passed), skipped: 0, found };
}

function ofReport(report) {
  if (report.run) return ofNewman(report.run);
  const { passed, skipped, failures } = report;
  return { passed, skipped, found: failures.map(({ file, name, message }) => `${file} › ${name}\n${message}`) };
}

/** A request without an answer, or a script that throws, is a failure without an assertion. */
function ofNewman({ stats, failures }) {
  const { total, failed, pending } = stats.assertions;
  const found = failures.map(({ source, error }) => `${source?.name} › ${error.test ?? error.name}\n${error.message}`);
  return { passed: total - failed - pending, skipped: pending, found };
}

function logOf(name) {
  return readFileSync(join(reports, name, 'log'), 'utf8');
}

function lastWordsOf(name) {
  return `it failed, and this is the end of what it said:\n${logOf(name).trim().split('\n').slice(-MOST_LINES).join('\n')}`;
}

function cut(failure) {
  const lines = failure.split('\n');
  return lines.length > MOST_LINES + 1 ? [...lines.slice(0, MOST_LINES + 1), '…'].join('\n') : lines.join('\n');
}
