import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ROOT } from './root.js';

const FILE = join(ROOT, '.data/internal-token');

/**
 * With AUTH_MODE=jwt services ask for a token that only they have. Where none is given one is made up, and kept, so that a
 * service that is started by itself has the same.
 */
export function insideToken({ AUTH_MODE, INTERNAL_TOKEN }, file = FILE) {
  if (AUTH_MODE !== 'jwt' || INTERNAL_TOKEN) return {};
  mkdirSync(dirname(file), { recursive: true });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, randomBytes(32).toString('hex'), { mode: 0o600 });
  try {
    // All of it or nothing, and the first one stays.
    linkSync(own, file);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return { INTERNAL_TOKEN: readFileSync(file, 'utf8') };
}
