import { readFileSync } from 'node:fs';

/** Sums up what report.js and newman's reports count, and what else ends in such a line. One that is not there is a failure. */
const sum = { passed: 0, failed: 0, skipped: 0 };

for (const file of process.argv.slice(2)) {
  const { passed, failed, skipped } = countsOf(file);
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
}
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
if (sum.failed > 0) process.exitCode = 1;

function countsOf(file) {
  try {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.txt')) return ofLastLine(text);
    const report = JSON.parse(text);
    return report.run ? ofNewman(report.run) : report;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}

function ofLastLine(text) {
  const [, passed, failed] = /(\d+) passed, (\d+) failed\n$/.exec(text);
  return { passed: Number(passed), failed: Number(failed), skipped: 0 };
}

/** A request without an answer, or a script that throws, is a failure without an assertion. */
function ofNewman({ stats, failures }) {
  const { total, failed, pending } = stats.assertions;
  return { passed: total - failed - pending, failed: failures.length, skipped: pending };
}
