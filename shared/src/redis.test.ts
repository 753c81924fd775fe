import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis, tellRedis } from '../../tests/servers/redis.ts';
import { describeRedis } from '../../tests/support/redis.ts';
import { until } from '../../tests/support/until.ts';
import { connectRedis, type RedisConnection, script } from './redis.ts';
import { createLogger, type Logger } from './telemetry/logger.ts';

const NEWS = { lost: 'Redis is gone', back: 'Redis is back' };
const SUM = script('return ARGV[1] + ARGV[2]');

describeRedis('a connection to Redis', () => {
  let server: RedisServer;
  let log: Logger;
  let redis: RedisConnection;
  let returns: number;
  beforeEach(async () => {
    server = await startRedis();
    log = createLogger('order', 'silent');
    jest.spyOn(log, 'warn');
    jest.spyOn(log, 'info');
    returns = 0;
    redis = connectRedis(server.url, log, { ...NEWS, onBack: () => returns++ });
    await redis.tried;
  });
  afterEach(async () => {
    redis.close();
    await server.kill();
  });

  const lines = () => [log.warn, log.info].map((write) => jest.mocked(write).mock.calls.map(([message]) => message));
  const add = () => redis.run(SUM, [], '1', '2');

  it('runs a script, also one that Redis has forgotten', async () => {
    expect(await add()).toBe(3);
    await redis.call('SCRIPT', 'FLUSH');
    expect(await Promise.all([add(), add()])).toEqual([3, 3]);
    await expect(redis.run(script('return redis.call("NONSENSE")'), [])).rejects.toThrow('Unknown Redis command');
  });

  it('logs once that Redis is unavailable, and once that it is back', async () => {
    await server.kill();
    await until(() => lines()[0]?.length);
    for (let i = 0; i < 50; i++) await expect(add()).rejects.toThrow('Redis is away');
    expect([lines(), returns]).toEqual([[[NEWS.lost], []], 0]);
    await server.start();
    await until(() => lines()[1]?.length);
    expect([lines(), returns]).toEqual([[[NEWS.lost], [NEWS.back]], 1]);
    expect(await add()).toBe(3);
  });

  it('logs so too when Redis closes the connection and is back at once', async () => {
    await tellRedis(server.url, 'CLIENT KILL TYPE normal');
    await until(() => lines()[1]?.length);
    expect(lines()).toEqual([[NEWS.lost], [NEWS.back]]);
    expect(log.warn).toHaveBeenCalledWith(NEWS.lost, { error: undefined });
  });

  it('reconnects with backoff, up to a second', async () => {
    const connect = jest.spyOn(Redis.prototype, 'connect');
    connectRedis(server.url, log, NEWS).close();
    const [{ options }] = connect.mock.contexts as [Redis];
    connect.mockRestore();
    expect([1, 2, 20, 21, 1_000].map((times) => options.retryStrategy?.(times))).toEqual([50, 100, 1000, 1000, 1000]);
    // What is called while nobody listens is never carried out, and nobody waits for it.
    expect(options).toMatchObject({ enableOfflineQueue: false, autoResendUnfulfilledCommands: false });
    expect(options).toMatchObject({ maxRetriesPerRequest: 0, connectTimeout: 1_000, enableAutoPipelining: true });
  });

  it('logs nothing before its first connection but why there is none, and keeps nobody waiting', async () => {
    await server.kill();
    log = createLogger('order', 'silent');
    jest.spyOn(log, 'warn');
    const early = connectRedis(server.url, log, NEWS);
    await expect(early.call('PING')).rejects.toThrow('Redis is connecting');
    await early.tried;
    early.close();
    const error = expect.objectContaining({ code: 'ECONNREFUSED' });
    expect(jest.mocked(log.warn).mock.calls).toEqual([[NEWS.lost, { error }]]);
  });

  it('keeps nobody waiting who starts while Redis hangs', async () => {
    server.freeze();
    const early = connectRedis(server.url, log, NEWS);
    await early.tried;
    await expect(early.call('PING')).rejects.toThrow('Redis is away');
    server.thaw();
    await until(async () => early.call('PING').catch(() => false));
    early.close();
  });

  it('waits for a Redis that hangs only once, and lets no calls pile up', async () => {
    await tellRedis(server.url, 'CLIENT PAUSE 2000 ALL');
    const cut = jest.spyOn(Redis.prototype, 'disconnect');
    const waiting = await Promise.allSettled(Array.from({ length: 500 }, add));
    expect(waiting.every(({ status }) => status === 'rejected')).toBe(true);
    expect(cut).toHaveBeenCalledTimes(1);
    cut.mockRestore();
    for (let i = 0; i < 100; i++) await expect(add()).rejects.toThrow('Redis is away');
    expect(lines()).toEqual([[NEWS.lost], []]);
    await until(() => lines()[1]?.length);
    expect(await add()).toBe(3);
  });

  it('loses no answer that came while the process was busy', async () => {
    const sum = add();
    await new Promise(setImmediate);
    for (const until = performance.now() + 500; performance.now() < until; );
    expect(await sum).toBe(3);
    expect(lines()).toEqual([[], []]);
  });

  it('ends quietly', async () => {
    const disconnect = jest.spyOn(Redis.prototype, 'disconnect');
    redis.close();
    const [client] = disconnect.mock.contexts as [Redis];
    disconnect.mockRestore();
    await expect(add()).rejects.toThrow('Redis is closed');
    await until(() => client.status === 'end');
    expect(lines()).toEqual([[], []]);
  });
});
