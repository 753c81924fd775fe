import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { held, inTurn, json } from '../../../../tests/support/call-target.ts';
import { areGenuine, isGenuine } from '../../../../tests/support/standard-webhooks.ts';
import { until } from '../../../../tests/support/until.ts';
import { captured, moved, NotificationService, placed } from '../../test/notification-service.ts';
import { type Receiver, startReceiver, subscribed } from '../../test/webhooks.ts';

const HOUR_MS = 3_600_000;

let service: NotificationService;
let receiver: Receiver;
beforeEach(async () => {
  service = await NotificationService.start();
  receiver = await startReceiver();
  service.deliverer();
});
afterEach(async () => {
  await service.stop();
  await receiver.close();
});

const pass = (ms: number) => {
  service.clock.now += ms;
};
/** Lets time pass until it is true. */
const passUntil = (condition: () => unknown, stepMs: number) =>
  until(async () => {
    if (await condition()) return true;
    pass(stepMs);
    return false;
  });
const typesOf = (orderId: string) => receiver.ofOrder(orderId).map(({ type }) => type);
const failing = (res: Parameters<Receiver['answer']>[1]) => json(res, 500, {});

describe('a webhook', () => {
  it('gets events from its beginning on, once each, as CloudEvents that it can verify', async () => {
    await service.hear([placed('O0')]);
    const hook = await subscribed(service, `${receiver.url}/hook?shop=1`);
    const events = [placed('O1'), captured('O1')];
    await service.hear(events);
    await service.hear(events);
    await hook.has(2, 'DELIVERED');
    expect(receiver.events()).toEqual(events);
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook?shop=1' });
    expect(request?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(receiver.ids()).toEqual(events.map(({ id }) => id));
    expect(await areGenuine(receiver.requests, hook.secret, service.clock.now)).toBe(true);
    expect(
      await isGenuine(receiver.requests[0] as never, `whsec_${Buffer.alloc(32).toString('base64')}`, service.clock.now),
    ).toBe(false);
  });

  it('gets the types that it has subscribed to, and others when it has been changed', async () => {
    const hook = await subscribed(service, receiver.url, { events: ['payment.*', 'order.status-changed'] });
    await service.hear([placed('O1'), captured('O1'), moved('CONFIRMED', {}, 'O1')]);
    await receiver.got(2);
    await service.put(hook.path, { url: receiver.url, events: ['order.placed'] });
    await service.hear([placed('O2'), captured('O2')]);
    await hook.has(3, 'DELIVERED');
    expect(receiver.events().map(({ type }) => type)).toEqual([
      'payment.captured',
      'order.status-changed',
      'order.placed',
    ]);
  });

  it('gets the events of an order one after the other, those of different orders at once', async () => {
    const waiting = held();
    receiver.answer = waiting.answer;
    const hook = await subscribed(service, receiver.url);
    await service.hear(['O1', 'O2', 'O3'].flatMap((id) => [placed(id), captured(id), moved('CONFIRMED', {}, id)]));
    await receiver.got(3);
    expect(receiver.events().map(({ subject, type }) => `${subject} ${type}`)).toEqual(
      ['O1', 'O2', 'O3'].map((id) => `${id} order.placed`),
    );
    receiver.answer = (_, res) => json(res, 200, {});
    waiting.release();
    await hook.has(9, 'DELIVERED');
    for (const id of ['O1', 'O2', 'O3'])
      expect(typesOf(id)).toEqual(['order.placed', 'payment.captured', 'order.status-changed']);
  });

  it('gets very many events of one order in their order', async () => {
    const hook = await subscribed(service, receiver.url);
    const events = Array.from({ length: 100 }, () => moved('CONFIRMED'));
    for (let i = 0; i < 100; i += 10) await service.hear(events.slice(i, i + 10));
    await hook.has(100, 'DELIVERED');
    expect(receiver.ids()).toEqual(events.map(({ id }) => id));
  });

  it('that is removed gets nothing more at once, not even what was under way', async () => {
    receiver.answer = () => {};
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1'), captured('O1')]);
    await receiver.got(1);
    expect((await service.delete(hook.path)).status).toBe(200);
    await until(() => receiver.abandoned === 1);
    await service.hear([placed('O2')]);
    const other = await subscribed(service, receiver.url);
    receiver.answer = (_, res) => json(res, 200, {});
    await service.hear([placed('O3')]);
    await other.has(1, 'DELIVERED');
    expect(receiver.events().map(({ subject }) => subject)).toEqual(['O1', 'O3']);
  });

  it('with a new secret signs with the old one, too, for a day', async () => {
    const hook = await subscribed(service, receiver.url);
    const { body } = await service.post(`${hook.path}/rotate-secret`);
    expect(body.secret).not.toBe(hook.secret);
    const genuine = () =>
      Promise.all(
        [hook.secret, body.secret].map((secret) =>
          isGenuine(receiver.requests.at(-1) as never, secret, service.clock.now),
        ),
      );
    await service.hear([placed('O1')]);
    await hook.has(1, 'DELIVERED');
    expect(await genuine()).toEqual([true, true]);
    pass(24 * HOUR_MS);
    await service.hear([placed('O2')]);
    await hook.has(2, 'DELIVERED');
    expect(await genuine()).toEqual([false, true]);
  });
});

describe('a delivery that fails', () => {
  it('holds back the later ones of its order, and of no other', async () => {
    receiver.answer = (_, res) =>
      json(res, typesOf('O1').length > 0 && receiver.events().at(-1).subject === 'O1' ? 500 : 200, {});
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1'), captured('O1'), placed('O2'), captured('O2')]);
    await hook.has(2, 'DELIVERED');
    await hook.has(1, 'FAILING');
    expect(typesOf('O1')).toEqual(['order.placed']);
    receiver.answer = (_, res) => json(res, 200, {});
    pass(2_000);
    await hook.has(4, 'DELIVERED');
    expect(typesOf('O1')).toEqual(['order.placed', 'order.placed', 'payment.captured']);
  });

  it('comes again after growing pauses, with the same id and a new signature', async () => {
    receiver.answer = inTurn(500, 503, 200);
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1')]);
    await until(async () => (await hook.deliveries('status=FAILING'))[0]?.attempts === 1);
    const [first] = await hook.deliveries();
    expect(first).toMatchObject({
      attempts: 1,
      answer: 500,
      reason: 'it answered 500',
      orderId: 'O1',
      type: 'order.placed',
    });
    const pauseMs = (at: string | undefined) => Date.parse(at ?? '') - service.clock.now;
    expect(pauseMs(first?.nextAttemptAt)).toBeLessThanOrEqual(2_000);
    pass(2_000);
    await until(async () => (await hook.deliveries('status=FAILING'))[0]?.attempts === 2);
    const [second] = await hook.deliveries();
    expect(pauseMs(second?.nextAttemptAt)).toBeGreaterThan(2_000);
    pass(8_000);
    await hook.has(1, 'DELIVERED');
    expect(await hook.deliveries()).toMatchObject([{ attempts: 3, answer: 200 }]);
    expect(new Set(receiver.ids()).size).toBe(1);
    expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-signature'])).size).toBe(3);
  });

  it.each([301, 302, 307, 308])('with %i is not followed: no redirect', async (status) => {
    const elsewhere = await startReceiver();
    receiver.answer = (_, res) => json(res, status, {}, { Location: elsewhere.url });
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1')]);
    await hook.has(1, 'FAILING');
    expect(await hook.deliveries()).toMatchObject([
      { reason: `it answered ${status}, and redirects are not followed` },
    ]);
    expect(elsewhere.requests).toEqual([]);
    await elsewhere.close();
  });

  it('because its answer is too long is not read to its end', async () => {
    receiver.answer = (_, res) => {
      res.writeHead(200);
      const more = () => void (res.writable && res.write('x'.repeat(16_384), more));
      more();
    };
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1')]);
    await hook.has(1, 'FAILING');
    await until(() => receiver.abandoned === 1);
  });

  it('for a day pauses the webhook, which is continued where it stopped when it is resumed', async () => {
    receiver.answer = (_, res) => failing(res);
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1'), captured('O1')]);
    const begin = service.clock.now;
    await passUntil(async () => (await hook.now()).status === 'PAUSED', HOUR_MS);
    expect(service.clock.now - begin).toBeGreaterThanOrEqual(24 * HOUR_MS);
    expect((await hook.now()).reason).toMatch(/ could not be delivered for a day: it answered 500$/);
    expect(await hook.deliveries('status=FAILING')).toMatchObject([{ type: 'order.placed' }]);
    expect((await hook.deliveries())[0]?.nextAttemptAt).toBeUndefined();
    const attempts = receiver.requests.length;
    await service.hear([placed('O2')]);

    receiver.answer = (_, res) => json(res, 200, {});
    expect((await service.put(hook.path, { url: receiver.url, events: ['*'] })).body.status).toBe('ACTIVE');
    await hook.has(3, 'DELIVERED');
    expect(
      receiver
        .events()
        .slice(attempts)
        .map(({ subject, type }) => `${subject} ${type}`)
        .sort(),
    ).toEqual(['O1 order.placed', 'O1 payment.captured', 'O2 order.placed']);
  });

  it('with 410 Gone pauses the webhook at once', async () => {
    receiver.answer = inTurn(410, 200);
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1')]);
    await hook.is('PAUSED');
    expect((await hook.now()).reason).toBe('it answered 410 Gone');
    expect(receiver.requests).toHaveLength(1);
  });

  it('is counted, apart from those that an operator has paused', async () => {
    receiver.answer = inTurn(410);
    const hook = await subscribed(service, receiver.url);
    await subscribed(service, receiver.url, { paused: true });
    await service.hear([placed('O1')]);
    await hook.is('PAUSED');
    await until(async () => {
      const { text } = await service.get('/metrics');
      const has = (status: string) => text.includes(`webhooks{status="${status}",service="notification"} 1`);
      return has('FAILED') && has('PAUSED');
    });
  });
});

describe('a receiver that is down for an hour', () => {
  it('gets everything afterwards, once each by its id, in order per order', async () => {
    receiver.answer = (_, res) => failing(res);
    const hook = await subscribed(service, receiver.url);
    const orders = Array.from({ length: 150 }, (_, i) => `O${i}`);
    const events = orders.flatMap((id) => [placed(id), captured(id), moved('CONFIRMED', {}, id)]);
    for (let i = 0; i < events.length; i += 45) await service.hear(events.slice(i, i + 45));
    const begin = service.clock.now;
    await passUntil(() => service.clock.now - begin > HOUR_MS, 60_000);
    const taken: string[] = [];
    receiver.answer = (req, res) => {
      taken.push(String(req.headers['webhook-id']));
      json(res, 200, {});
    };
    await passUntil(() => taken.length >= events.length, 60_000);
    await hook.has(0, 'FAILING');
    expect([...taken].sort()).toEqual(events.map(({ id }) => id).sort());
    const of = (id: string, ids: string[]) => ids.filter((one) => one.includes(`/${id}:`));
    for (const id of orders)
      expect(of(id, taken)).toEqual(
        of(
          id,
          events.map((event) => event.id),
        ),
      );
  });
});

describe('a receiver that is slow', () => {
  it('delays nobody else, and has few deliveries at once', async () => {
    const slow = await startReceiver();
    slow.answer = () => {};
    await subscribed(service, slow.url);
    const hook = await subscribed(service, receiver.url);
    const events = Array.from({ length: 500 }, (_, i) => placed(`O${i}`));
    for (let i = 0; i < 500; i += 100) await service.hear(events.slice(i, i + 100));
    await receiver.got(500);
    await slow.got(20);
    expect(slow.requests).toHaveLength(20);
    await hook.has(0, 'FAILING');
    await slow.close();
  });

  it('is left at the timeout', async () => {
    await service.stop();
    service = await NotificationService.start();
    service.deliverer(50);
    receiver.answer = () => {};
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1')]);
    await hook.has(1, 'FAILING');
    expect(await hook.deliveries()).toMatchObject([{ reason: 'no answer within 50 ms' }]);
    expect((await hook.deliveries())[0]?.answer).toBeUndefined();
  });
});

describe('an operator', () => {
  it('has a delivery made again, beside the others', async () => {
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1'), captured('O1')]);
    await hook.has(2, 'DELIVERED');
    const first = (await hook.deliveries()).find(({ type }) => type === 'order.placed');
    const { status, body } = await service.post(`${hook.path}/deliveries/${first?.id}/redeliver`);
    expect([status, body]).toEqual([202, first]);
    await receiver.got(3);
    expect(typesOf('O1')).toEqual(['order.placed', 'payment.captured', 'order.placed']);
    expect(new Set(receiver.ids()).size).toBe(2);
    await hook.has(2, 'DELIVERED');
  });

  it('has a failing delivery tried at once', async () => {
    receiver.answer = inTurn(500, 200);
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1'), captured('O1')]);
    await hook.has(1, 'FAILING');
    const [delivery] = await hook.deliveries();
    await service.post(`${hook.path}/deliveries/${delivery?.id}/redeliver`);
    await hook.has(2, 'DELIVERED');
    expect(typesOf('O1')).toEqual(['order.placed', 'order.placed', 'payment.captured']);
  });

  it('has everything since a time delivered again, in order, and newer events after it', async () => {
    const hook = await subscribed(service, receiver.url);
    await service.hear([placed('O1')]);
    pass(HOUR_MS);
    const from = new Date(service.clock.now).toISOString();
    await service.hear([captured('O1'), placed('O2')]);
    pass(HOUR_MS);
    await service.hear([moved('CONFIRMED', {}, 'O1')]);
    await hook.has(4, 'DELIVERED');
    expect((await service.post(`${hook.path}/replay`, { from })).status).toBe(202);
    await receiver.got(7);
    await service.hear([moved('SHIPPED', {}, 'O1')]);
    await receiver.got(8);
    expect(
      receiver
        .events()
        .slice(4)
        .filter(({ subject }) => subject === 'O1')
        .map(({ type }) => type),
    ).toEqual(['payment.captured', 'order.status-changed', 'order.status-changed']);
    expect(receiver.ofOrder('O2')).toHaveLength(2);
  });

  it('pauses a webhook, and loses nothing', async () => {
    const hook = await subscribed(service, receiver.url);
    const paused = await service.put(hook.path, { url: receiver.url, events: ['*'], paused: true });
    expect(paused.body).toMatchObject({ status: 'PAUSED', reason: 'paused by an operator' });
    await service.hear([placed('O1')]);
    await service.put(hook.path, { url: receiver.url, events: ['*'] });
    await hook.has(1, 'DELIVERED');
  });
});
