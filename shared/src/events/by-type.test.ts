import { describe, expect, it } from '@jest/globals';
import { OLD } from '../../../tests/support/old-events.ts';
import { TOPICS_BY_TYPE } from '../contracts/cloud-events.ts';
import type { StoredEvent } from '../store/store.ts';
import { eventsByType, topicsByTypeOf } from './by-type.ts';
import { cloudEventsOf, renderFeedEvent } from './render.ts';

const AT = Date.parse('2026-01-31T12:00:00Z');
const stored = (version: number, type: string, data: object): StoredEvent => ({
  ...{ id: `O1:${version}`, stream: 'O1', version, position: String(version), at: AT, traceId: 'a'.repeat(32) },
  ...{ type, data },
});
const placed = stored(1, 'order.placed', {
  ...{ orderId: 'O1', customer: { id: 'C1', name: 'Ada', email: 'ada@example.org' }, currency: 'USD', waitMs: 10_000 },
  ...{ items: [{ productId: 'P1', name: 'Pen', quantity: 2, priceCents: 250 }], totalCents: 500, decimals: 2 },
});
const changed = (version: number, oldStatus: string, newStatus: string, more: object = {}) =>
  stored(version, 'order.status-changed', { orderId: 'O1', oldStatus, newStatus, ...more });

const cloudEvents = (...events: StoredEvent[]) => cloudEventsOf('order', events.map(renderFeedEvent)).events;
const of = (topic: 'order-placed' | 'order-status-changed', ...events: StoredEvent[]) =>
  eventsByType(topic, cloudEvents(...events));

describe('order-placed', () => {
  it('says what was ordered by whom, and nothing more of the customer', () => {
    expect(of('order-placed', placed, changed(2, 'PENDING', 'CONFIRMED')).map(({ data }) => data)).toEqual([
      {
        ...{ orderId: 'O1', customerId: 'C1', status: 'PENDING', total: 5, currency: 'USD' },
        items: [{ productId: 'P1', name: 'Pen', quantity: 2, price: 2.5 }],
        ...{ eventId: 'O1:1', version: 1, at: '2026-01-31T12:00:00.000Z' },
      },
    ]);
  });
  it('has orders from before amounts were decimals, too', () => {
    const [old] = of('order-placed', OLD.order[0] as unknown as StoredEvent);
    expect(TOPICS_BY_TYPE['order-placed'].parse(old?.data)).toMatchObject({ customerId: 'C1', total: 59.98 });
  });
});

describe('order-status-changed', () => {
  it('has every change of the status, in its order, with the status before', () => {
    const events = of(
      'order-status-changed',
      ...[placed, changed(2, 'PENDING', 'CONFIRMED'), stored(3, 'saga.started', {})],
      changed(4, 'CONFIRMED', 'CANCELLED', { reason: 'changed my mind' }),
    );
    expect(events.map(({ data: { at: _, ...data } }) => data)).toEqual([
      { orderId: 'O1', oldStatus: 'PENDING', newStatus: 'CONFIRMED', eventId: 'O1:2', version: 2 },
      {
        ...{ orderId: 'O1', oldStatus: 'CONFIRMED', newStatus: 'CANCELLED', reason: 'changed my mind' },
        ...{ eventId: 'O1:4', version: 4 },
      },
    ]);
  });
  it('has no event whose status stays the same', () =>
    expect(of('order-status-changed', changed(2, 'CONFIRMED', 'CONFIRMED'))).toEqual([]));
  it('has the order as its key, and is no second event with the same name', () => {
    const event = changed(2, 'PENDING', 'CONFIRMED');
    const [[one], [two]] = [cloudEvents(event), of('order-status-changed', event)];
    expect(two).toMatchObject({ subject: 'O1', type: 'order-status-changed', traceparent: one?.traceparent });
    expect([two?.id, two?.source]).toEqual([one?.id, '/order/by-type']);
  });
});

it('only orders have such topics', () => {
  expect(topicsByTypeOf('order')).toEqual(['order-placed', 'order-status-changed']);
  expect(topicsByTypeOf('payment')).toEqual([]);
});
