import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkoutOf = (path: string): string =>
  existsSync(join(path, 'tsconfig.base.json')) ? path : checkoutOf(dirname(path));

/** The folder of the project, whether this file is compiled or not. */
export const PROJECT = checkoutOf(fileURLToPath(import.meta.url));

/** The services with a process of their own; the console has none. */
export const SERVICES = readdirSync(join(PROJECT, 'services'))
  .filter((name) => existsSync(join(PROJECT, 'services', name, 'src/config.ts')))
  .sort();
