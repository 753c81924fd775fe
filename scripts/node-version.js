import { readFileSync } from 'node:fs';

/** Ends the process with one clear line when its Node is older than the project's `engines` ask for. */
export function requireNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const needed = engines.node.replace('>=', '');
  const [needMajor, needMinor] = needed.split('.').map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > needMajor || (major === needMajor && minor >= needMinor)) return;
  console.error(`Node ${needed} or newer is needed; this is Node ${process.versions.node}. See https://nodejs.org`);
  process.exit(1);
}
