import { spawn, spawnSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';
import { until } from '../support/until.ts';

/** The output of a program at a terminal, which is stopped when it has printed the word. */
async function atTerminal(program: string, word: string, env: Record<string, string>): Promise<string> {
  const command = `exec "${process.execPath}" ${program}`;
  const own = { PATH: process.env.PATH, TERM: 'xterm', NO_COLOR: '1', ...env };
  // `script` of util-linux.
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], { cwd: PROJECT, env: own });
  let said = '';
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise((resolve) => terminal.on('close', resolve));
  await until(() => said.includes(word) || terminal.exitCode !== null);
  // Ctrl-C.
  terminal.stdin.write('\u0003');
  await ended;
  return said.replaceAll('\r', '');
}

const TIME = String.raw`\d\d:\d\d:\d\d\.\d{3}`;

const there = spawnSync('script', ['--version']).status === 0;

(there || process.env.CI ? describe : describe.skip)('at a terminal', () => {
  it('a service logs readable lines instead of JSON', async () => {
    const said = await atTerminal('services/inventory/dist/main.js', 'ready', { PORT: '0' });
    expect(said).toMatch(new RegExp(`^${TIME} inventory {4}info {2}ready port=\\d+$`, 'm'));
    expect(said).toMatch(new RegExp(`${TIME} inventory {4}info {2}stopped$`, 'm'));
    expect(said).not.toContain('{"');
  });

  it('npm start prints them with the name of the service in front', async () => {
    const INVENTORY_SERVICE_URL = `http://127.0.0.1:${await freePort()}`;
    const said = await atTerminal('scripts/start.js inventory', 'Ready in', { INVENTORY_SERVICE_URL });
    expect(said).toMatch(new RegExp(`^inventory \\| ${TIME} info {2}ready port=\\d+$`, 'm'));
    expect(said).toMatch(new RegExp(`inventory \\| ${TIME} info {2}stopped$`, 'm'));
    expect(said).not.toContain('{"');
  }, 60_000);
});
