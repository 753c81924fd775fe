import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Starter } from './starter.ts';

jest.setTimeout(120_000);

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

let copy: string;
let starter: Starter;

/** A copy whose sources can be changed; it lies inside the project and so finds the dependencies. */
beforeEach(async () => {
  mkdirSync(join(PROJECT, '.data'), { recursive: true });
  copy = mkdtempSync(join(PROJECT, '.data/dev-'));
  const parts = ['package.json', 'package-lock.json', 'tsconfig.base.json', 'tsconfig.json'];
  for (const part of [...parts, 'scripts', 'shared', 'services', 'node_modules/.package-lock.json']) {
    cpSync(join(PROJECT, part), join(copy, part), { recursive: true, preserveTimestamps: true });
  }
  mkdirSync(join(copy, 'node_modules/@oms'), { recursive: true });
  symlinkSync(join(copy, 'shared'), join(copy, 'node_modules/@oms/shared'), 'junction');
  symlinkSync(join(PROJECT, 'node_modules/typescript'), join(copy, 'node_modules/typescript'), 'junction');
  starter = await Starter.run(['inventory', 'payment'], { flags: ['--watch'], project: copy });
  await starter.says('Ready in');
});

afterEach(async () => {
  await starter.cleanUp();
  rmSync(copy, { recursive: true });
});

it('restarts just the service whose source was changed', async () => {
  change('services/inventory/src/seed.ts', "console.log('seeded anew');");
  await starter.says('restarted: inventory\n');
  expect(starter.output).toContain('inventory | seeded anew');
});

it('restarts all when the shared code was changed', async () => {
  change('shared/src/money.ts', 'export const changed = 1;');
  await starter.says('restarted: inventory, payment\n');
});

it('keeps what runs while the sources do not compile, and goes on when they do again', async () => {
  change('services/inventory/src/seed.ts', 'export const broken: number = "text";');
  await starter.says('The sources do not compile');
  expect((await fetch(`${starter.urlOf('inventory')}/readyz`)).status).toBe(200);
  cpSync(join(PROJECT, 'services/inventory/src/seed.ts'), join(copy, 'services/inventory/src/seed.ts'));
  change('services/inventory/src/seed.ts', "console.log('mended');");
  await starter.says('restarted: inventory\n');
  expect(starter.output).toContain('inventory | mended');
});

function change(file: string, addition: string): void {
  appendFileSync(join(copy, file), `${addition}\n`);
}
