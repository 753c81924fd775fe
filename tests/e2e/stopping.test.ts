import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { eventually } from './http.ts';
import { cart } from './orders.ts';
import { type System, startSystem } from './system.ts';

const IN_FLIGHT = 50;

let system: System;
let order: ChildProcess;

beforeAll(async () => {
  system = await startSystem();
  await system.kill('order');
  const urls = Object.fromEntries(
    (['inventory', 'payment', 'shipping'] as const).map((name) => [
      `${name.toUpperCase()}_SERVICE_URL`,
      system[name].url,
    ]),
  );
  const env = {
    ...process.env,
    ...urls,
    PRODUCT_SERVICE_URL: 'none',
    PORT: new URL(system.order.url).port,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'error',
    // Long enough for a busy machine: no request is answered 202 because the shutdown timeout is near.
    DRAIN_MS: '40000',
    NODE_OPTIONS: '',
  };
  order = spawn(process.execPath, ['services/order/dist/main.js'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  await eventually(
    () => system.order.get('/readyz').catch(() => undefined),
    (got) => got?.status === 200,
  );
});
afterAll(async () => {
  if (order.exitCode === null && order.signalCode === null) order.kill('SIGKILL');
  await system.stop();
});

it(`a graceful shutdown answers each of ${IN_FLIGHT} orders in flight, and loses none`, async () => {
  await system.inventory.put('/chaos', { latencyMs: 2_000 });
  const placing = Array.from({ length: IN_FLIGHT }, () => system.order.post('/orders', cart()));
  await eventually(
    () => system.order.get('/sagas?limit=200'),
    ({ body }) => body.items.length === IN_FLIGHT,
  );
  const exited = once(order, 'exit');
  order.kill('SIGTERM');
  const placed = await Promise.all(placing);
  expect(placed.map(({ status }) => status)).toEqual(Array(IN_FLIGHT).fill(201));
  expect(await exited).toEqual([0, null]);

  await system.inventory.put('/chaos', { enabled: false });
  expect((await system.inventory.get('/inventory/PROD001')).body.reserved).toBe(IN_FLIGHT);
  for (const { body } of placed) {
    const payments = await system.payment.get(`/payments?orderId=${body.id}`);
    expect(payments.body.items).toEqual([expect.objectContaining({ status: 'AUTHORIZED' })]);
  }
});
