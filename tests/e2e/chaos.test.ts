import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { Chance } from '../crash/chance.ts';
import { eventually, type Got } from './http.ts';
import { balanced, cart } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const ORDERS = 1_000;
const AT_ONCE = 50;
const MOST_TRIES = 30;
const DISTURBED = ['order', 'inventory', 'payment', 'shipping', 'gateway'] as const satisfies Name[];
const TERMINAL = ['CONFIRMED', 'REJECTED', 'CANCELLED'];

/** The seed of the random faults and pauses; the timing of the machine still varies. */
const SEED = 1;

let system: System;
beforeAll(async () => {
  const chance = new Chance(SEED, 'faults');
  jest.spyOn(Math, 'random').mockImplementation(() => chance.next());
  system = await startSystem({ CHAOS_MODE: 'true', RATE_LIMIT_WRITES: '0' }, DISTURBED);
  await eventually(
    () => system.inventory.put('/inventory/PLENTY', { quantity: 10_000 }).catch(() => undefined),
    (got) => got?.status === 200,
  );
  const faults = { failureRate: 0.05, dropRate: 0.02, ttlSeconds: 600 };
  for (const name of DISTURBED) {
    await eventually(
      () => system[name].put('/chaos', faults).catch(() => undefined),
      (got) => got?.status === 200,
    );
  }
});
afterAll(() => {
  jest.restoreAllMocks();
  return system.stop();
});

/** A client of the gateway that repeats a failed request with the same key, while the failure is temporary. */
async function place(): Promise<Got> {
  const key = randomUUID();
  for (let tries = 1; tries < MOST_TRIES; tries++) {
    const got = await system.gateway.post('/orders', cart('PLENTY'), { key }).catch(() => undefined);
    if (got && got.status < 500 && got.body.code !== 'REQUEST_IN_PROGRESS') return got;
  }
  throw new Error('gave up');
}

it(`settles ${ORDERS} orders through the gateway despite failures and lost answers: confirmed as answered, one for each key, with a balanced audit (seed ${SEED})`, async () => {
  const left = Array.from({ length: ORDERS });
  const answers: Got[] = [];
  const client = async () => {
    while (left.length > 0) {
      left.pop();
      answers.push(await place());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));

  const listed = new Map<string, string>();
  const audit = await eventually(
    async () => {
      const got = await system.order.get('/audit').catch(() => undefined);
      return got?.status === 200 ? got.body : { inFlight: -1 };
    },
    ({ inFlight }) => inFlight === 0,
    60_000,
  );
  for (const name of DISTURBED) {
    await eventually(
      () => system[name].put('/chaos', { enabled: false }).catch(() => undefined),
      (got) => got?.status === 200,
    );
  }
  let cursor = '';
  do {
    const page = await system.order.get(`/orders?limit=200${cursor}`);
    for (const { id, status } of page.body.items) listed.set(id, status);
    cursor = page.body.nextCursor === null ? '' : `&cursor=${page.body.nextCursor}`;
  } while (cursor !== '');

  const injected = /http_request_duration_seconds_count\{[^}]*status="(500|499)"[^}]*\} (\d+)/g;
  const faults = [...(await system.inventory.get('/metrics')).text.matchAll(injected)].map((match) => Number(match[2]));
  expect(faults.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);

  expect([...listed.values()].filter((status) => !TERMINAL.includes(status))).toEqual([]);
  expect(await balanced(system)).toMatchObject({ balanced: true, discrepancies: [], inFlight: 0 });
  expect(audit.inFlight).toBe(0);
  // There is enough stock: no request is refused for good, and a confirmed order stays confirmed.
  expect(answers.filter(({ status }) => status !== 201 && status !== 202)).toEqual([]);
  const broken = answers.filter(({ status, body }) => status === 201 && listed.get(body.id) !== 'CONFIRMED');
  expect(broken.map(({ body }) => body)).toEqual([]);
  const told = new Set(answers.map(({ body }) => body.id));
  expect(told.size).toBe(ORDERS);
  expect([...listed].filter(([id, status]) => status === 'CONFIRMED' && !told.has(id))).toEqual([]);
}, 120_000);
