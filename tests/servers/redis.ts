import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe } from '@jest/globals';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

export interface RedisServer {
  url: string;
  /** Ends it without warning; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
}

const installed = spawnSync('redis-server', ['--version']).status === 0;

/** Suites that need a Redis. In CI they run even without one, and fail. */
export const describeRedis: typeof describe | typeof describe.skip =
  installed || process.env.CI ? describe : describe.skip;

/** A Redis of our own that keeps nothing on disk. */
export async function startRedis(): Promise<RedisServer> {
  if (!installed) throw new Error('There is no redis-server on the PATH.');
  const port = await freePort();
  let running: ChildProcess | undefined;

  const start = async () => {
    const args = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    running = spawn('redis-server', args, { stdio: 'ignore' });
    await until(() => answers(port));
  };
  const kill = async () => {
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    running.kill('SIGKILL');
    await once(running, 'exit');
  };
  await start();
  return { url: `redis://127.0.0.1:${port}`, kill, start };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.on('data', (data) => {
      socket.destroy();
      resolve(String(data).startsWith('+PONG'));
    });
    socket.on('error', () => resolve(false));
  });
}
