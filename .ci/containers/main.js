#!/usr/bin/env node
import { checkPrograms } from './both.js';
import { interrupted } from './command.js';
import { down, printLogs } from './compose.js';
import { checkDefault } from './default.js';
import { ensureEngine, releaseEngine } from './engine.js';
import { checkFull } from './full.js';
import { writeHurried } from './hurried.js';
import { checkImages } from './images.js';
import { programs } from './programs.js';
import { Tally } from './tally.js';

/**
 * Builds the images, and tries them out as docker-compose 1 and 2 run them: in memory, and on PostgreSQL, Redis and the rest.
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
  writeHurried();
  await ensureEngine();
  down();
  await checkImages(tally);
  const there = programs();
  console.log(`with ${there.map(({ name }) => name).join(' and ')}`);
  await checkDefault(tally);
  down();
  await checkPrograms(tally, there);
  await checkFull(tally);
} catch (error) {
  tally.ended(error);
} finally {
  if (tally.failed) printLogs();
  clear();
}
process.exitCode = tally.report();
