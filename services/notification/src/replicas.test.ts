import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeDurable } from '../../../tests/support/database.ts';
import { until } from '../../../tests/support/until.ts';
import { captured, moved, NotificationService, placed, recorder } from '../test/notification-service.ts';

describeDurable('two replicas on one database', () => {
  let sent: ReturnType<typeof recorder>;
  let databaseUrl: string;
  let replicas: NotificationService[];
  beforeEach(async () => {
    sent = recorder('webhook');
    databaseUrl = `${process.env.DATABASE_URL_TEST}/notices_${randomUUID().slice(0, 8)}`;
    replicas = [];
  });
  afterEach(async () => {
    for (const replica of replicas) await replica.stop();
  });

  const start = async (send: boolean) => {
    const replica = await NotificationService.start({ webhook: sent }, { databaseUrl, send });
    replicas.push(replica);
    return replica;
  };
  const sentIds = () => sent.got.map(({ id }) => id);

  it('send each notification once, though both read all events, in different orders, at the same moment', async () => {
    const [one, other] = [await start(true), await start(true)];
    const orders = Array.from({ length: 40 }, (_, i) => `O${i}`);
    const events = orders.flatMap((order) => [placed(order), moved('CONFIRMED', {}, order), captured(order)]);
    await Promise.all([one.take(events), other.take([...events].reverse())]);
    await until(() => sent.got.length >= 120);
    await one.allAre('SENT');
    expect(await one.all()).toHaveLength(120);
    expect(new Set(sentIds()).size).toBe(120);
    expect(sent.got).toHaveLength(120);
  });

  it('send none twice when both start sending at the same moment', async () => {
    const [one, other] = [await start(false), await start(false)];
    await one.take(Array.from({ length: 50 }, (_, i) => placed(`O${i}`)));
    one.sender();
    other.sender();
    await one.allAre('SENT');
    expect(new Set(sentIds()).size).toBe(50);
    expect(sent.got).toHaveLength(50);
  });

  it('leave a slow attempt to the replica that makes it', async () => {
    const one = await start(true);
    let finish = () => {};
    sent.behave = () => new Promise((resolve) => (finish = resolve));
    await one.take([placed('O1')]);
    await until(() => sent.got.length === 1);
    sent.behave = async () => {};
    const other = await start(true);
    await other.take([placed('O2')]);
    await until(async () => (await other.all('orderId=O2'))[0]?.status === 'SENT');
    finish();
    await other.allAre('SENT');
    expect(sent.got.map(({ orderId }) => orderId)).toEqual(['O1', 'O2']);
  });

  it('know after a restart which notifications were sent, and which are still pending', async () => {
    const first = await start(false);
    const events = [placed('O1'), captured('O1')];
    await first.take(events);
    const second = await start(true);
    await second.allAre('SENT');
    await second.take(events);
    await second.take([moved('DELIVERED')]);
    await until(() => sent.got.length === 3);
    await second.allAre('SENT');
    expect(sent.got.map(({ kind }) => kind).sort()).toEqual(['order-delivered', 'order-received', 'payment-received']);
  });
});
