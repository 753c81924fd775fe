import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import type { Logger } from '@oms/shared/telemetry/logger';
import { createLogger } from '@oms/shared/telemetry/logger';
import type { Store } from 'express-rate-limit';
import { type RedisServer, startRedis } from '../../../../tests/servers/redis.ts';
import { describeRedis } from '../../../../tests/support/redis.ts';
import { until } from '../../../../tests/support/until.ts';
import { type Guarded, startGuarded } from '../../test/guarded-app.ts';
import { type Counting, countingAlone, countingTogether } from './counting.ts';

it('a gateway without Redis counts each limit apart, and forgets the counts when it stops', async () => {
  const counting = countingAlone();
  const [reads, writes] = [counting.countsOf('reads'), counting.countsOf('writes')];
  for (const store of [reads, writes]) store.init?.({ windowMs: 60_000 } as never);
  const hits = async (store: Store) => (await store.increment('ada')).totalHits;
  expect([await hits(reads), await hits(reads), await hits(writes)]).toEqual([1, 2, 1]);
  counting.close();
  expect([await hits(reads), await hits(writes)]).toEqual([1, 1]);
});

describeRedis('gateways that count together', () => {
  let redis: RedisServer;
  let closing: (() => unknown)[];
  beforeEach(async () => {
    redis = await startRedis();
    closing = [redis.kill];
  });
  afterEach(async () => {
    for (const close of closing.reverse()) await close();
  });

  const startGateway = async (): Promise<Guarded> => {
    const gateway = await startGuarded({ REDIS_URL: redis.url, RATE_LIMIT_READS: '20' });
    closing.push(gateway.close);
    return gateway;
  };
  const counts = (gateway: Guarded) => until(async () => (await gateway.get('/orders')).headers.ratelimit);

  it('allow a client together as much as one of them', async () => {
    const [one, other] = [await startGateway(), await startGateway()];
    await counts(one);
    await counts(other);
    const seen: number[] = [];
    for (let i = 0; i < 15; i++) seen.push((await one.get('/orders')).status, (await other.get('/orders')).status);
    const { headers } = await one.get('/orders');
    expect(headers.ratelimit).toMatch(/^"reads"; r=0; t=\d+$/);
    expect(seen.filter((status) => status === 200).length).toBeLessThanOrEqual(18);
    expect(seen.slice(-2)).toEqual([429, 429]);
  });

  it('let everybody pass while Redis is unavailable, and count again once it is back', async () => {
    const gateway = await startGateway();
    await counts(gateway);
    for (let i = 0; i < 20; i++) await gateway.get('/orders');
    expect((await gateway.get('/orders')).status).toBe(429);
    await redis.kill();
    await until(async () => (await gateway.get('/orders')).status === 200);
    for (let i = 0; i < 30; i++) {
      const { status, headers } = await gateway.get('/orders');
      expect([status, headers.ratelimit]).toEqual([200, undefined]);
    }
    await redis.start();
    await counts(gateway);
    await until(async () => (await gateway.get('/orders')).status === 429);
  });

  it('start without Redis, and count together as soon as it is available', async () => {
    await redis.kill();
    const gateway = await startGateway();
    for (let i = 0; i < 30; i++) expect((await gateway.get('/orders')).status).toBe(200);
    await redis.start();
    await counts(gateway);
    await until(async () => (await gateway.get('/orders')).status === 429);
  });
});

describeRedis('counting together', () => {
  let redis: RedisServer;
  let log: Logger;
  let counting: Counting;
  let reads: Store;
  beforeEach(async () => {
    redis = await startRedis();
    log = createLogger('gateway', 'silent');
    jest.spyOn(log, 'warn');
    jest.spyOn(log, 'info');
    counting = countingTogether(redis.url, log);
    reads = counting.countsOf('reads');
    reads.init?.({ windowMs: 60_000 } as never);
    await until(() => counts(reads));
  });
  afterEach(async () => {
    counting.close();
    await redis.kill();
  });

  const lines = () => [log.warn, log.info].map((write) => jest.mocked(write).mock.calls.map(([message]) => message));
  const GONE = 'rate limits do not hold: Redis cannot be reached';
  const BACK = 'rate limits hold again: Redis is back';
  const many = (n: number) => Promise.all(Array.from({ length: n }, () => reads.increment('ada')));

  it('counts each key apart, each limit apart, and no request twice', async () => {
    const hits = (await many(100)).map(({ totalHits }) => totalHits);
    expect(hits.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    const writes = counting.countsOf('writes');
    writes.init?.({ windowMs: 60_000 } as never);
    expect((await writes.increment('ada')).totalHits).toBe(1);
    expect((await reads.increment('bob')).totalHits).toBe(1);
  });

  it('logs once that Redis is unavailable, and once that it is back', async () => {
    await redis.kill();
    await until(() => lines()[0]?.length);
    for (let i = 0; i < 50; i++) await expect(reads.increment('ada')).rejects.toThrow('Redis is away');
    expect(lines()).toEqual([[GONE], []]);
    await redis.start();
    await until(() => lines()[1]?.length);
    expect(lines()).toEqual([[GONE], [BACK]]);
    expect((await reads.increment('ada')).totalHits).toBe(1);
  });
});

const counts = async (store: Store): Promise<boolean> => {
  try {
    return Boolean(await store.increment('somebody'));
  } catch {
    return false;
  }
};
