import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { PROJECT } from './project.ts';

jest.setTimeout(60_000);

const CRUISER = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const RULES = join(PROJECT, '.dependency-cruiser.cjs');

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

/** What dependency-cruiser has against the sources below a directory. */
async function violations(directory: string, ...places: string[]): Promise<Violation[]> {
  const args = [CRUISER, '--config', RULES, '--output-type', 'json', ...places];
  const options = { cwd: directory, maxBuffer: 64 * 1024 * 1024 };
  const report = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, options, (_error, stdout) => resolve(stdout));
  });
  return (JSON.parse(report) as { summary: { violations: Violation[] } }).summary.violations;
}

it('the code keeps the rules', async () => {
  const found = await violations(PROJECT, 'shared', 'services', 'tests');
  expect(found.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
});

describe('a violation that is planted is found', () => {
  let directory: string;
  const write = (files: Record<string, string>) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), text);
    }
  };

  beforeAll(() => {
    mkdirSync(join(PROJECT, '.data'), { recursive: true });
    directory = mkdtempSync(join(PROJECT, '.data/architecture-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  /** Nothing here is against a rule; what is planted is one more line. */
  const SOUND: Record<string, string> = {
    'shared/src/errors.ts': 'export class Refusal extends Error {}\n',
    'shared/src/contracts/order.ts': "import { z } from 'zod';\nexport const Order = z.object({});\n",
    'shared/src/store/memory.ts': "import { Refusal } from '../errors.ts';\nexport const store = { Refusal };\n",
    'services/order/src/order.ts':
      "import { Refusal } from '../../../shared/src/errors.ts';\n" +
      "import { Order } from '../../../shared/src/contracts/order.ts';\n" +
      "import { rule } from './rule.ts';\nexport const decide = () => [Refusal, Order, rule];\n",
    'services/order/src/rule.ts': 'export const rule = 1;\n',
    'services/order/src/app.ts':
      "import express from 'express';\nimport { decide } from './order.ts';\n" +
      "import { store } from '../../../shared/src/store/memory.ts';\nexport const app = { express, decide, store };\n",
    'services/inventory/src/stock.ts': 'export const stock = 1;\n',
    'services/order/dist/a.js': 'export const a = 1;\n',
    'services/order/dist/b.js': "import './a.js';\n",
    'tests/all.test.ts': "import '../services/order/src/app.ts';\nimport '../services/inventory/src/stock.ts';\n",
  };

  const planted: [rule: string, file: string, line: string][] = [
    ['shared-imports-no-service', 'shared/src/errors.ts', "import '../../services/inventory/src/stock.ts';"],
    ['services-meet-over-http', 'services/order/src/app.ts', "import '../../inventory/src/stock.ts';"],
    ['services-meet-over-http', 'services/order/src/app.ts', "import type { x } from '../../inventory/src/stock.ts';"],
    ['domain-is-pure', 'services/order/src/order.ts', "import express from 'express';"],
    ['domain-is-pure', 'services/order/src/order.ts', "import axios from 'axios';"],
    ['domain-is-pure', 'services/order/src/order.ts', "import { readFileSync } from 'node:fs';"],
    ['domain-is-pure', 'services/order/src/order.ts', "import { store } from '../../../shared/src/store/memory.ts';"],
    ['domain-is-pure', 'services/order/src/rule.ts', "import { request } from 'node:http';"],
    ['domain-is-pure', 'services/inventory/src/stock.ts', "import winston from 'winston';"],
    ['answers-without-connections', 'tests/all.test.ts', "import request from 'supertest';"],
    ['no-circular', 'services/order/dist/a.js', "import './b.js';"],
    ['not-to-unresolvable', 'services/order/src/app.ts', "import './nowhere.ts';"],
  ];

  it('while there is none', async () => {
    write(SOUND);
    expect(await violations(directory, 'shared', 'services', 'tests')).toEqual([]);
  });

  it.each(planted)('%s: %s with %s', async (rule, file, line) => {
    write({ ...SOUND, [file]: `${line}\n${SOUND[file]}` });
    const found = await violations(directory, 'shared', 'services', 'tests');
    expect([...new Set(found.map((violation) => violation.rule.name))]).toEqual([rule]);
  });
});

describe('what decides asks neither the clock nor chance nor the environment', () => {
  const OUTSIDE =
    /\b(process|performance|crypto|console)\s*[.[;]|\b(fetch|set(Timeout|Interval|Immediate))\(|Date\.now|Math\.random|new Date\(\)/;
  const asking = (source: string) => source.split('\n').filter((line) => OUTSIDE.test(line));

  const { forbidden } = createRequire(import.meta.url)(RULES) as {
    forbidden: { name: string; from: { path: string } }[];
  };
  const domain = new RegExp(forbidden.find(({ name }) => name === 'domain-is-pure')?.from.path as string);
  const files = readdirSync(join(PROJECT, 'services'))
    .flatMap((service) => readdirSync(join(PROJECT, 'services', service, 'src')).map((file) => [service, 'src', file]))
    .map((parts) => ['services', ...parts].join('/'))
    .filter((file) => domain.test(file));

  it('which is said of every core service', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'services/inventory/src/stock.ts',
        'services/order/src/order.ts',
        'services/payment/src/payment.ts',
        'services/shipping/src/shipment.ts',
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
  it.each(questions)('or else is found: %s', (question) => {
    expect(asking(`const pure = 1;\nconst answer = ${question};\n`)).toHaveLength(1);
  });
});
