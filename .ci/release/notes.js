#!/usr/bin/env node
import { join } from 'node:path';
import { runCommand } from '../../scripts/complaint.js';
import { ROOT } from '../../scripts/root.js';
import { notesOf } from './changelog.js';

/** Prints what CHANGELOG.md says of a version: `node .ci/release/notes.js 1.0.0`. */
await runCommand(() => {
  console.log(notesOf(join(ROOT, 'CHANGELOG.md'), process.argv[2]));
});
