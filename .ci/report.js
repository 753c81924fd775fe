import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Writes what a run of jest came to, to where --outputFile says. Jest's own --json writes nothing when a failure holds a socket. */
export default class Report {
  constructor({ rootDir, outputFile }) {
    this.rootDir = rootDir;
    this.outputFile = outputFile;
  }

  onRunComplete(_contexts, { numPassedTests, numPendingTests, numTodoTests, testResults }) {
    if (!this.outputFile) return;
    const failures = testResults.flatMap((file) => this.#failuresOf(file));
    const counts = { passed: numPassedTests, failed: failures.length, skipped: numPendingTests + numTodoTests };
    writeFileSync(this.outputFile, JSON.stringify({ ...counts, failures }, undefined, 2));
  }

  /** What is wrong with a file as a whole is a failure of its own, beside those of its tests. */
  #failuresOf({ testFilePath, testResults, testExecError, failureMessage }) {
    const file = relative(this.rootDir, testFilePath);
    const failure = (name, message) => ({ file, name, message: stripVTControlCharacters(message) });
    const failed = testResults.filter(({ status }) => status === 'failed');
    return [
      ...failed.map(({ fullName, failureMessages }) => failure(fullName, failureMessages.join('\n'))),
      ...(testExecError ? [failure('cannot be run', failureMessage ?? '')] : []),
    ];
  }
}
