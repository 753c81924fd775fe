import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ServiceProcess } from '../crash/service-process.ts';
import { describeDurable } from '../database.ts';
import { Api, eventually } from '../e2e/http.ts';
import { endpoints } from '../e2e/system.ts';
import { Cluster } from './cluster.ts';
import { Load } from './load.ts';

/** How many requests are answered while a replica is gone, and again once it is back. */
const MEANWHILE = 60;

let cluster: Cluster;
let api: Api;

describeDurable('two gateways before two replicas of every service', () => {
  beforeAll(async () => {
    cluster = await Cluster.start();
    api = new Api(cluster.urls[0] as string, endpoints.order);
    await eventually(
      async () => (await fetch(`${api.url}/health`)).json() as Promise<{ status: string }>,
      ({ status }) => status === 'UP',
    );
    for (let i = 0; i < 3; i++) await api.put('/inventory/prod1', { quantity: 100_000 });
  }, 90_000);
  afterAll(() => cluster?.stop());

  it.each([
    ['killed', (replica: ServiceProcess) => replica.kill()],
    ['restarted as by an upgrade', (replica: ServiceProcess) => replica.terminate()],
  ])(
    'one replica after the other is %s under load, and nobody notices',
    async (_how, end) => {
      const load = new Load(cluster.urls);
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
        for (const replica of cluster.replicas) {
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
      expect(cluster.replicas.flatMap(({ diedOfItself }) => diedOfItself)).toEqual([]);

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
