import { describe, expect, it } from '@jest/globals';
import { chaptersOf, type OrderEvent } from './timeline.ts';

let version = 0;
const happened = (type: string, second: number, data: Record<string, unknown> = {}): OrderEvent => {
  version++;
  return { id: `o:${version}`, version, type, at: new Date(second * 1_000).toISOString(), data, traceId: '' };
};
const status = (newStatus: string, second: number, more = {}) =>
  happened('order.status-changed', second, { newStatus, ...more });
const done = (step: string, second: number, ms: number) =>
  happened('saga.step-done', second, { step, ms, attempts: 1 });

describe('the timeline of an order', () => {
  it('has a chapter for each saga, and its steps begin before they end', () => {
    const [placing, between, fulfilling] = chaptersOf([
      happened('order.placed', 0),
      done('reserve-stock', 2, 1_500),
      status('CONFIRMED', 3),
      happened('saga.done', 3, { saga: 'place-order' }),
      status('PROCESSING', 60),
      happened('saga.started', 70, { saga: 'fulfil-order' }),
      happened('saga.pivot-passed', 71, { step: 'capture-payment' }),
    ]);
    expect(placing).toMatchObject({ title: 'Placing the order', outcome: 'done', startedAt: 0, endedAt: 3_000 });
    expect(placing?.entries.at(-1)).toMatchObject({ title: 'All done' });
    expect(placing?.entries[1]).toMatchObject({ title: 'Reserve the stock', from: 500, to: 2_000 });
    expect(between).toMatchObject({ title: 'In between', outcome: 'none' });
    expect(fulfilling).toMatchObject({ outcome: 'running', pivotPassed: true, endedAt: undefined });
  });

  it('shows waits and retries with their durations', () => {
    const [placing] = chaptersOf([
      happened('order.placed', 0),
      happened('saga.step-retried', 1, {
        step: 'reserve-stock',
        attempt: 1,
        waitMs: 900,
        reason: 'x',
        breaker: 'CLOSED',
      }),
      happened('saga.waiting', 2, { step: 'reserve-stock', until: 9_000, round: 1, reason: 'x' }),
    ]);
    expect(placing?.entries.map(({ from, to, isWait }) => [from, to, isWait])).toEqual([
      [0, 0, false],
      [1_000, 1_900, true],
      [2_000, 9_000, true],
    ]);
  });

  it.each([
    [
      'refused before its first step',
      [status('REJECTED', 1, { failure: { code: 'OUT_OF_STOCK', reason: 'x' } })],
      1_000,
    ],
    [
      'undone step by step',
      [
        happened('saga.undoing', 1, { failure: { code: 'PAYMENT_DECLINED', reason: 'x' }, steps: [] }),
        status('REJECTED', 1),
        happened('saga.step-undone', 2, { step: 'reserve-stock', ms: 5 }),
        happened('saga.undone', 3, { failure: { code: 'PAYMENT_DECLINED', reason: 'x' } }),
      ],
      3_000,
    ],
    ['cancelled while it runs', [status('CANCELLING', 1)], 1_000],
  ])('that is %s ends as undone', (_what, events, endedAt) => {
    const [placing] = chaptersOf([happened('order.placed', 0), ...events]);
    expect(placing).toMatchObject({ outcome: 'undone', endedAt });
  });

  it('is still running during the undo', () => {
    const undoing = happened('saga.undoing', 1, { failure: { code: 'X', reason: 'x' }, steps: [] });
    const [placing] = chaptersOf([happened('order.placed', 0), undoing, status('REJECTED', 1)]);
    expect(placing).toMatchObject({ outcome: 'running', isUndoing: true });
  });

  it('has a chapter for each part that was sent, cancelled or given back, and says what it was', () => {
    const part = (saga: string, kind: string, number: number) =>
      happened('saga.started', 70, { saga, part: { kind, number, items: [] } });
    const items = [{ lineId: '1', productId: 'P1', quantity: 2 }];
    const [sending, between, refunding] = chaptersOf([
      part('fulfil-order', 'parcel', 2),
      happened('order.parcel-shipped', 71, {
        number: 2,
        items,
        amount: 14.76,
        currency: 'USD',
        shipment: { id: 's2' },
      }),
      status('PARTIALLY_SHIPPED', 71),
      happened('saga.done', 71, { saga: 'fulfil-order' }),
      happened('order.parcel-moved', 75, { shipment: { id: 's2', status: 'IN_TRANSIT' } }),
      part('refund-order', 'refund', 1),
      happened('order.refunded', 80, { number: 1, items: [], amount: 1, currency: 'USD' }),
      happened('saga.done', 80, { saga: 'refund-order' }),
    ]);
    expect(sending).toMatchObject({ title: 'Sending parcel 2', outcome: 'done' });
    expect(sending?.entries[1]).toMatchObject({ title: 'Parcel 2 sent', detail: '2 × P1; $14.76 captured' });
    expect(between?.entries).toMatchObject([{ title: 'Parcel 2: In transit' }]);
    expect(refunding).toMatchObject({ title: 'Giving money back', outcome: 'done', endedAt: 80_000 });
    expect(refunding?.entries[1]).toMatchObject({ title: 'Money given back', detail: '$1.00 given back' });
  });
});
