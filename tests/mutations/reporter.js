import { writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** Writes what became of every test that ran, by its name, to where --outputFile says. */
export default class Reporter {
  constructor({ outputFile }) {
    this.outputFile = outputFile;
  }

  onRunComplete(_contexts, { testResults }) {
    const tests = testResults.flatMap(({ testFilePath, testResults: tests }) =>
      tests
        .filter(({ status }) => status === 'passed' || status === 'failed')
        .map(({ title, status, failureMessages }) => ({
          ...{ file: testFilePath, title, failed: status === 'failed' },
          message: stripVTControlCharacters(failureMessages.join('\n')),
        })),
    );
    writeFileSync(this.outputFile, JSON.stringify(tests));
  }
}
