import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { json } from '../../../../tests/support/call-target.ts';
import { describeDurable } from '../../../../tests/support/database.ts';
import { until } from '../../../../tests/support/until.ts';
import { captured, moved, NotificationService, placed } from '../../test/notification-service.ts';
import { type Receiver, startReceiver, subscribed } from '../../test/webhooks.ts';
import { createRecords } from './records.ts';

describeDurable('replicas on one database', () => {
  let receiver: Receiver;
  let databaseUrl: string;
  let replicas: NotificationService[];
  beforeEach(async () => {
    receiver = await startReceiver();
    databaseUrl = `${process.env.DATABASE_URL_TEST}/hooks_${randomUUID().slice(0, 8)}`;
    replicas = [];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
    await receiver.close();
  });

  async function start() {
    const replica = await NotificationService.start({}, { databaseUrl, send: false });
    replicas.push(replica);
    replica.deliverer();
    return replica;
  }
  async function stop(replica: NotificationService) {
    replicas = replicas.filter((one) => one !== replica);
    await replica.stop();
  }
  const ofOrder = (i: number) => [placed(`O${i}`), captured(`O${i}`), moved('CONFIRMED', {}, `O${i}`)];

  it('deliver each event once, in order per order, though both read all events at the same moment', async () => {
    const [one, other] = [await start(), await start()];
    const hook = await subscribed(other, receiver.url);
    const events = Array.from({ length: 10 }, (_, i) => ofOrder(i)).flat();
    await Promise.all([one.hear(events), other.hear(events)]);
    await hook.has(30, 'DELIVERED');
    expect(receiver.requests).toHaveLength(30);
    expect([...receiver.ids()].sort()).toEqual(events.map(({ id }) => id).sort());
    for (let i = 0; i < 10; i++)
      expect(receiver.ofOrder(`O${i}`).map(({ type }) => type)).toEqual([
        'order.placed',
        'payment.captured',
        'order.status-changed',
      ]);
  });

  it('take over from one that stops: nothing is missed, and nothing comes twice', async () => {
    const first = await start();
    const hook = await subscribed(first, receiver.url);
    const second = await start();
    const events = Array.from({ length: 10 }, (_, i) => ofOrder(i)).flat();
    await first.hear(events.slice(0, 15));
    await receiver.got(5);
    await stop(first);
    await second.hear(events.slice(15));
    await receiver.got(30);
    await until(async () => (await second.get(`${hook.path}/deliveries?limit=200`)).body.items.length === 30);
    expect([...receiver.ids()].sort()).toEqual(events.map(({ id }) => id).sort());
  });

  it('continue after a restart of all of them where they stopped, also with what was failing', async () => {
    const before = await start();
    receiver.answer = (_, res) => json(res, receiver.events().at(-1).subject === 'O1' ? 500 : 200, {});
    const hook = await subscribed(before, receiver.url);
    await before.hear([...ofOrder(1), ...ofOrder(2)]);
    await hook.has(3, 'DELIVERED');
    await hook.has(1, 'FAILING');
    await stop(before);
    receiver.answer = (_, res) => json(res, 200, {});
    const after = await start();
    after.clock.now += 2_000;
    await after.hear(ofOrder(3));
    await receiver.got(10);
    await until(async () => (await after.get(`${hook.path}/deliveries?status=DELIVERED`)).body.items.length === 9);
    expect(receiver.ofOrder('O1').map(({ type }) => type)).toEqual([
      'order.placed',
      'order.placed',
      'payment.captured',
      'order.status-changed',
    ]);
    expect(receiver.requests).toHaveLength(10);
  });

  it('stop at once to deliver to a webhook that was removed at another one', async () => {
    const [one, other] = [await start(), await start()];
    receiver.answer = (req, res) => json(res, req.url === '/more' ? 200 : 500, {});
    const hook = await subscribed(one, receiver.url);
    await one.hear([placed('O1')]);
    await hook.has(1, 'FAILING');
    await other.delete(hook.path);
    const more = await subscribed(other, `${receiver.url}/more`);
    await other.hear([placed('O2')]);
    await more.has(1, 'DELIVERED');
    for (const replica of replicas) replica.clock.now += 2_000;
    await other.hear([placed('O3')]);
    await more.has(2, 'DELIVERED');
    expect(receiver.requests.map(({ path }) => path)).toEqual(['/', '/more', '/more']);
  });

  it('do not write how far they are once another has taken over', async () => {
    const service = await NotificationService.start({}, { databaseUrl, send: false });
    replicas.push(service);
    const { parts } = service;
    const hook = await subscribed(service, receiver.url);
    const [frozen, next] = [createRecords(parts, 'A'), createRecords(parts, 'B')];
    const mine = await frozen.begin(hook.id);
    if (!mine) throw new Error('there is no such webhook');
    await frozen.save(mine.progress, [], new Set());
    await next.begin(hook.id);
    await expect(frozen.save(mine.progress, [], new Set())).rejects.toThrow('another replica has taken over');
  });
});
