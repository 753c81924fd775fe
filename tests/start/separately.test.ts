import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';
import { copyProject } from '../support/project-copy.ts';
import { Starter } from '../support/starter.ts';

jest.setTimeout(240_000);

const NAMES = ['gateway', 'order', 'inventory', 'payment', 'shipping', 'product', 'notification'];

let copy: string;
let started: Map<string, Starter>;
let urls: Record<string, string>;

/** Nothing is built yet, and all terminals start at the same moment. The port of the order service is told by PORT. */
beforeAll(async () => {
  copy = copyProject('separately');
  for (const name of ['shared', 'clients/typescript', ...NAMES.map((one) => `services/${one}`)]) {
    for (const made of ['dist', 'tsconfig.tsbuildinfo'])
      rmSync(join(copy, name, made), { recursive: true, force: true });
  }
  const ports = await Promise.all(NAMES.map(freePort));
  urls = Object.fromEntries(
    NAMES.map((name, i) => [`${name.toUpperCase()}_SERVICE_URL`, `http://localhost:${ports[i]}`]),
  );
  const PORT = String(ports[NAMES.indexOf('order')]);
  const { ORDER_SERVICE_URL: _, ...others } = urls;
  const run = (name: string) => {
    const env = name === 'order' ? { ...others, ORDER_SERVICE_URL: '', PORT } : urls;
    return Starter.run([name], { env: { ...env, AUTH_MODE: 'jwt' }, project: copy });
  };
  started = new Map(await Promise.all(NAMES.map(async (name) => [name, await run(name)] as const)));
  for (const starter of started.values()) await starter.says('Ready in');
});
afterAll(async () => {
  for (const starter of started?.values() ?? []) await starter.cleanUp();
  rmSync(copy, { recursive: true });
});

const post = async (path: string, body: object, token?: string) => {
  const headers = { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) };
  const sent = { method: 'POST', headers, body: JSON.stringify(body) };
  const answer = await fetch(`${urls.GATEWAY_SERVICE_URL}${path}`, sent);
  // biome-ignore lint/suspicious/noExplicitAny: a JSON document
  return { status: answer.status, body: (await answer.json()) as any };
};

it('services in terminals of their own, from nothing, find each other and share their token', async () => {
  const { body } = await post('/auth/token', { userId: 'ada' });
  const placed = await post('/orders', { items: [{ productId: 'PROD001', quantity: 1 }] }, body.token);
  expect([placed.status, placed.body.status]).toEqual([201, 'CONFIRMED']);
});

it('one of them says which others it needs, and how to start them', () => {
  expect(started.get('order')?.output).toContain(
    'npm run start:inventory, npm run start:payment, npm run start:shipping, npm run start:product',
  );
});

it('every service has its script, and all together have one', () => {
  const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
  for (const name of NAMES) expect(scripts[`start:${name}`]).toBe(`node scripts/start.js ${name}`);
  expect(scripts['start:all']).toBe(scripts.start);
  expect(existsSync(join(copy, '.data/preparing'))).toBe(false);
});
