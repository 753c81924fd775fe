import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CloudEvent } from '@oms/shared/contracts/cloud-events';
import { until } from '../../../tests/support/until.ts';
import { announced, moved, NotificationService, placed, recorder } from '../test/notification-service.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const WAIT_MS = 10_000;

const mails = recorder();
let service: NotificationService;
beforeEach(async () => {
  mails.got.length = 0;
  service = await NotificationService.start({ smtp: mails });
});
afterEach(() => service.stop());

const awaited = (): CloudEvent => {
  const event = placed();
  return { ...event, data: { ...event.data, waitMs: WAIT_MS } };
};
const rejected = (afterMs: number) =>
  announced(
    'order.status-changed',
    {
      orderId: 'O1',
      oldStatus: 'PENDING',
      newStatus: 'REJECTED',
      failure: { code: 'OUT_OF_STOCK', reason: 'sold out' },
    },
    START + afterMs,
  );
const statuses = async () =>
  Object.fromEntries((await service.all()).map(({ kind, status }) => [kind, status] as const));
const sent = () => mails.got.map(({ kind }) => kind).sort();

describe('an order whose customer waits for the answer', () => {
  it('has its receipt sent as soon as its placing has ended', async () => {
    await service.take([awaited()]);
    expect(await statuses()).toEqual({ 'order-received': 'PENDING' });
    await service.take([moved('CONFIRMED')]);
    await service.allAre('SENT');
    expect(sent()).toEqual(['order-confirmed', 'order-received']);
  });

  it('has its receipt sent when the wait is over', async () => {
    await service.take([awaited()]);
    service.clock.now += WAIT_MS;
    await service.allAre('SENT');
    expect(sent()).toEqual(['order-received']);
  });

  it.each([
    ['at once', (one: CloudEvent, other: CloudEvent) => service.take([one, other])],
    [
      'one by one',
      async (one: CloudEvent, other: CloudEvent) => {
        await service.take([one]);
        await service.take([other]);
      },
    ],
  ])(
    'sends nothing when it was rejected in the answer, with the events read %s; both notifications are stored',
    async (_how, hear) => {
      const [one, other] = [awaited(), rejected(WAIT_MS)];
      await hear(one, other);
      await service.take([one, other]);
      expect(await statuses()).toEqual({ 'order-received': 'WITHHELD', 'order-rejected': 'WITHHELD' });
      for (const { reason } of await service.all()) expect(reason).toContain('read it in the answer');
      service.clock.now += 10 * WAIT_MS;
      await service.take([placed('O2')]);
      await until(() => mails.got.length > 0);
      expect(mails.got.map(({ orderId }) => orderId)).toEqual(['O2']);
    },
  );

  it('reports a rejection after the answer, even if both events are read at once', async () => {
    await service.take([awaited(), rejected(WAIT_MS + 1)]);
    await service.allAre('SENT');
    expect(sent()).toEqual(['order-received', 'order-rejected']);
  });

  it('reports a rejection after the receipt was sent', async () => {
    await service.take([awaited()]);
    service.clock.now += WAIT_MS;
    await service.allAre('SENT');
    await service.take([rejected(1)]);
    await service.allAre('SENT');
    expect(sent()).toEqual(['order-received', 'order-rejected']);
  });

  it('has its receipt sent when it is cancelled while it is placed', async () => {
    await service.take([awaited()]);
    const data = { orderId: 'O1', oldStatus: 'CANCELLING', newStatus: 'CANCELLED' };
    await service.take([announced('order.status-changed', data)]);
    await service.allAre('SENT');
    expect(sent()).toEqual(['order-cancelled', 'order-received']);
  });

  it('lets an operator send what was withheld', async () => {
    await service.take([awaited(), rejected(0)]);
    const withheld = (await service.all()).find(({ kind }) => kind === 'order-rejected');
    expect((await service.retry(withheld?.id as string)).status).toBe(200);
    await until(() => mails.got.length > 0);
    expect(sent()).toEqual(['order-rejected']);
  });
});
