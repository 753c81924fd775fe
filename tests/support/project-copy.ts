import { chmodSync, cpSync, mkdirSync, mkdtempSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from './project.ts';

/** A copy that tests may change, with its own data; it is inside the project, so it finds the dependencies. */
export function copyProject(name: string): string {
  mkdirSync(join(PROJECT, '.data'), { recursive: true });
  const copy = mkdtempSync(join(PROJECT, `.data/${name}-`));
  // PostgreSQL, which must not run as root, needs access to its data.
  chmodSync(copy, 0o755);
  const parts = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.json'];
  for (const part of [...parts, 'scripts', 'shared', 'clients', 'services', 'node_modules/.package-lock.json']) {
    cpSync(join(PROJECT, part), join(copy, part), { recursive: true, preserveTimestamps: true });
  }
  mkdirSync(join(copy, 'node_modules/@oms'), { recursive: true });
  symlinkSync(join(copy, 'shared'), join(copy, 'node_modules/@oms/shared'), 'junction');
  symlinkSync(join(copy, 'clients/typescript'), join(copy, 'node_modules/@oms/client'), 'junction');
  symlinkSync(join(PROJECT, 'node_modules/typescript'), join(copy, 'node_modules/typescript'), 'junction');
  return copy;
}
