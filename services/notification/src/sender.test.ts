import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { decide } from '@oms/shared/store/aggregate';
import { Recorder } from '../../../tests/support/recorder.ts';
import { until } from '../../../tests/support/until.ts';
import { captured, moved, NotificationService, placed, recorder, TRACE } from '../test/notification-service.ts';
import { Refused } from './channels.ts';
import { notifications } from './documents.ts';
import { LEASE_MS, type Notification, taken } from './domain/notification.ts';

let mails: ReturnType<typeof recorder>;
let service: NotificationService;
beforeEach(async () => {
  mails = recorder('smtp');
  service = await NotificationService.start({ smtp: mails });
});
afterEach(() => service.stop());

const down = async () => {
  throw new Error('connection refused by ada@example.org');
};
const metric = async (name: string) => {
  const { text } = await service.get('/metrics');
  return text.split('\n').filter((line) => line.startsWith(name));
};

/** Attempts that hang until the test ends them. */
function held() {
  const waiting: ((error?: Error) => void)[] = [];
  mails.behave = (_message, signal) =>
    new Promise((resolve, reject) => {
      waiting.push((error) => (error ? reject(error) : resolve()));
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  return waiting;
}

describe('a notification', () => {
  it('is sent once, addressed to the customer, and is stored as it was sent', async () => {
    await service.take([placed()]);
    await service.allAre('SENT');
    const seen = await service.one();
    expect(seen).toEqual({
      id: expect.any(String),
      orderId: 'O1',
      kind: 'order-received',
      channel: 'smtp',
      to: 'ada@example.org',
      subject: 'We have received your order',
      body: expect.stringContaining('2 × Kettle: 59.98 EUR'),
      status: 'SENT',
      attempts: 1,
      at: '2026-01-01T00:00:00.000Z',
    });
    const { id, subject, body } = seen;
    const sent = { id, orderId: 'O1', kind: 'order-received', to: 'ada@example.org', subject, body };
    expect(mails.got).toEqual([{ ...sent, at: service.clock.now }]);
    expect(await metric('notifications_total')).toEqual([
      'notifications_total{channel="smtp",status="SENT",service="notification"} 1',
    ]);
  });

  it('is counted, announced and logged in the trace of its event, without the address', async () => {
    const logged = jest.spyOn(service.parts.log, 'info');
    await service.take([placed()]);
    await service.allAre('SENT');
    const events = await service.parts.store.events({ limit: 10 });
    expect(events.map(({ type, traceId }) => [type, traceId])).toEqual([
      ['notification.created', TRACE],
      ['notification.sent', TRACE],
    ]);
    await until(() => logged.mock.calls.some(([text]) => text === ('a notification was sent' as never)));
    expect(logged.mock.calls.at(-1)).toEqual(['a notification was sent', expect.objectContaining({ traceId: TRACE })]);
    expect(JSON.stringify(logged.mock.calls)).not.toContain('ada@');
  });

  it('has a span for each attempt, in the trace of its event, without the address', async () => {
    await service.stop();
    service = await NotificationService.start({ smtp: mails }, { send: false });
    const spans = new Recorder();
    service.parts.tracer = spans;
    service.sender();
    mails.behave = down;
    await service.take([placed()]);
    await service.attempted(1);
    mails.behave = async () => {};
    service.clock.now += 60_000;
    await service.allAre('SENT');
    await until(() => spans.spans.filter(({ ends }) => ends === 1).length === 2);
    expect(spans.spans).toMatchObject([
      {
        ...{ name: 'send a notification', kind: 'producer', failure: 'failed' },
        trace: { traceId: TRACE, parentId: 'b'.repeat(16) },
        attributes: {
          'order.id': 'O1',
          'notification.kind': 'order-received',
          'notification.channel': 'smtp',
          attempt: 1,
        },
      },
      { failure: undefined, attributes: { 'notification.outcome': 'sent', attempt: 2 } },
    ]);
    expect(JSON.stringify(spans.spans.map(({ attributes, failure }) => [attributes, failure]))).not.toMatch(/\bada\b/);
  });

  it('whose event comes again after it was sent is not sent again', async () => {
    const event = placed();
    await service.take([event]);
    await service.allAre('SENT');
    await service.take([event]);
    await service.take([placed('O2')]);
    await until(() => mails.got.length > 1);
    await service.allAre('SENT');
    expect(mails.got.map(({ orderId }) => orderId)).toEqual(['O1', 'O2']);
  });

  it('of a customer who gave no address goes to the log, in the customer’s name', async () => {
    await service.take([placed('O1', { id: 'C7' })]);
    await service.allAre('SENT');
    expect(await service.one()).toMatchObject({ channel: 'log', to: 'C7' });
    expect(mails.got).toEqual([]);
  });

  it('is one of at most ten that are sent at once', async () => {
    const waiting = held();
    await service.take(Array.from({ length: 35 }, (_, i) => placed(`O${i}`)));
    let ended = 0;
    while (ended < 35) {
      await until(() => waiting.length === Math.min(ended + 10, 35));
      waiting[ended++]?.();
    }
    await service.allAre('SENT');
    expect(new Set(mails.got.map(({ id }) => id)).size).toBe(35);
    expect(mails.got).toHaveLength(35);
  });
});

describe('a notification whose order is not known yet', () => {
  it('waits, and is sent once the order is known', async () => {
    await service.take([captured()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: 'its order is not known here yet' });
    expect(await service.one()).not.toHaveProperty('to');
    await service.take([placed()]);
    service.clock.now += 2_000;
    await service.allAre('SENT');
    expect(mails.got.map(({ kind }) => kind).sort()).toEqual(['order-received', 'payment-received']);
    expect(mails.got.find(({ kind }) => kind === 'payment-received')?.body).toContain('59.98 EUR');
  });

  it('is sent when only the order service knows the order', async () => {
    const paths: string[] = [];
    service.orders = async (path) => {
      paths.push(path);
      const customer = { id: 'C1', email: 'ada@example.org' };
      return { kind: 'done', status: 200, data: { id: 'O1', customer, currency: 'EUR', total: 1 } };
    };
    await service.take([moved('CONFIRMED')]);
    await service.allAre('SENT');
    expect(paths).toEqual(['/orders/O1']);
    expect(mails.got).toMatchObject([{ kind: 'order-confirmed', to: 'ada@example.org' }]);
  });

  it('is given up in the end', async () => {
    await service.take([moved('CONFIRMED')]);
    expect(await service.givenUp()).toMatchObject({ attempts: 19, reason: 'its order is not known here yet' });
    expect(await metric('notifications_total')).toEqual([
      'notifications_total{channel="none",status="DEAD",service="notification"} 1',
    ]);
  });
});

describe('a channel that is down', () => {
  beforeEach(() => {
    mails.behave = down;
  });

  it('is tried again after each pause until it is up, always with the same id', async () => {
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', nextAttemptAt: '2026-01-01T00:00:02.000Z' });
    service.clock.now += 1_999;
    await service.take([placed('O2')]);
    await until(() => mails.got.length === 2);
    expect(mails.got.map(({ orderId }) => orderId)).toEqual(['O1', 'O2']);
    mails.behave = async () => {};
    service.clock.now += 1;
    await until(async () => (await service.all('orderId=O1'))[0]?.status === 'SENT');
    const ids = mails.got.filter(({ orderId }) => orderId === 'O1').map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('for longer than a day makes the notification DEAD: counted, announced and logged without the address', async () => {
    const logged = [jest.spyOn(service.parts.log, 'warn'), jest.spyOn(service.parts.log, 'error')];
    await service.take([placed()]);
    const dead = await service.givenUp();
    expect(dead).toMatchObject({ attempts: 19, reason: expect.stringContaining('connection refused') });
    expect(mails.got).toHaveLength(19);
    expect(await metric('notifications_dead')).toEqual(['notifications_dead{service="notification"} 1']);
    const events = await service.parts.store.events({ limit: 10 });
    expect(events.map(({ type }) => type)).toEqual(['notification.created', 'notification.given-up']);
    await until(() => logged[1]?.mock.calls.length === 1);
    expect(JSON.stringify(logged.map(({ mock }) => mock.calls))).toContain('refused by a***@example.org');
  });

  it('for good is not tried again', async () => {
    mails.behave = async () => {
      throw new Refused('no such mailbox');
    };
    await service.take([placed()]);
    await service.allAre('DEAD');
    expect(await service.one()).toMatchObject({ attempts: 1, reason: 'no such mailbox' });
  });
});

describe('an attempt', () => {
  it('without an answer ends at its timeout and is made again', async () => {
    await service.stop();
    service = await NotificationService.start({ smtp: mails }, { send: false });
    held();
    service.sender({ attemptMs: 20 });
    await service.take([placed()]);
    await service.attempted(1);
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: 'no answer from smtp in time' });
  });

  it('of a process that died is made again when its lease expires', async () => {
    await service.stop();
    service = await NotificationService.start({ smtp: mails }, { send: false });
    await service.take([placed()]);
    const { id } = await service.one();
    await decide(service.parts, [notifications.id(id)], { traceId: TRACE }, (docs, now) => {
      const lost = taken(notifications.in(docs, id), now) as Notification;
      return { put: [notifications.put(lost)] };
    });
    service.clock.now += LEASE_MS - 1;
    service.sender();
    await service.take([placed('O2')]);
    await until(() => mails.got.length === 1);
    expect(mails.got[0]?.orderId).toBe('O2');
    service.clock.now += 1;
    await service.allAre('SENT');
    expect((await service.all('orderId=O1'))[0]?.attempts).toBe(2);
  });
});

describe('a sender that is stopped', () => {
  it('lets attempts under way end, and stores how they ended', async () => {
    await service.stop();
    service = await NotificationService.start({ smtp: mails }, { send: false });
    const sender = service.sender();
    const waiting = held();
    await service.take([placed()]);
    await until(() => waiting.length === 1);
    const stopping = sender.stop();
    waiting[0]?.();
    await stopping;
    expect((await service.one()).status).toBe('SENT');
  });

  it('aborts an attempt that hangs when its grace is over, and not before; it is made again later', async () => {
    await service.stop();
    service = await NotificationService.start({ smtp: mails }, { send: false });
    const sender = service.sender();
    const underWay = new Promise<AbortSignal>((resolve) => {
      mails.behave = (_message, signal) => {
        resolve(signal);
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      };
    });
    await service.take([placed()]);
    const attempt = await underWay;
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const stopping = sender.stop();
    jest.advanceTimersByTime(1_999);
    const before = attempt.aborted;
    jest.advanceTimersByTime(1);
    jest.useRealTimers();
    expect([before, attempt.aborted]).toEqual([false, true]);
    await stopping;
    expect(await service.one()).toMatchObject({ status: 'PENDING', reason: 'no answer from smtp in time' });
  });
});

describe('a sender with a long poll interval', () => {
  beforeEach(async () => {
    await service.stop();
    service = await NotificationService.start({ smtp: mails }, { send: false });
    service.sender({ pollMs: 60_000 });
  });

  it('sends a new notification at once', async () => {
    await service.take([placed()]);
    await service.allAre('SENT');
  });

  it('sends a notification at once that is retried by hand', async () => {
    mails.behave = async () => {
      throw new Refused('no such mailbox');
    };
    await service.take([placed()]);
    await service.allAre('DEAD');
    mails.behave = async () => {};
    await service.retry((await service.one()).id);
    await service.allAre('SENT');
  });

  it('goes on with notifications that waited for room, though those before them failed', async () => {
    mails.behave = down;
    await service.take(Array.from({ length: 35 }, (_, i) => placed(`O${i}`)));
    await until(() => mails.got.length === 35);
  });
});
