import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import type { Sent } from '../../../../tests/e2e/http.ts';
import { confirmed } from '../../../../tests/e2e/orders.ts';
import { type System, startSystem } from '../../../../tests/e2e/system.ts';
import { type RedisServer, startRedis, tellRedis } from '../../../../tests/servers/redis.ts';
import { describeCopies } from '../../../../tests/support/redis.ts';
import { until } from '../../../../tests/support/until.ts';

let redis: RedisServer;
let system: System;
let id: string;
let version: number;

/** A copy that nobody would keep: it shows whether an answer comes from it. */
async function forge(change: Record<string, unknown>): Promise<void> {
  await system.order.get(`/orders/${id}`);
  await until(async () => (await copy()).includes('{'));
  const kept = (await copy()).split('\r\n')[1] as string;
  const order = { ...JSON.parse(kept.slice(kept.indexOf('{'))), ...change };
  await tellRedis(redis.url, `SET order:copy:${id} '${version}${JSON.stringify(order)}'`);
}
const copy = () => tellRedis(redis.url, `GET order:copy:${id}`);
const status = async (sent: Sent = {}) => (await system.order.get(`/orders/${id}`, sent)).body.status;

describeCopies('the copy of an order', () => {
  beforeAll(async () => {
    redis = await startRedis();
    const DATABASE_URL = `${process.env.DATABASE_URL_TEST}/copies_${randomUUID().slice(0, 8)}`;
    system = await startSystem({ DATABASE_URL, REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await system.stop();
    await redis.kill();
  });
  beforeEach(async () => {
    id = await confirmed(system);
    version = (await system.order.get(`/orders/${id}`)).body.version;
    await forge({ status: 'DELIVERED' });
  });

  it('is what GET /orders/:id shows, with the same ETag, to those who may see the order', async () => {
    const { body, headers } = await system.order.get(`/orders/${id}`);
    expect([body.status, headers.get('etag')]).toEqual(['DELIVERED', `"${version}"`]);
    // With Cache-Control of its own fetch adds none.
    const known = { 'If-None-Match': `"${version}"`, 'Cache-Control': 'max-age=60' };
    expect((await system.order.get(`/orders/${id}`, { headers: known })).status).toBe(304);
    const bob = await system.order.get(`/orders/${id}`, { headers: { 'X-Caller': 'customer:bob' } });
    expect([bob.status, bob.body.code]).toEqual([404, 'ORDER_NOT_FOUND']);
  });

  it('is passed by with Cache-Control: no-cache, and made anew', async () => {
    expect(await status({ headers: { 'Cache-Control': 'max-age=0, No-Cache' } })).toBe('CONFIRMED');
    await until(async () => (await status()) === 'CONFIRMED');
  });

  it('is not what past versions, lists, events and the audit show', async () => {
    const { order } = system;
    expect((await order.get(`/orders/${id}?version=${version}`)).body.status).toBe('CONFIRMED');
    const listed = (await order.get('/orders')).body.items.find((one: { id: string }) => one.id === id);
    expect(listed.status).toBe('CONFIRMED');
    expect((await order.get(`/orders/${id}/events`)).body.events).toHaveLength(version);
    expect((await order.get('/audit')).body).toMatchObject({ balanced: true });
  });

  it('decides nothing: a command, its If-Match and its saga see the order itself', async () => {
    await forge({ status: 'DELIVERED', version: version + 7 });
    const ifMatch = (tag: number): Sent => ({ headers: { 'If-Match': `"${tag}"` } });
    expect((await system.order.post(`/orders/${id}/process`, undefined, ifMatch(version + 7))).status).toBe(412);
    const processed = await system.order.post(`/orders/${id}/process`, undefined, ifMatch(version));
    expect([processed.status, processed.body.status]).toEqual([200, 'PROCESSING']);
    expect((await system.order.post(`/orders/${id}/fulfill`)).body.status).toBe('SHIPPED');
    expect(await status()).toBe('SHIPPED');
    await forge({ status: 'CONFIRMED' });
    expect((await system.order.put(`/orders/${id}/status`, { status: 'DELIVERED' })).body.status).toBe('DELIVERED');
  });
});
