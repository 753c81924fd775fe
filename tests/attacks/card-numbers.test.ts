import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import { type Collector, startCollector } from '../servers/span-collector.ts';
import { describeDurable } from '../support/database.ts';
import { processesOf } from '../support/processes.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { post } from '../support/tiny-service.ts';
import { INTERNAL_TOKEN } from './system.ts';

const DIGITS = '4000056655665556';
const SPELLINGS = [
  DIGITS,
  `tok_${DIGITS}`,
  '4000-0566-5566-5556',
  '4000 0566 5566 5556',
  `${DIGITS}-1227-123`,
  `tok_0${DIGITS}_visa`,
];
const items = [{ productId: 'prod1', quantity: 1 }];
const NAMES = ['inventory', 'payment', 'product', 'order', 'gateway'];

/** Whether the text contains the digits of the card, in any grouping. */
const tellsTheCard = (text: string) => text.replaceAll(/[\s_-]/g, '').includes(DIGITS);

describeDurable('a card number instead of a payment token', () => {
  const database = `card_${randomUUID().slice(0, 8)}`;
  const logs = mkdtempSync(join(tmpdir(), 'card-'));
  let collector: Collector;
  let services: ServiceProcess[];
  let url: (name: string) => string;
  let token: string;
  const refused = new Map<string, Awaited<ReturnType<typeof post>>[]>();
  let ordered: Awaited<ReturnType<typeof post>>;

  beforeAll(async () => {
    collector = await startCollector();
    const guarded = {
      AUTH_MODE: 'jwt',
      AUTH_TOKENS: 'true',
      JWT_SECRET: 'the-secret-of-the-card-number-suite',
      INTERNAL_TOKEN,
    };
    const seen = { LOG_LEVEL: 'debug', ZIPKIN_URL: collector.url };
    const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/${database}`;
    services = await processesOf(NAMES, { ...guarded, ...seen, DATABASE_URL }, { logs });
    await Promise.all(services.map((one) => one.start()));
    url = (name) => services[NAMES.indexOf(name)]?.url as string;
    const issued = await post(`${url('gateway')}/auth/token`, { userId: 'ada', roles: ['customer'] });
    token = issued.body.token as string;
    for (const one of SPELLINGS) refused.set(one, [await order(one, 'k1'), await authorize(one, 'k1')]);
    ordered = await order('tok_visa', 'k1');
  });
  afterAll(async () => {
    for (const one of services) one.end();
    await collector.close();
    rmSync(logs, { recursive: true });
  });

  const order = (paymentMethod: string, key: string) =>
    post(
      `${url('gateway')}/orders`,
      { items, paymentMethod },
      { Authorization: `Bearer ${token}`, 'Idempotency-Key': key },
    );
  const authorize = (paymentMethod: string, key: string) =>
    post(
      `${url('payment')}/payments/authorize`,
      { orderId: 'O1', amount: 10, paymentMethod },
      { 'X-Internal-Token': INTERNAL_TOKEN, 'X-Caller': 'service:order', 'Idempotency-Key': key },
    );

  it.each(SPELLINGS)('is refused by orders and by payments, and is not in the answer: %s', (paymentMethod) => {
    for (const answer of refused.get(paymentMethod) ?? []) {
      expect([answer.status, answer.body.code]).toEqual([400, 'VALIDATION_FAILED']);
      expect(tellsTheCard(answer.text)).toBe(false);
    }
  });

  it('does not use up the idempotency key: a retry with a token succeeds', () => {
    expect(ordered).toMatchObject({ status: 201, body: { status: 'CONFIRMED' } });
  });

  it('is in no database, log or trace afterwards', async () => {
    for (const one of [...services].reverse()) await one.terminate();
    const said = readdirSync(logs)
      .map((file) => readFileSync(join(logs, file), 'utf8'))
      .join('');
    expect(said.match(/"status":400/g)).toHaveLength(SPELLINGS.length * 3);
    expect(tellsTheCard(said)).toBe(false);
    const traces = collector.bodies.map(({ text }) => text).join('');
    expect(traces).toContain('/orders');
    expect(tellsTheCard(traces)).toBe(false);
    for (const service of ['order', 'payment']) {
      const rows = await everythingIn(`${database}_${service}`);
      expect(rows).toContain('tok_visa');
      expect(tellsTheCard(rows)).toBe(false);
    }
  });
});

/** Every row of every table, as text. */
async function everythingIn(database: string): Promise<string> {
  const address = new URL(process.env.DATABASE_URL_TEST as string);
  address.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: address.href });
  await client.connect();
  try {
    const { rows: tables } = await client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    const rows = [];
    for (const { tablename } of tables) {
      const found = await client.query(`SELECT t::text AS row FROM ${client.escapeIdentifier(tablename)} t`);
      rows.push(...found.rows.map(({ row }) => row));
    }
    return rows.join('\n');
  } finally {
    await client.end();
  }
}
