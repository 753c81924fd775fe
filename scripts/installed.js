import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What an install that was cut off leaves behind. */
const unfinished = (root) => join(root, 'node_modules/.unfinished');

/** Whether what the lock file asks for is what npm says that it has installed. Times of files say nothing. */
export function isInstalled(root) {
  const installed = packagesIn(join(root, 'node_modules/.package-lock.json'));
  if (!installed || existsSync(unfinished(root))) return false;
  const { '': _project, ...wanted } = packagesIn(join(root, 'package-lock.json'));
  const isThere = ([path, one]) => (installed[path] ? same(installed[path], one) : mayBeMissing(one));
  return Object.entries(wanted).every(isThere) && Object.keys(installed).every((path) => path in wanted);
}

const same = (one, other) =>
  one.version === other.version && one.integrity === other.integrity && one.resolved === other.resolved;

/** For other systems or processors than this one. */
const mayBeMissing = ({ optional, devOptional }) => optional || devOptional;

function packagesIn(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : undefined;
}

/** Runs an install, and remembers whether it came to its end. Answers its exit code. */
export async function remembered(root, install) {
  const there = existsSync(join(root, 'node_modules'));
  if (there) writeFileSync(unfinished(root), '');
  const code = await install();
  if (code === 0) rmSync(unfinished(root), { force: true });
  return code;
}
