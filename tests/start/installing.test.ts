import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PROJECT } from '../support/project.ts';
import { until } from '../support/until.ts';

/** A project with our scripts, and with fake tools that each test defines. */
let root: string;
let child: ChildProcess | undefined;
let output: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'installing-'));
  cpSync(join(PROJECT, 'scripts'), join(root, 'scripts'), { recursive: true });
  write('package.json', JSON.stringify({ type: 'module', engines: { node: '>=20.19' } }));
  lock('1.0.0');
  installed('1.0.0');
  tool('node_modules/typescript/bin/tsc', 'process.exit(3);');
  tool('services/console/build.js', '');
  tool('npm.js', 'console.log("npm", process.argv.slice(2, 3).join());');
});
afterEach(() => {
  child?.kill('SIGKILL');
  for (const pid of pids()) if (lives(Number(pid))) process.kill(Number(pid), 'SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), text);
}
const tool = (file: string, script: string) => write(file, `${script}\n`);
const entry = (version: string, file = 'file:a.tgz') => ({ version, resolved: file, integrity: `sha512-${version}` });
const packages = (version: string) => ({ 'node_modules/a': entry(version), 'node_modules/b': entry('1.0.0') });
const lock = (version: string, more: object = {}) =>
  write('package-lock.json', JSON.stringify({ packages: { '': {}, ...packages(version), ...more } }));
/** Writes the record of npm, which can be wrong, and the packages themselves. */
const installed = (version: string, told = packages(version)) => {
  write('node_modules/.package-lock.json', JSON.stringify({ packages: told }));
  for (const name of ['a', 'b']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: name === 'a' ? version : '1.0.0' }));
  }
};

/** A tool that starts another process; both run until they are killed. */
const LASTING = `
  import { spawn } from 'node:child_process';
  import { appendFileSync } from 'node:fs';
  const other = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6)']);
  appendFileSync(${JSON.stringify('PIDS')}, process.pid + ' ' + other.pid + ' ');
  setInterval(() => {}, 1e6);`;
const lasting = (file: string) => tool(file, LASTING.replace('PIDS', join(root, 'pids')));

/** The process ids of such a tool. */
const pids = () => (existsSync(join(root, 'pids')) ? readFileSync(join(root, 'pids'), 'utf8').trim().split(' ') : []);

