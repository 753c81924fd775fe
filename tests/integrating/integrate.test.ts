import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from '@oms/client';
import { ALL } from '../documents/real-system.ts';
import { addressesOf, Terminal } from '../documents/terminal.ts';
import type { Target } from '../support/call-target.ts';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';
import { missing } from './needed.ts';
import { NAMES, shown } from './page.ts';
import { passageTo } from './passage.ts';

/** docs/integrate.md, from its first line to its last, in each of its languages: all blocks of one are one program. */

jest.setTimeout(10 * 60_000);

const LANGUAGES = [
  { language: 'curl', program: 'shop.sh', run: 'bash -e shop.sh', receiver: 'receiver.mjs' },
  { language: 'typescript', program: 'shop.mjs', run: 'node shop.mjs', receiver: 'receiver.mjs' },
  { language: 'python', program: 'shop.py', run: '. .venv/bin/activate && python shop.py', receiver: 'receiver.py' },
];
const PREPARATIONS = ['begin', 'prepare-typescript', 'prepare-python'];
/** Of what the page has pip install. */
const VERSIONS = { PIP_CONSTRAINT: join(PROJECT, '.ci/clients/requirements.txt'), PIP_DISABLE_PIP_VERSION_CHECK: '1' };

const secretIn = (text: string) => /whsec_\S+/.exec(text)?.[0] ?? '';
const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');
const host = ({ url }: Target) => new URL(url).host;

it('every block of the page is run, or is what must come out', () => {
  const programs = LANGUAGES.flatMap(({ language, receiver }) => [language, receiver, `run-${receiver}`]);
  expect([...NAMES].sort()).toEqual([...new Set(['start', ...PREPARATIONS, ...programs, 'shop', 'receiver'])].sort());
});

it('the first order takes ten lines of Python', () => {
  const [untilPlaced = ''] = shown('python').split('print');
  expect(untilPlaced).toContain('place_order');
  expect(linesOf(untilPlaced).length).toBeLessThan(10);
});

(missing() && !process.env.CI ? describe.skip : describe)('a shop in ten minutes', () => {
  let folder = '';
  let shop = '';
  let system: Terminal;
  let gateway: Target;
  let oms: Client;
  const lost = new Set<unknown>();
  const isFirstOfItsKey = ({ headers: { 'idempotency-key': key } }: Target['requests'][number]) =>
    key !== undefined && lost.size < lost.add(key).size;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'integrate-'));
    shop = join(folder, 'shop');
    const addresses = await addressesOf(ALL);
    system = Terminal.open(['bash', '-c', shown('start')], addresses);
    await system.says('Ready in');
    const baseUrl = addresses.GATEWAY_SERVICE_URL ?? '';
    const body = { userId: 'operator', roles: ['admin'] };
    const { token } = await new Client({ baseUrl }).request<{ token: string }>('POST', '/auth/token', { body });
    oms = new Client({ baseUrl, token });
    gateway = await passageTo(baseUrl, isFirstOfItsKey);
    await bash(folder, here(PREPARATIONS.map(shown).join('')), VERSIONS);
  });
  afterAll(async () => {
    await system?.close();
    await gateway?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** With the addresses of this test. */
  const here = (text: string) =>
    text.replaceAll('localhost:8080', host(gateway)).replaceAll('~/order-management', PROJECT);
  async function bash(cwd: string, script: string, env: object = {}): Promise<string> {
    const options = { cwd, env: { ...process.env, ...env } };
    const { stdout } = await promisify(execFile)('bash', ['-ec', script], options).catch((error) => {
      throw new Error(`${error.message}\n${error.stdout}`);
    });
    return stdout;
  }

  const ordersThere = async () => (await oms.orders.list().page()).items.length;

  it('TypeScript is what the compiler checks strictly', async () => {
    const files = ['typescript', 'receiver.mjs'].map((name, i) => [`${i}.mts`, shown(name)] as const);
    for (const [file, text] of files) writeFileSync(join(shop, file), text);
    const types = join(PROJECT, 'node_modules/@types');
    const options = `--noEmit --strict --skipLibCheck --target es2022 --module nodenext --types node --typeRoots ${types}`;
    await bash(shop, `${join(PROJECT, 'node_modules/.bin/tsc')} ${options} ${files.map(([file]) => file).join(' ')}`);
  });

  describe.each(LANGUAGES)('in $language', ({ language, program, run, receiver }) => {
    let printed = '';
    let listening: Terminal;
    let port = 0;
    let hook: Target;
    let before = 0;

    beforeAll(async () => {
      port = await freePort();
      hook = await passageTo(`http://127.0.0.1:${port}`);
      before = await ordersThere();
      lost.clear();
      writeFileSync(join(shop, program), here(shown(language)).replaceAll('127.0.0.1:9000', host(hook)));
      printed = await bash(shop, run);
    });
    afterAll(async () => {
      await listening?.close();
      await hook?.close();
    });

    it('comes to a refund in one go, although each answer is lost once', () => {
      expect(printed).toBe(shown('shop').replace(secretIn(shown('shop')), secretIn(printed)));
      expect(secretIn(printed)).toHaveLength(50);
      expect(lost.size).toBe(5);
    });

    it('prints the same when it is run again, and there is one order', async () => {
      expect(await bash(shop, run)).toBe(printed);
      expect(await ordersThere()).toBe(before + 1);
    });

    it('has a receiver that is told everything in order, although it was down', async () => {
      writeFileSync(join(shop, receiver), shown(receiver).replace('9000', String(port)));
      const command = shown(`run-${receiver}`).replace('whsec_…', secretIn(printed));
      listening = Terminal.open(['bash', '-c', command], {}, shop);
      const wanted = linesOf(shown('receiver'));
      await listening.says(wanted.at(-1) ?? '');
      // What was on its way when the webhook was made may come, too.
      expect(linesOf(listening.output).slice(-wanted.length)).toEqual(wanted);
    });

    it('has a receiver that takes an event once, and nothing that is not signed or old', async () => {
      const { body, headers } = hook.requests.at(-1) as Target['requests'][number];
      const told = listening.output;
      const post = async (more: Record<string, string>, text = body) => {
        const given = { ...(headers as Record<string, string>), ...more };
        return (await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers: given, body: text })).status;
      };
      const id = headers['webhook-id'];
      const signedAt = (seconds: number) => {
        const key = Buffer.from(secretIn(printed).slice('whsec_'.length), 'base64');
        const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
        return { 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,other v1,${signature}` };
      };
      const now = Math.floor(Date.now() / 1_000);
      expect(await post({})).toBe(204);
      expect(await post(signedAt(now - 10))).toBe(204);
      expect(await post(signedAt(now - 400))).toBe(401);
      expect(await post({}, body.replace('4.99', '0.01'))).toBe(401);
      expect(await post({ 'webhook-signature': '' })).toBe(401);
      expect(listening.output).toBe(told);
    });
  });
});
