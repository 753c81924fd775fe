import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkoutOf = (path: string): string =>
  existsSync(join(path, 'tsconfig.base.json')) ? path : checkoutOf(dirname(path));

/** Its folder, whether this is run as it is or compiled. */
export const PROJECT = checkoutOf(fileURLToPath(import.meta.url));

/** What runs as a process of its own: the console does not. */
export const SERVICES = readdirSync(join(PROJECT, 'services'))
  .filter((name) => existsSync(join(PROJECT, 'services', name, 'src/config.ts')))
  .sort();
