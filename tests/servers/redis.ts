import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

export interface RedisServer {
  url: string;
  /** Ends it without warning; what it held is gone. */
  kill(): Promise<void>;
  /** Starts it again, empty, on the same port. */
  start(): Promise<void>;
  /** It keeps its connections and answers nothing, until it thaws and answers everything. */
  freeze(): void;
  thaw(): void;
}

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

/** A Redis of our own that keeps nothing on disk. */
export async function startRedis(): Promise<RedisServer> {
  if (!hasRedis) throw new Error('There is no redis-server on the PATH.');
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
  const freeze = () => void running?.kill('SIGSTOP');
  const thaw = () => void running?.kill('SIGCONT');
  return { url: `redis://127.0.0.1:${port}`, kill, start, freeze, thaw };
}

/** Sends a command beside all clients, as an operator would. */
export async function tellRedis(url: string, command: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  socket.write(`${command}\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return answer;
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
