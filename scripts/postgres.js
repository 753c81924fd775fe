import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Complaint } from './complaint.js';
import { ROOT } from './root.js';

/** Where it keeps everything. */
export const DATA = join(ROOT, '.data/postgres');

const PROCESS = fileURLToPath(new URL('postgres-process.js', import.meta.url));

/** Brings up the project's own PostgreSQL, in a session of its own: services that are told to stop still need it. */
export function launchPostgres(onLost) {
  const child = fork(PROCESS, {
    cwd: ROOT,
    detached: true,
    windowsHide: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  let stopping = false;
  return {
    /** The server's address, as soon as it takes connections. */
    async url() {
      const [said] = await Promise.race([once(child, 'message'), ended]);
      if (!said?.url) throw new Complaint(said?.trouble ?? 'PostgreSQL could not be started.');
      ended.then(() => stopping || onLost());
      return said.url;
    },
    async stop(withinMs) {
      stopping = true;
      if (child.connected) child.send({ stopWithinMs: withinMs }, () => {});
      await ended;
    },
  };
}
