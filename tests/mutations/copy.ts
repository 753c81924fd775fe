import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from '../support/project.ts';
import type { Mutation } from './mutation.ts';

const LEFT_OUT = /(^|[/\\])(node_modules|coverage|\.git|\.data|\.mutant-[^/]*)$/;

/** A copy of the checkout, inside it, so that it finds the installed packages. It is deleted when this process exits. */
export async function copyOfCheckout(): Promise<string> {
  const folder = mkdtempSync(join(PROJECT, '.mutant-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));

  const filter = (path: string) => !LEFT_OUT.test(path);
  for (const name of (await readdir(PROJECT)).filter(filter)) {
    await cp(join(PROJECT, name), join(folder, name), { recursive: true, filter, preserveTimestamps: true });
  }
  // Scripts run the compiler by its path.
  const installed = join(folder, 'node_modules');
  await mkdir(installed);
  for (const name of await readdir(join(PROJECT, 'node_modules')))
    if (name !== '@oms') await symlink(join(PROJECT, 'node_modules', name), join(installed, name));
  const scope = join(installed, '@oms');
  await mkdir(scope);
  await symlink('../../shared', join(scope, 'shared'));
  await symlink('../../clients/typescript', join(scope, 'client'));
  for (const service of await readdir(join(folder, 'services'))) {
    await symlink(`../../services/${service}`, join(scope, service));
    const own = join('services', service, 'node_modules');
    if (existsSync(join(PROJECT, own))) await symlink(join(PROJECT, own), join(folder, own));
  }
  return folder;
}

/** Runs a function while the copy has the mutation. */
export async function having<T>(folder: string, { file, from, to }: Mutation, act: () => Promise<T>): Promise<T> {
  const path = join(folder, file);
  const source = await readFile(path, 'utf8');
  if (source.split(from).length !== 2) throw new Error(`${file} does not have this once: ${from}`);
  await writeFile(
    path,
    source.replace(from, () => to),
  );
  try {
    return await act();
  } finally {
    await writeFile(path, source);
  }
}
