import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { moved, NotificationService, placed, recorder } from '../test/notification-service.ts';
import { Refused } from './channels.ts';

let mails: ReturnType<typeof recorder>;
let service: NotificationService;
beforeEach(async () => {
  mails = recorder('smtp');
  service = await NotificationService.start({ smtp: mails });
});
afterEach(() => service.stop());

const problem = (status: number, code: string) =>
  expect.objectContaining({ status, type: 'application/problem+json', body: expect.objectContaining({ code }) });

/** One notification that was given up. */
async function dead(): Promise<string> {
  mails.behave = async () => {
    throw new Refused('no such mailbox');
  };
  await service.take([placed()]);
  await service.allAre('DEAD');
  mails.behave = async () => {};
  return (await service.one()).id;
}

describe('looking for notifications', () => {
  beforeEach(async () => {
    const at = Date.parse('2026-01-01T00:00:00Z');
    await service.take([placed('O1', undefined, at - 2), placed('O2', undefined, at - 1), moved('CONFIRMED')]);
    await service.allAre('SENT');
  });

  it('lists them, newest first, page by page', async () => {
    const first = await service.get('/notifications?limit=2');
    expect(first.body.items.map(({ kind, orderId }: Record<string, string>) => [orderId, kind])).toEqual([
      ['O1', 'order-confirmed'],
      ['O2', 'order-received'],
    ]);
    expect(first.headers.link).toContain(first.body.nextCursor);
    const second = await service.get(`/notifications?limit=2&cursor=${first.body.nextCursor}`);
    expect(second.body).toMatchObject({ items: [{ orderId: 'O1', kind: 'order-received' }], nextCursor: null });
  });

  it('lists those of an order, with a status, or both', async () => {
    expect(await service.all('orderId=O1')).toHaveLength(2);
    expect(await service.all('orderId=O3')).toEqual([]);
    expect(await service.all('status=SENT')).toHaveLength(3);
    expect(await service.all('status=DEAD&orderId=O1')).toEqual([]);
    expect(await service.get('/notifications?status=LOST')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });

  it('finds one by its id', async () => {
    const [one] = await service.all('orderId=O2');
    const { status, body } = await service.get(`/notifications/${one?.id}`);
    expect([status, body]).toEqual([200, one]);
  });

  it('is 404 for an unknown id, and 400 for an invalid one', async () => {
    expect(await service.get('/notifications/x')).toEqual(problem(404, 'NOTIFICATION_NOT_FOUND'));
    expect(await service.get('/notifications/a%20b')).toEqual(problem(400, 'VALIDATION_FAILED'));
  });
});

describe('a retry by hand', () => {
  it('of one that was given up sends it', async () => {
    const id = await dead();
    expect(await service.all('status=DEAD')).toMatchObject([{ id, reason: 'no such mailbox' }]);
    const { status, body } = await service.retry(id);
    expect([status, body.status, body.attempts]).toEqual([200, 'PENDING', 0]);
    await service.allAre('SENT');
    expect(mails.got.map((message) => message.id)).toEqual([id, id]);
    expect(await service.all('status=DEAD')).toEqual([]);
    const events = (await service.get('/events')).body.events.map(({ type }: { type: string }) => type);
    expect(events).toEqual([
      'notification.created',
      'notification.given-up',
      'notification.retried',
      'notification.sent',
    ]);
  });

  it('of one that is still tried changes nothing', async () => {
    mails.behave = async () => {
      throw new Error('down');
    };
    await service.take([placed()]);
    await service.attempted(1);
    const before = await service.one();
    expect((await service.retry(before.id)).body).toEqual(before);
    expect((await service.get('/events')).body.events).toHaveLength(1);
  });

  it('is 404 for what does not exist', async () => {
    expect(await service.retry('x')).toEqual(problem(404, 'NOTIFICATION_NOT_FOUND'));
  });
});
