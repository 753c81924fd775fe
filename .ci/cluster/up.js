#!/usr/bin/env node
import { down, up } from './cluster.js';

/** Has the cluster's programs built, by bringing it up once. */
try {
  await up();
} finally {
  down();
}
