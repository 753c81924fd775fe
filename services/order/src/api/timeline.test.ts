import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@oms/shared/store/store';
import { address, changedTo, event, failure, placed, START, started } from '../../test/order-history.ts';
import type { OrderEvent } from '../domain/events.ts';
import { timeline } from './timeline.ts';

const order = { id: 'O1', createdAt: START };
const step = { saga: 'place-order', step: 'reserve-stock' } as const;
const tried = { ...step, attempts: 1, ms: 5 };
const items = [{ lineId: '1', productId: 'PROD1', quantity: 2 }];
const part = { orderId: 'O1', number: 1, items, currency: 'USD' };
const stored = (events: OrderEvent[]) =>
  events.map((one, i) => ({ ...one, version: i + 1 })) as unknown as StoredEvent[];
const told = (...events: OrderEvent[]) =>
  timeline(order, stored(events), null)
    .split('\n')
    .slice(2, -1)
    .map((line) => line.slice(44));

describe('the timeline of an order', () => {
  it('has a heading and a line for each event, with the time since it was placed', () => {
    const text = timeline(order, stored([placed(), { ...changedTo('CONFIRMED'), at: START + 1_234 }]), null);
    expect(text).toBe(
      [
        'Order O1, placed 2026-01-01T00:00:00.000Z',
        '',
        '   1      +0.000 s  order.placed            2 × PROD1, 1 × PROD2 for C1: 30.19 USD',
        '   2      +1.234 s  order.status-changed    PENDING → CONFIRMED',
        '',
      ].join('\n'),
    );
  });

  it('removes control characters from texts of customers', () => {
    expect(told(changedTo('CANCELLING', { reason: 'no\r\nmoney\u001b[2J\u009b1m' }))).toEqual([
      'PENDING → CANCELLING: no money [2J 1m',
    ]);
  });

  it('of nothing is empty', () => {
    expect(timeline(order, [], null)).toBe('Order O1, placed 2026-01-01T00:00:00.000Z\n\n\n');
  });

  it('that has more pages says how to go on', () => {
    expect(timeline(order, stored([placed()]), 1)).toMatch(/PROD1.*\n {6}… go on with \?after=1\n$/);
  });

  it.each<[OrderEvent, string]>([
    [event('order.address-changed', { shippingAddress: address }), 'to 12 Main St, Springfield'],
    [changedTo('CANCELLING', { reason: 'changed my mind' }), 'PENDING → CANCELLING: changed my mind'],
    [changedTo('REJECTED', { reason: 'r', failure }), 'PENDING → REJECTED: NOT_TODAY, not today'],
    [started('fulfil-order'), 'fulfil-order'],
    [event('order.lines-returned', { ...part, amountCents: 1_099, restocked: true }), '2 × PROD1, 10.99 USD'],
    [event('order.lines-cancelled', { ...part, amountCents: 0, reason: 'too many' }), '2 × PROD1: too many'],
    [event('order.refunded', { ...part, items: [], amountCents: 500, reason: 'late' }), '5.00 USD: late'],
    [event('saga.resumed', { saga: 'place-order' }), 'place-order'],
    [event('saga.step-done', { ...tried, result: {} }), 'reserve-stock (5 ms, 1 attempt)'],
    [event('saga.step-undone', { ...tried, attempts: 3, result: {} }), 'reserve-stock (5 ms, 3 attempts)'],
    [event('saga.step-refused', { ...tried, ...failure }), 'reserve-stock: NOT_TODAY, not today'],
    [
      event('saga.step-unknown', { ...tried, attempts: 4, reason: 'reset', mayHaveHappened: true }),
      'reserve-stock, 4 attempts: reset',
    ],
    [event('saga.undo-failed', { ...tried, reason: 'reset' }), 'reserve-stock, 1 attempt: reset'],
    [
      event('saga.step-retried', {
        ...{ ...step, attempt: 1, waitMs: 250, reason: 'reset', breaker: 'CLOSED', mayHaveHappened: true },
      }),
      'reserve-stock: attempt 2 in 250 ms, because reset (breaker CLOSED)',
    ],
    [event('saga.pivot-passed', step), 'reserve-stock: from here on only forward'],
    [
      event('saga.waiting', { ...step, until: START, round: 1, reason: 'late' }),
      'reserve-stock: round 2 at 2026-01-01T00:00:00.000Z',
    ],
    [event('saga.undoing', { saga: 'place-order', steps: ['b', 'a'], failure }), 'b, a, because NOT_TODAY'],
    [event('saga.undone', { saga: 'place-order', failure }), 'place-order: NOT_TODAY, not today'],
    [event('saga.needs-attention', { saga: 'place-order', reason: 'late' }), 'place-order: late'],
    [event('saga.intervened', { saga: 'place-order', action: 'retry' }), 'an operator: retry'],
    [
      event('saga.intervened', { saga: 'place-order', action: 'resolve', note: 'by hand' }),
      'an operator: resolve, by hand',
    ],
  ])('describes %j', (happened, text) => {
    expect(told(happened)).toEqual([text]);
  });
});
