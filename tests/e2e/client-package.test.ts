import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '@oms/client';
import { PROJECT } from '../support/project.ts';
import { type System, startSystem } from './system.ts';

const CLIENT = join(PROJECT, 'clients/typescript');
const TSC = join(PROJECT, 'node_modules/typescript/bin/tsc');
const run = promisify(execFile);

/** npm and the compiler are processes, each with a second of its own. */
jest.setTimeout(120_000);

let system: System;
let folder: string;
beforeAll(async () => {
  system = await startSystem({}, ['order', 'inventory', 'payment', 'shipping', 'product', 'gateway']);
  folder = mkdtempSync(join(tmpdir(), 'shop-'));
});
afterAll(async () => {
  await system.stop();
  rmSync(folder, { recursive: true });
});

const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', [...args, '--offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd, encoding: 'utf8' });

describe('the package @oms/client', () => {
  it('has the client, its types, a README and the licence, and nothing else', () => {
    const [{ files }] = JSON.parse(npm(CLIENT, 'pack', '--dry-run', '--ignore-scripts', '--json'));
    const names = files.map(({ path }: { path: string }) => path);
    expect(names.filter((name: string) => !/^dist\/[\w-]+\.(js|d\.ts)$/.test(name))).toEqual([
      'LICENSE',
      'README.md',
      'package.json',
    ]);
    expect(names).toEqual(expect.arrayContaining(['dist/index.js', 'dist/index.d.ts']));
  });

  it('places an order as its README shows, installed in an empty folder', async () => {
    npm(CLIENT, 'pack', '--ignore-scripts', '--pack-destination', folder);
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    npm(folder, 'install', './oms-client-1.0.0.tgz');

    const [, code = ''] = /```ts\n(.+?)```/s.exec(readFileSync(join(CLIENT, 'README.md'), 'utf8')) ?? [];
    expect(code.split('http://localhost:8080')).toHaveLength(2);
    writeFileSync(join(folder, 'shop.ts'), code.replace('http://localhost:8080', system.gateway.url));
    const types = ['--types', 'node', '--typeRoots', join(PROJECT, 'node_modules/@types')];
    await run(process.execPath, [TSC, '--strict', '--target', 'es2022', '--module', 'nodenext', ...types, 'shop.ts'], {
      cwd: folder,
    });
    const { stdout } = await run(process.execPath, ['shop.js'], { cwd: folder });

    const { items } = await new Client({ baseUrl: system.gateway.url }).orders.list({ customerId: 'ada' }).page();
    expect(items).toMatchObject([{ status: 'CONFIRMED', total: 59.98 }]);
    expect(stdout).toBe(`${items[0]?.id} 59.98\n`);
  });
});
