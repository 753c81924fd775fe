import { appendFileSync, cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { PROJECT } from '../support/project.ts';
import { copyProject } from '../support/project-copy.ts';
import { Starter } from '../support/starter.ts';

jest.setTimeout(120_000);

let copy: string;
let starter: Starter;

beforeEach(async () => {
  copy = copyProject('dev');
  starter = await Starter.run(['inventory', 'payment'], { flags: ['--watch'], project: copy });
  await starter.says('Ready in');
});

afterEach(async () => {
  await starter.cleanUp();
  rmSync(copy, { recursive: true });
});

it('only the service whose source changed is restarted', async () => {
  change('services/inventory/src/seed.ts', "console.log('seeded anew');");
  await starter.says('restarted: inventory\n');
  expect(starter.output).toContain('inventory | seeded anew');
});

it('all services are restarted when the shared code changed', async () => {
  change('shared/src/money.ts', 'export const changed = 1;');
  await starter.says('restarted: inventory, payment\n');
});

it('services keep running while the sources do not compile, and are restarted when they compile again', async () => {
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
