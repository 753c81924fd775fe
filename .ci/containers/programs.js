import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './command.js';

/** Where .ci/stages.sh puts a Compose 2 that it builds, as a plugin of Docker. */
const OWN_PLUGINS = join(ROOT, '.data/docker');

/** docker-compose and docker compose, as far as they are here: Debian has the first, Docker's own packages the second. */
export function programs() {
  const own = existsSync(join(OWN_PLUGINS, 'cli-plugins/docker-compose')) ? { DOCKER_CONFIG: OWN_PLUGINS } : {};
  const found = [
    { command: ['docker-compose'], env: {} },
    { command: ['docker', 'compose'], env: own },
  ].map((one) => ({ ...one, version: versionOf(one) }));
  const there = found.filter(({ version }) => version !== undefined);
  return there.map((one) => ({ ...one, name: `${one.command.join(' ')} ${one.version}` }));
}

function versionOf({ command: [name, ...first], env }) {
  const said = spawnSync(name, [...first, 'version', '--short'], { env: { ...process.env, ...env }, encoding: 'utf8' });
  return said.status === 0 ? said.stdout.trim() : undefined;
}
