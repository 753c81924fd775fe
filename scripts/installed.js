import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What an install that was cut off leaves behind. */
const unfinished = (root) => join(root, 'node_modules/.unfinished');

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

/** Runs an install, and remembers whether it came to its end. Answers its exit code. */
export async function remembered(root, install) {
  if (existsSync(join(root, 'node_modules'))) {
    writeFileSync(unfinished(root), '');
    // Without it npm looks, too, instead of believing it.
    rmSync(join(root, 'node_modules/.package-lock.json'), { force: true });
  }
  const code = await install();
  if (code === 0) rmSync(unfinished(root), { force: true });
  return code;
}
