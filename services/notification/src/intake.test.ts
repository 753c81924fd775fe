import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { cloudEventsOf, eventOf } from '@oms/shared/events/render';
import { inFeed, inKafka, OLD } from '../../../tests/support/old-events.ts';
import { announced, captured, moved, NotificationService, placed, TRACE } from '../test/notification-service.ts';
import { idOf } from './documents.ts';

let service: NotificationService;
beforeEach(async () => {
  service = await NotificationService.start({}, { send: false });
});
afterEach(() => service.stop());

const kinds = async () => (await service.all()).map(({ kind }) => kind).sort();

describe('an event', () => {
  it('that is delivered again, alone, with others or twice at once, makes one notification', async () => {
    const event = placed();
    await service.take([event]);
    await service.take([event, event, captured()]);
    await Promise.all([service.take([event]), service.take([event])]);
    expect(await kinds()).toEqual(['order-received', 'payment-received']);
  });

  it('has a notification whose id fits into a path and keeps its order', async () => {
    const [first, second] = [placed('O1', undefined, Date.parse('2025-12-31')), placed('O2')];
    await service.take([second, first]);
    expect((await service.all()).map(({ id }) => id)).toEqual([idOf(second), idOf(first)]);
    for (const { id } of await service.all()) expect(id).toMatch(/^[A-Za-z0-9_.:-]{1,64}$/);
  });

  it('is identified by its source and its id', () => {
    const event = placed();
    const ids = [event, { ...event, source: '/else' }, { ...event, id: 'else' }].map(idOf);
    expect(new Set(ids).size).toBe(3);
  });

  it('that is no news for the customer makes no notification', async () => {
    await service.take([announced('stock.reserved', { orderId: 'O1' }), moved('CANCELLING')]);
    expect(await service.all()).toEqual([]);
    expect(await service.parts.store.events({ limit: 10 })).toEqual([]);
  });

  it('that cannot be read is logged, and does not block its neighbours', async () => {
    const logged = jest.spyOn(service.parts.log, 'error');
    await service.take([announced('order.placed', { orderId: 'O2' }), captured()]);
    expect(await kinds()).toEqual(['payment-received']);
    expect(logged.mock.calls).toMatchObject([['an event cannot be read', { type: 'order.placed' }]]);
  });

  it('passes its trace on', async () => {
    await service.take([placed()]);
    expect(await service.parts.store.events({ limit: 10 })).toMatchObject([
      { type: 'notification.created', traceId: TRACE, data: { orderId: 'O1', kind: 'order-received' } },
    ]);
  });
});

describe('an event of an older service, with amounts in cents', () => {
  const fromFeed = () => [
    ...cloudEventsOf('order', inFeed(OLD.order) as never).events,
    ...cloudEventsOf('payment', inFeed(OLD.payment) as never).events,
  ];
  const fromKafka = () => [
    ...OLD.order.map((event) => eventOf(inKafka('order', event))),
    ...OLD.payment.map((event) => eventOf(inKafka('payment', event))),
  ];

  it.each([
    ['its feed', fromFeed],
    ['Kafka', fromKafka],
  ])('has the right amount, read from %s', async (_from, read) => {
    service.sender();
    await service.take(read());
    await service.allAre('SENT');
    const said = (await service.all()).map(({ body }) => body).join();
    for (const amount of ['2 × Kettle: 59.98 EUR', 'payment of 59.98 EUR', 'sent 10.10 EUR', 'Total: 1000 JPY'])
      expect(said).toContain(amount);
  });
});

describe('when the store fails', () => {
  it('no event counts as read, and nothing is stored', async () => {
    const { store } = service.parts;
    const works = store.write;
    store.write = async () => {
      throw new Error('no database');
    };
    const event = placed();
    await expect(service.take([event])).rejects.toThrow('no database');
    store.write = works;
    expect(await service.all()).toEqual([]);
    await service.take([event]);
    expect(await kinds()).toEqual(['order-received']);
  });
});
