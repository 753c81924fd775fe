import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { Api, eventually } from '../e2e/http.ts';
import { describeDurable } from '../support/database.ts';
import { processesOf } from '../support/processes.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { Load } from './load.ts';

const SERVICES = ['order', 'inventory', 'payment', 'shipping', 'product', 'notification'];
/** The number of answers while a replica is down, and again when it is back. */
const MEANWHILE = 60;

const two = (service: string) => [`${service}-1`, `${service}-2`];

let replicas: ServiceProcess[] = [];
let gateways: ServiceProcess[] = [];
let api: Api;

describeDurable('two gateways in front of two replicas of every service', () => {
  beforeAll(async () => {
    const env = {
      DATABASE_URL: `${process.env.DATABASE_URL_TEST}/replicas_${randomUUID().slice(0, 8)}`,
      LOG_LEVEL: 'error',
      // Short, so that the orders of a killed process are soon taken over.
      SAGA_LEASE_MS: '1500',
      SAGA_POLL_MS: '250',
      RATE_LIMIT_READS: '0',
      RATE_LIMIT_WRITES: '0',
    };
    const all = await processesOf([...SERVICES, 'gateway'].flatMap(two), env);
    gateways = all.slice(-2);
    replicas = all.slice(0, -2);
    await Promise.all(all.map((one) => one.start()));
    api = new Api((gateways[0] as ServiceProcess).url, EVERY_ENDPOINT.order);
    await eventually(
      async () => (await fetch(`${api.url}/health`)).json() as Promise<{ status: string }>,
      ({ status }) => status === 'UP',
    );
    for (let i = 0; i < 3; i++) await api.put('/inventory/prod1', { quantity: 100_000 });
  }, 90_000);
  afterAll(() => {
    for (const one of [...gateways, ...replicas]) one.end();
  });

  it.each([
    ['killed', (replica: ServiceProcess) => replica.kill()],
    ['restarted as in a rolling upgrade', (replica: ServiceProcess) => replica.terminate()],
  ])(
    'lose no request while one replica after the other is %s under load',
    async (_how, end) => {
      const load = new Load(gateways.map(({ url }) => url));
      const answered = async (more: number) => {
        const enough = load.answers.length + more;
        await eventually(
          () => load.answers.length,
          (count) => count >= enough,
          60_000,
        );
      };
      try {
        await answered(MEANWHILE);
        for (const replica of replicas) {
          expect(await end(replica)).toBe(true);
          await answered(MEANWHILE);
          await replica.start();
          await answered(MEANWHILE);
        }
      } finally {
        await load.stop();
      }

      const of = (...kinds: string[]) => load.answers.filter(({ what }) => kinds.includes(what));
      expect(load.answers.filter(({ status }) => ![200, 201, 202].includes(status))).toEqual([]);
      for (const kind of ['keyed', 'read', 'unkeyed']) expect(of(kind).length).toBeGreaterThan(100);
      expect([...gateways, ...replicas].flatMap(({ diedOfItself }) => diedOfItself)).toEqual([]);

      await eventually(
        () => api.get('/sagas'),
        ({ body }) => body.items.length === 0,
      );
      expect(new Set(load.placed).size).toBe(load.placed.length);
      const audit = (await api.get('/audit')).body;
      expect(audit).toMatchObject({ balanced: true, inFlight: 0, discrepancies: [] });
      expect(audit.checkedOrders).toBeGreaterThanOrEqual(load.placed.length);
    },
    300_000,
  );
});
