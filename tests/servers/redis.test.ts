import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeRedis } from '../support/redis.ts';
import { type RedisServer, startRedis, tellRedis } from './redis.ts';

describeRedis('the Redis of the tests', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.kill());

  it('stores what it is given', async () => {
    expect(await tellRedis(redis.url, 'SET a 1')).toBe('+OK\r\n');
    expect(await tellRedis(redis.url, 'GET a')).toBe('$1\r\n1\r\n');
  });

  it('is gone after a kill, and empty on the same port after a restart', async () => {
    await tellRedis(redis.url, 'SET a 1');
    await redis.kill();
    await expect(tellRedis(redis.url, 'GET a')).rejects.toThrow('ECONNREFUSED');
    await redis.start();
    expect(await tellRedis(redis.url, 'GET a')).toBe('$-1\r\n');
  });
});
