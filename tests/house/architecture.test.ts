import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PROJECT } from '../support/project.ts';

jest.setTimeout(60_000);

const CRUISER = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = join(PROJECT, '.dependency-cruiser.cjs');

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

/** The violations that dependency-cruiser finds in the sources below a directory. */
async function violations(directory: string, ...places: string[]): Promise<Violation[]> {
  const args = [CRUISER, '--config', RULES, '--output-type', 'json', ...places];
  const options = { cwd: directory, maxBuffer: 64 * 1024 * 1024 };
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, options, (_error, stdout) => resolve(stdout));
  });
  return (JSON.parse(report) as { summary: { violations: Violation[] } }).summary.violations;
}

it('the code follows the architecture rules', async () => {
  const found = await violations(PROJECT, 'shared', 'clients', 'services', 'tests');
  expect(found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
});

describe('a planted violation is found', () => {
  /** Valid files, which the planted ones may import. */
  const SOUND: Record<string, string> = {
    'shared/src/errors.ts': 'export class Refusal extends Error {}\n',
    'shared/src/contracts/order.ts': "import { z } from 'zod';\nexport const Order = z.object({});\n",
    'shared/src/http/app.ts': 'export const app = 1;\n',
    'shared/src/service/service.ts': "import { app } from '../http/app.ts';\nexport const service = app;\n",
    'shared/src/store/memory.ts': "import { Refusal } from '../errors.ts';\nexport const store = { Refusal };\n",
    'services/order/src/domain/order.ts':
      "import { Refusal } from '../../../../shared/src/errors.ts';\n" +
      "import { Order } from '../../../../shared/src/contracts/order.ts';\n" +
      "import { rule } from './rule.ts';\nexport const decide = () => [Refusal, Order, rule];\n",
    'clients/typescript/src/index.ts': "export { pause } from './pause.ts';\n",
    'clients/typescript/src/pause.ts': 'export const pause = 1;\n',
    'services/order/src/domain/rule.ts': 'export const rule = 1;\n',
    'services/order/src/impure.ts': "export { request } from 'node:http';\n",
    'services/order/src/api/app.ts':
      "import express from 'express';\nimport { decide } from '../domain/order.ts';\n" +
      "import { store } from '../../../../shared/src/store/memory.ts';\nexport const app = { express, decide, store };\n",
    'services/inventory/src/domain/stock.ts': 'export const stock = 1;\n',
    // The other half of a cycle, which is reported once.
    'services/order/src/b.ts': "import type { a } from './a.ts';\n",
    'tests/e2e/all.test.ts':
      "import '../../services/order/src/api/app.ts';\nimport '../../services/inventory/src/domain/stock.ts';\n",
  };

  const planted: [rule: string, file: string, line: string][] = [
    ['shared-imports-no-service', 'shared/src/money.ts', "import '../../services/inventory/src/domain/stock.ts';"],
    ['services-meet-over-http', 'services/order/src/main.ts', "import '../../inventory/src/domain/stock.ts';"],
    [
      'services-meet-over-http',
      'services/order/src/sagas/saga.ts',
      "import type { x } from '../../../inventory/src/domain/stock.ts';",
    ],
    ['client-stands-alone', 'clients/typescript/src/client.ts', "import { createHmac } from 'node:crypto';"],
    [
      'client-stands-alone',
      'clients/typescript/src/pages.ts',
      "import type { x } from '../../../shared/src/errors.ts';",
    ],
    ['domain-is-pure', 'services/order/src/domain/rules.ts', "import express from 'express';"],
    ['domain-is-pure', 'services/shipping/src/domain/shipment.ts', "import axios from 'axios';"],
    ['domain-is-pure', 'services/payment/src/domain/payment.ts', "import { readFileSync } from 'node:fs';"],
    [
      'domain-is-pure',
      'services/product/src/domain/product.ts',
      "import { store } from '../../../../shared/src/store/memory.ts';",
    ],
    ['domain-is-pure', 'services/order/src/domain/saga-progress.ts', "import { request } from '../impure.ts';"],
    ['domain-is-pure', 'services/notification/src/domain/notification.ts', "import winston from 'winston';"],
    ['inner-parts-know-no-http', 'shared/src/events/relay.ts', "import type { app } from '../http/app.ts';"],
    ['inner-parts-know-no-http', 'shared/src/store/open.ts', "import { service } from '../service/service.ts';"],
    ['answers-without-connections', 'tests/asking.test.ts', "import request from 'supertest';"],
    ['no-circular', 'services/order/src/a.ts', "import type { b } from './b.ts';"],
    ['not-to-unresolvable', 'services/order/src/config.ts', "import './nowhere.ts';"],
  ];

  let found: Violation[];
  beforeAll(async () => {
    mkdirSync(join(PROJECT, '.data'), { recursive: true });
    const directory = mkdtempSync(join(PROJECT, '.data/architecture-'));
    for (const [file, text] of [...Object.entries(SOUND), ...planted.map(([, file, line]) => [file, `${line}\n`])]) {
      mkdirSync(dirname(join(directory, file as string)), { recursive: true });
      writeFileSync(join(directory, file as string), text as string);
    }
    found = await violations(directory, 'shared', 'clients', 'services', 'tests');
    rmSync(directory, { recursive: true });
  });

  it.each(planted)('%s: %s with %s', (rule, file) => {
    const rules = found.filter(({ from }) => from === file).map((violation) => violation.rule.name);
    expect([...new Set(rules)]).toEqual([rule]);
  });

  it('and valid code is not reported', () => {
    expect(found.filter(({ from }) => from in SOUND)).toEqual([]);
  });
});

describe('domain code uses no clock, no random numbers and no environment', () => {
  const OUTSIDE =
    /\b(process|performance|crypto|console)\s*[.[;]|\b(fetch|set(Timeout|Interval|Immediate))\(|Date\.now|Math\.random|new Date\(\)/;
  const asking = (source: string) => source.split('\n').filter((line) => OUTSIDE.test(line));

  const { forbidden } = createRequire(import.meta.url)(RULES) as {
    forbidden: { name: string; from: { path: string } }[];
  };
  const domain = new RegExp(forbidden.find(({ name }) => name === 'domain-is-pure')?.from.path as string);
  const files = readdirSync(join(PROJECT, 'services'), { recursive: true, encoding: 'utf8' })
    .map((file) => `services/${file}`)
    .filter((file) => file.endsWith('.ts') && domain.test(file));

  it('in every core service', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'services/inventory/src/domain/stock.ts',
        'services/order/src/domain/order.ts',
        'services/payment/src/domain/payment.ts',
        'services/shipping/src/domain/shipment.ts',
      ]),
    );
  });

  it.each(files)('%s', (file) => {
    expect(asking(readFileSync(join(PROJECT, file), 'utf8'))).toEqual([]);
  });

  const questions = [
    'process.env.PORT',
    'Date.now()',
    'new Date()',
    'Math.random()',
    'crypto.randomUUID()',
    'fetch(url)',
  ];
  it.each(questions)('or is found: %s', (question) => {
    expect(asking(`const pure = 1;\nconst answer = ${question};\n`)).toHaveLength(1);
  });
});
