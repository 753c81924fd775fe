#!/usr/bin/env node
import { interrupted } from './command.js';
import { down, printLogs } from './compose.js';
import { checkDefault } from './default.js';
import { ensureEngine, releaseEngine } from './engine.js';
import { checkFull } from './full.js';
import { checkImages } from './images.js';
import { Tally } from './tally.js';

/**
 * Builds the images, and tries them out as docker-compose runs them: in memory, and on PostgreSQL, Redis and the rest.
 * CONTAINER_ENGINE names a program that brings up an engine and stand-ins for public images; unset: the Docker there is.
 */
const tally = new Tally();

const clear = () => {
  down();
  releaseEngine();
};

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    interrupted.abort();
    clear();
    process.exit(1);
  });
}

try {
  await ensureEngine();
  down();
  await checkImages(tally);
  await checkDefault(tally);
  await checkFull(tally);
} catch (error) {
  tally.ended(error);
} finally {
  if (tally.failed) printLogs();
  clear();
}
process.exitCode = tally.report();
