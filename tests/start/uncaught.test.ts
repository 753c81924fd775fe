import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';
import { until } from '../support/until.ts';

/** Each signal causes another kind of error in the running service. */
const PLANTED = `
  const planted = () => new Error('planted', { cause: new Error('the reason') });
  process.on('SIGUSR2', () => { throw planted(); });
  process.on('SIGHUP', () => { Promise.reject(planted()); });
  process.on('SIGWINCH', () => { throw 'planted'; });
  process.on('SIGCONT', () => { Promise.reject('planted'); });`;

async function fallenBy(signal: NodeJS.Signals) {
  const service = spawn(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(PLANTED)}`, 'services/inventory/dist/main.js'],
    { cwd: PROJECT, env: { PATH: process.env.PATH, PORT: '0' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let out = '';
  let err = '';
  service.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  service.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = once(service, 'close');
  await until(() => out.includes('"ready"'));
  const before = out.length;
  service.kill(signal);
  const [code] = await ended;
  return { code, err, lines: out.slice(before).trim().split('\n') };
}

describe('a service with an uncaught error', () => {
  it.each([
    ['an exception', 'SIGUSR2', /^Error: planted\n +at .*\ncaused by Error: the reason\n/s, 'uncaughtException'],
    ['a rejection', 'SIGHUP', /^Error: planted\n +at .*\ncaused by Error: the reason\n/s, 'unhandledRejection'],
    ['an exception that is no Error', 'SIGWINCH', /planted/, 'uncaughtException'],
    ['a rejection that is no Error', 'SIGCONT', /planted/, 'unhandledRejection'],
  ] as const)('exits with 1, and logs one line of JSON with the stack: %s', async (_what, signal, error, origin) => {
    const { code, err, lines } = await fallenBy(signal);
    expect([code, err, lines.length]).toEqual([1, '', 1]);
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      ...{ level: 'error', service: 'inventory', message: 'ends because of a mistake', origin },
      error: expect.stringMatching(error),
    });
  });
});
