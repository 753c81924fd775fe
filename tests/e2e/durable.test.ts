import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { PostgresServer } from '../servers/postgres.ts';
import { describeDurable } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { Api, eventually } from './http.ts';
import { balanced, cart, confirmed, reaches, settled, shipped } from './orders.ts';
import { type Name, type System, startSystem } from './system.ts';

const NAMES: Name[] = ['inventory', 'payment', 'shipping', 'order'];

/** A server with new databases. */
const freshServer = () => `${process.env.DATABASE_URL_TEST}/e2e_${randomUUID().slice(0, 8)}`;

let env: Record<string, string>;
let system: System;
let replicas: ChildProcess[];

const prepare = async () => {
  env = { DATABASE_URL: freshServer(), SAGA_LEASE_MS: '1500' };
  system = await startSystem(env);
  replicas = [];
};
const tidy = async () => {
  for (const replica of replicas) replica.kill('SIGKILL');
  await system.stop();
};

/** Another process of the order service on the same database. */
async function replica(): Promise<{ process: ChildProcess; api: Api }> {
  const urls = Object.fromEntries(NAMES.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, system[name].url]));
  const port = String(await freePort());
  const own = { PORT: port, HOST: '127.0.0.1', LOG_LEVEL: 'error', SAGA_POLL_MS: '50', NODE_OPTIONS: '' };
  const PRODUCT_SERVICE_URL = 'none';
  const child = spawn(process.execPath, ['services/order/dist/main.js'], {
    env: { ...process.env, ...urls, PRODUCT_SERVICE_URL, ...env, ...own },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  replicas.push(child);
  const api = new Api(`http://127.0.0.1:${port}`, EVERY_ENDPOINT.order);
  await eventually(
    () => api.get('/readyz').catch(() => undefined),
    (got) => got?.status === 200,
  );
  return { process: child, api };
}

describeDurable('on PostgreSQL', () => {
  beforeEach(prepare);
  afterEach(tidy);

  it('all data survives a restart of all services', async () => {
    const { id } = await shipped(system);
    const sent = { key: 'before' };
    const first = await system.order.post('/orders', cart(), sent);
    const before = await Promise.all([id, first.body.id].map((one) => system.order.get(`/orders/${one}`)));
    for (const name of NAMES) await system.kill(name);
    for (const name of NAMES) await system.revive(name);
    const after = await Promise.all([id, first.body.id].map((one) => system.order.get(`/orders/${one}`)));
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
    const again = await system.order.post('/orders', cart(), sent);
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect((await system.inventory.get('/inventory/PROD001')).body).toMatchObject({ onHand: 99, reserved: 1 });
    expect((await system.order.delete(`/orders/${first.body.id}`)).body.status).toBe('CANCELLED');
    expect(await balanced(system)).toMatchObject({ balanced: true, checkedOrders: 2 });
  });

  it('two simultaneous requests with one key to two replicas make one order', async () => {
    const { api } = await replica();
    for (let round = 0; round < 10; round++) {
      const sent = { key: `both-${round}` };
      const [a, b] = await Promise.all([system.order.post('/orders', cart(), sent), api.post('/orders', cart(), sent)]);
      expect([a.status, b.status]).toEqual([201, 201]);
      expect(a.text).toBe(b.text);
    }
    expect((await system.inventory.get('/inventory/PROD001')).body.reserved).toBe(10);
    expect(await balanced(system)).toMatchObject({ balanced: true, checkedOrders: 10 });
  });

  it('the order of a killed replica is finished by the other', async () => {
    const { process: victim, api } = await replica();
    await system.payment.put('/chaos', { latencyMs: 60_000 });
    const placing = api.post('/orders', cart()).catch(() => undefined);
    const [running] = (
      await eventually(
        () => system.order.get('/sagas'),
        ({ body }) => body.items.length === 1,
      )
    ).body.items;
    await eventually(
      () => system.inventory.get('/inventory/PROD001'),
      ({ body }) => body.reserved === 1,
    );
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    await system.payment.put('/chaos', { enabled: false });
    await placing;
    await reaches(system, running.orderId, 'CONFIRMED');
    const events = await system.order.get(`/orders/${running.orderId}/events`);
    expect(events.body.events.map(({ type }: { type: string }) => type)).toContain('saga.resumed');
    expect(await balanced(system)).toMatchObject({ balanced: true });
  });
});

describeDurable('a database outage', () => {
  it('needs no restart of a service afterwards', async () => {
    const server = await PostgresServer.start();
    const own = await startSystem({ DATABASE_URL: `${server.url()}/away` });
    try {
      const id = await confirmed(own);
      await server.goAway();
      const down = await own.order.get('/readyz');
      expect(down.status).toBe(503);
      expect((await own.order.get(`/orders/${id}`)).body.code).toBe('SERVICE_UNAVAILABLE');
      expect((await own.order.post('/orders', cart())).status).toBe(503);
      expect((await own.order.get('/livez')).status).toBe(200);
      await server.restart();
      for (const name of NAMES) {
        await eventually(
          () => own[name].get('/readyz'),
          ({ status }) => status === 200,
        );
      }
      expect((await own.order.get(`/orders/${id}`)).body.status).toBe('CONFIRMED');
      await confirmed(own);
      await settled(own);
      expect(await balanced(own)).toMatchObject({ balanced: true });
    } finally {
      await own.stop();
      await server.stop();
    }
  });
});
