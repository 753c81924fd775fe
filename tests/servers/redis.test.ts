import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeRedis, type RedisServer, startRedis } from './redis.ts';

describeRedis('the Redis of the tests', () => {
  let redis: RedisServer;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.kill());

  it('stores what it is given', async () => {
    expect(await say('SET a 1')).toBe('+OK\r\n');
    expect(await say('GET a')).toBe('$1\r\n1\r\n');
  });

  it('is gone after a kill, and empty on the same port after a restart', async () => {
    await say('SET a 1');
    await redis.kill();
    await expect(say('GET a')).rejects.toThrow('ECONNREFUSED');
    await redis.start();
    expect(await say('GET a')).toBe('$-1\r\n');
  });

  async function say(command: string): Promise<string> {
    const socket = connect(Number(new URL(redis.url).port), '127.0.0.1').setEncoding('utf8');
    socket.write(`${command}\r\n`);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    return answer;
  }
});
