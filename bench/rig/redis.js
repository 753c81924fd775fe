import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { startProgram } from './child.js';
import { freePort } from './postgres.js';
import { cpuMsOf } from './usage.js';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis that keeps nothing on disk. */
export async function startRedis() {
  const port = await freePort();
  const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const { pid, stop } = await startProgram('redis-server', args, { isReady: () => listens(port) });
  return { url: `redis://127.0.0.1:${port}`, cpuMs: () => cpuMsOf(pid), stop };
}

function listens(port) {
  return new Promise((resolve) => {
    const end = (is) => {
      socket.destroy();
      resolve(is);
    };
    const socket = connect(port, '127.0.0.1', () => end(true)).on('error', () => end(false));
  });
}
