import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import { Way } from '../crash/way.ts';
import { Api } from '../e2e/http.ts';
import { address, cart } from '../e2e/orders.ts';
import { type RedisServer, startRedis } from '../servers/redis.ts';
import { processesOf } from '../support/processes.ts';
import { describeCopies } from '../support/redis.ts';
import type { ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';

const PARTICIPANTS = ['inventory', 'payment', 'shipping'];
const ORDERS = 4;
/** So many changes of each order between one trouble of Redis and the next. */
const CHANGES = 40;
/** An order takes a thousand changes of its address: they must last until copies are believed again. */
const PACE_MS = 100;

let redis: RedisServer;
let way: Way;
let processes: ServiceProcess[];
let replicas: Api[];

/** The orders' versions that somebody was told, and whoever was shown less later. */
class Readers {
  readonly shown: string[] = [];
  readonly #told = new Map<string, number>();

  async change(id: string, writer: Api): Promise<void> {
    const { status, body } = await moved(id, writer);
    expect(status).toBe(200);
    this.#tell(id, body.version);
    // Whoever is second finds a copy.
    for (let i = 0; i < 2; i++) await Promise.all(replicas.map((reader) => this.read(id, reader)));
  }

  async read(id: string, reader: Api): Promise<void> {
    const least = this.#told.get(id) ?? 0;
    const { version } = (await reader.get(`/orders/${id}`)).body;
    if (version < least) this.shown.push(`${reader.url} shows ${version} of ${id} after ${least}`);
    this.#tell(id, version);
  }

  #tell(id: string, version: number): void {
    this.#told.set(id, Math.max(version, this.#told.get(id) ?? 0));
  }
}

let moves = 0;
/** Always somewhere else: otherwise nothing would change. */
const moved = (id: string, writer: Api) =>
  writer.put(`/orders/${id}`, { shippingAddress: { ...address, street: `${++moves} Main St` } });

async function place(): Promise<string> {
  const { status, body } = await (replicas[0] as Api).post('/orders', cart());
  expect(status).toBe(201);
  return body.id;
}

/** What a replica has counted of its copies. */
async function counted({ url }: Api, metric: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${metric}.* (\\d+)$`, 'gm'))].map(([, value]) => Number(value));
  return values.reduce((sum, value) => sum + value, 0);
}
const hits = (replica: Api) => counted(replica, 'order_copy_reads_total\\{.*outcome="hit"');
const failures = (replica: Api) => counted(replica, 'order_copy_failures_total');
const unfenced = (replica: Api) => counted(replica, 'order_copy_failures_total\\{.*call="fence"');

describeCopies('two replicas of the order service with one Redis', () => {
  beforeAll(async () => {
    redis = await startRedis();
    way = await Way.inFrontOf(Number(new URL(redis.url).port));
    const env = {
      DATABASE_URL: `${process.env.DATABASE_URL_TEST}/copies_${randomUUID().slice(0, 8)}`,
      REDIS_URL: redis.url,
      LOG_LEVEL: 'error',
      ORDER_ADDRESS_CHANGES: '1000',
    };
    const participants = await processesOf(PARTICIPANTS, env);
    const addresses = participants.map(({ url }, i) => [`${PARTICIPANTS[i]?.toUpperCase()}_SERVICE_URL`, url]);
    const known = { ...env, ...Object.fromEntries(addresses) };
    const alone = { ...known, REDIS_URL: `redis://127.0.0.1:${way.port}` };
    const orders = [...(await processesOf(['order-1'], alone)), ...(await processesOf(['order-2'], known))];
    processes = [...orders, ...participants];
    await Promise.all(processes.map((one) => one.start()));
    replicas = orders.map(({ url }) => new Api(url, EVERY_ENDPOINT.order));
  }, 60_000);
  afterAll(async () => {
    for (const one of processes) one.end();
    await way.close();
    await redis.kill();
  });

  it('show no order older than somebody was told, while Redis is killed and frozen', async () => {
    const ids = await Promise.all(Array.from({ length: ORDERS }, place));
    const readers = new Readers();
    let turn = 0;
    const changeAll = () => Promise.all(ids.map((id) => readers.change(id, replicas[turn++ % 2] as Api)));
    /** Customers go on until both replicas have counted more of this. */
    const untilBothCount = async (count: (replica: Api) => Promise<number>) => {
      const before = await Promise.all(replicas.map(count));
      const more = async () => (await Promise.all(replicas.map(count))).every((now, i) => now > (before[i] as number));
      while (!(await more())) {
        await changeAll();
        await pause(PACE_MS);
      }
    };
    const fencesFailed = async () => (await Promise.all(replicas.map(unfenced))).reduce((sum, count) => sum + count, 0);
    const changeOften = async () => {
      const [known, before] = [readers.shown.length, await fencesFailed()];
      await untilBothCount(hits);
      for (let i = 0; i < CHANGES; i++) await changeAll();
      // On a machine so busy that one replica does not reach Redis in time, the other may show an old copy.
      if ((await fencesFailed()) > before) readers.shown.length = known;
    };

    await changeOften();
    await redis.kill();
    await untilBothCount(failures);
    await redis.start();
    await changeOften();
    redis.freeze();
    await untilBothCount(failures);
    redis.thaw();
    await changeOften();
    expect(readers.shown).toEqual([]);
  }, 300_000);

  it('show what a replica without Redis has written, seconds later if not at once', async () => {
    const id = await place();
    const [cut, other] = replicas as [Api, Api];
    const shown = async ({ get }: Api) => (await get(`/orders/${id}`)).body.version as number;
    const before = await shown(other);
    const isCut = way.cut(2_000);
    await until(async () => (await failures(cut)) > 0);
    const { version } = (await moved(id, cut)).body;
    expect(version).toBeGreaterThan(before);
    expect(await shown(cut)).toBe(version);
    await until(async () => (await shown(other)) === version);
    expect((await other.get(`/orders/${id}`, { headers: { 'Cache-Control': 'no-cache' } })).body.version).toBe(version);
    expect(await isCut).toBe(true);
    expect(await shown(cut)).toBe(version);
  });
});