function start(env: Record<string, string> = {}) {
  output = '';
  const own = { PATH: process.env.PATH, HOME: process.env.HOME, npm_execpath: join(root, 'npm.js') };
  const started = spawn(process.execPath, [join(root, 'scripts/start.js'), 'inventory'], {
    env: { ...own, INVENTORY_SERVICE_URL: 'http://127.0.0.1:1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  for (const stream of [started.stdout, started.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  child = started;
  return new Promise<number | null>((resolve) => started.on('close', resolve));
}

const NOT_COMPILING = 'The sources do not compile (see above).\n';

describe('npm start installs nothing', () => {
  it('when only the date of the lock file is newer', async () => {
    utimesSync(join(root, 'package-lock.json'), new Date('2100-01-01'), new Date('2100-01-01'));
    await start();
    expect(output).toBe(NOT_COMPILING);
  });

  it('when the record of npm has neither hashes nor origins, or is missing', async () => {
    write('node_modules/.package-lock.json', JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }));
    await start();
    expect(output).toBe(NOT_COMPILING);
    rmSync(join(root, 'node_modules/.package-lock.json'));
    await start();
    expect(output).toBe(NOT_COMPILING);
  });

  it('when an additional package is installed', async () => {
    const more = { 'node_modules/more': entry('1.0.0') };
    installed('1.0.0', { ...packages('1.0.0'), ...more });
    await start();
    expect(output).toBe(NOT_COMPILING);
  });

  it('when only packages for other systems are missing', async () => {
    lock('1.0.0', { 'node_modules/c': { ...entry('1.0.0'), optional: true } });
    await start();
    expect(output).toBe(NOT_COMPILING);
  });
});

describe('npm start installs', () => {
  const INSIDE = { 'node_modules/a/node_modules/b': entry('3.0.0') };
  const INSTALLING = `Installing dependencies; this is needed once.\nnpm install\n${NOT_COMPILING}`;

  it.each([
    ['the lock file has another version', () => lock('2.0.0')],
    ['the lock file has a new package', () => lock('1.0.0', { 'node_modules/c': entry('1.0.0') })],
    ['a package was deleted', () => rmSync(join(root, 'node_modules/b'), { recursive: true })],
    ['the record of npm is wrong', () => installed('0.9.0', packages('1.0.0'))],
    ['a nested package hides the right version', () => installed('1.0.0', { ...packages('1.0.0'), ...INSIDE })],
  ])('when %s, even if the lock file looks older', async (_what, change) => {
    change();
    utimesSync(join(root, 'package-lock.json'), new Date('2000-01-01'), new Date('2000-01-01'));
    await start();
    expect(output).toBe(INSTALLING);
  });

  it('everything when nothing is installed yet', async () => {
    rmSync(join(root, 'node_modules'), { recursive: true });
    await start();
    expect(output).toContain('npm ci\n');
  });
});

/** npm itself, in a project whose one dependency has two versions. */
function realNpm(): string {
  const npm = join(execFileSync('npm', ['root', '--global'], { encoding: 'utf8' }).trim(), 'npm/bin/npm-cli.js');
  const run = (folder: string, ...args: string[]) =>
    execFileSync(process.execPath, [npm, ...args, '--silent'], { cwd: join(root, folder), encoding: 'utf8' });
  rmSync(join(root, 'node_modules'), { recursive: true });
  for (const version of ['1.0.0', '2.0.0']) {
    write(`a/${version}/package.json`, JSON.stringify({ name: 'a', version }));
    write(`a/${version}/index.js`, '');
    run(`a/${version}`, 'pack');
  }
  const project = { name: 'p', type: 'module', engines: { node: '>=20.19' }, dependencies: { a: 'file:a.tgz' } };
  write('package.json', JSON.stringify(project));
  cpSync(join(root, 'a/1.0.0/a-1.0.0.tgz'), join(root, 'a.tgz'));
  rmSync(join(root, 'package-lock.json'));
  run('.', 'install', '--no-audit', '--no-fund');
  return npm;
}

describe('a slow install', () => {
  it('reports every few seconds that it is still running', async () => {
    lock('2.0.0');
    lasting('npm.js');
    start();
    await until(() => /^Installing .*\n(… still installing after \d+ s\n){2}$/.test(output));
  });
});

describe('an interrupted install', () => {
  it('is repeated, with every package that is incomplete', async () => {
    const npm = realNpm();
    rmSync(join(root, 'node_modules/a/package.json'));
    lasting('npm.js');
    const ended = start();
    await until(() => pids().length === 2);
    child?.kill('SIGTERM');
    await ended;
    // npm had written only the package.json of this package.
    write('node_modules/a/package.json', JSON.stringify({ name: 'a', version: '1.0.0' }));
    rmSync(join(root, 'node_modules/a/index.js'));
    await start({ npm_execpath: npm });
    expect(existsSync(join(root, 'node_modules/a/index.js'))).toBe(true);
  });
});

describe('a failed install', () => {
  it('changes nothing that was installed before, even after several tries', async () => {
    const npm = realNpm();
    cpSync(join(root, 'a/2.0.0/a-2.0.0.tgz'), join(root, 'a.tgz'));
    const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
    const wanted = JSON.parse(text) as { packages: Record<string, object> };
    wanted.packages['node_modules/a'] = { ...entry('2.0.0'), integrity: `sha512-${'A'.repeat(86)}==` };
    write('package-lock.json', JSON.stringify(wanted));

    await start({ npm_execpath: npm });
    expect(await start({ npm_execpath: npm })).toBe(1);
    expect(output).toContain('EINTEGRITY');
    expect(output).toMatch(/The dependencies could not be installed \(see above\)\..*\n$/);
    const { version } = JSON.parse(readFileSync(join(root, 'node_modules/a/package.json'), 'utf8'));
    expect(version).toBe('1.0.0');
    expect(readFileSync(join(root, 'package-lock.json'), 'utf8')).toBe(JSON.stringify(wanted));
  });
});

describe('a stop of npm start', () => {
  const doing = {
    'while it installs'() {
      lock('2.0.0');
      lasting('npm.js');
      return 2;
    },
    'while it builds'() {
      write('node_modules/typescript/package.json', '{"type":"module"}');
      lasting('node_modules/typescript/bin/tsc');
      lasting('services/console/build.js');
      return 4;
    },
  };
  const signals = [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const;

  for (const [when, prepare] of Object.entries(doing)) {
    it.each(signals)(`${when}, by %s, leaves no process running`, async (signal, code) => {
      const processes = prepare();
      const ended = start();
      await until(() => pids().length === processes);
      child?.kill(signal);
      expect(await ended).toBe(code);
      await until(() => pids().every((pid) => !lives(Number(pid))));
      expect(output.replace(/^… .*\n/gm, '')).toBe(
        when.includes('install') ? 'Installing dependencies; this is needed once.\n' : '',
      );
    });
  }

  it('because the shell that npm had started is gone, leaves no process running', async () => {
    lasting('services/console/build.js');
    const command = `"${process.execPath}" "${join(root, 'scripts/start.js')}" inventory & echo $! > "${root}/pid"; wait`;
    tool('node_modules/typescript/bin/tsc', '');
    const env = { PATH: process.env.PATH, npm_lifecycle_event: 'start', INVENTORY_SERVICE_URL: 'http://127.0.0.1:1' };
    const shell = spawn('sh', ['-c', command], { env, stdio: 'ignore' });
    await until(() => pids().length === 2);
    shell.kill('SIGKILL');
    const all = [...pids(), readFileSync(join(root, 'pid'), 'utf8')].map(Number);
    await until(() => all.every((pid) => !lives(pid)));
  });
});

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
