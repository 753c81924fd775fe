import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { KILLED } from './steps.js';

/** What an install that was cut off leaves behind: not among the packages, which npm may throw away as a whole. */
const unfinished = (root) => join(root, '.data/install-unfinished');

/**
 * Whether the packages are there that the lock file asks for, in its versions. It looks at the packages themselves: times of
 * files say nothing, and npm's own list of what it has installed is also written where nothing is (--package-lock-only).
 */
export function isInstalled(root) {
  if (existsSync(unfinished(root))) return false;
  const wanted = Object.entries(read(join(root, 'package-lock.json')).packages).filter(([path]) => isPackage(path));
  const isThere = ([path, { version, optional, devOptional }]) => {
    const found = nearest(root, path);
    // For another system or processor than this.
    if (!found) return optional || devOptional;
    return version === undefined || found.version === version;
  };
  return wanted.every(isThere) && !hidesOthers(root, new Set(wanted.map(([path]) => path)));
}

const isPackage = (path) => path.includes('node_modules/');
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** A package inside another one hides the one that the lock file means. */
function hidesOthers(root, wanted) {
  const list = join(root, 'node_modules/.package-lock.json');
  const installed = existsSync(list) ? Object.keys(read(list).packages).filter(isPackage) : [];
  return installed.some((path) => path.lastIndexOf('node_modules/') > 0 && !wanted.has(path));
}

/** As Node looks for it: here, or in a folder around. */
function nearest(folder, path) {
  const file = join(folder, path, 'package.json');
  if (existsSync(file)) return read(file);
  const around = dirname(folder);
  return around === folder ? undefined : nearest(around, path);
}

/** Whether there is something that is better than nothing. Half a package has a version, too, and npm believes it. */
export const isUsable = (root) => existsSync(join(root, 'node_modules')) && !existsSync(unfinished(root));

/** Runs an install, and remembers if it did not come to its end. Answers its exit code. */
export async function remembered(root, install) {
  mkdirSync(dirname(unfinished(root)), { recursive: true });
  writeFileSync(unfinished(root), '');
  // Without its list npm looks, too, instead of believing it.
  rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });
  const code = await install();
  // npm that fails puts back what was there; npm that was killed does not.
  if (code < KILLED) rmSync(unfinished(root), { force: true });
  return code;
}
