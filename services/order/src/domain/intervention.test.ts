import { describe, expect, it } from '@jest/globals';
import { after, changedTo, event, failure, orderIn } from '../../test/order-history.ts';
import { sagas } from '../sagas/all.ts';
import { type Step, undoableFor } from '../sagas/saga.ts';
import type { Decided } from './events.ts';
import { compensate, resolve, retry } from './intervention.ts';
import { apply, type Order } from './order.ts';

const following = (order: Order, events: readonly Decided[]) =>
  events.reduce((known, { type, data }) => apply(known, event(type, data as never)), order);
const sagaOf = ({ saga }: Order) => sagas[saga?.name ?? 'place-order'];

const compensating = (order: Order, note?: string, saga = sagaOf(order)) =>
  compensate(order, saga, undoableFor(order, saga), note);

const undoing = after(event('saga.undoing', { saga: 'place-order', steps: ['reserve-stock'], failure }));
const fulfilling = orderIn('CONFIRMED', 'fulfil-order');
const fulfilmentUndoing = apply(
  fulfilling,
  event('saga.undoing', { saga: 'fulfil-order', steps: ['book-shipment'], failure }),
);
const pivoted = apply(fulfilling, event('saga.pivot-passed', { saga: 'fulfil-order', step: 'capture-payment' }));

describe('an order without an unfinished saga', () => {
  it('leaves nothing for an operator to do', () => {
    const order = orderIn('CONFIRMED');
    const none = expect.objectContaining({ status: 409, code: 'NO_SAGA' });
    expect(() => retry(order, undefined)).toThrow(none);
    expect(() => compensating(order)).toThrow(none);
    expect(() => resolve(order, sagaOf(order), 'done')).toThrow(none);
  });
});

describe('retrying', () => {
  it('ends the pause, and is an event with its note', () => {
    const waiting = event('saga.waiting', { saga: 'place-order', step: 'x', until: 9e15, round: 1, reason: 'late' });
    const events = retry(after(waiting), 'payment is back');
    expect(events).toEqual([
      { type: 'saga.intervened', data: { saga: 'place-order', action: 'retry', note: 'payment is back' } },
    ]);
    expect(following(after(waiting), events).saga?.nextAt).toBeUndefined();
  });
});

describe('compensating', () => {
  it('a placing is undone, every step that may have happened, the last first; the order is rejected', () => {
    const order = following(after(), compensating(after(), 'fraud'));
    expect(order).toMatchObject({
      status: 'REJECTED',
      failure: { code: 'COMPENSATED', reason: 'fraud' },
      saga: { phase: 'undoing', toUndo: ['authorize-payment', 'reserve-stock'] },
    });
  });

  it('leaves out what cannot be undone', () => {
    const placing = sagaOf(after());
    const [reserve, authorize] = placing.steps as [Step, Step];
    const steps = [reserve, { ...authorize, undo: undefined }];
    const events = compensating(after(), undefined, { ...placing, steps });
    expect(following(after(), events).saga?.toUndo).toEqual(['reserve-stock']);
  });

  it('has a reason of its own when none is given', () => {
    const order = following(after(), compensating(after()));
    expect(order.failure?.reason).toBe('An operator decided to undo the order.');
  });

  it('a fulfilment cancels the order', () => {
    const events = compensating(fulfilling, 'lost in the warehouse');
    expect(events[0]).toMatchObject({ type: 'saga.intervened', data: { action: 'compensate' } });
    expect(following(fulfilling, events)).toMatchObject({ status: 'CANCELLING', saga: { name: 'cancel-order' } });
  });

  it.each([
    ['is being undone', undoing],
    ['has passed its pivot', pivoted],
    ['only goes forward', orderIn('CANCELLING', 'cancel-order')],
  ])('what %s is not possible', (_what, order) => {
    expect(() => compensating(order)).toThrow(expect.objectContaining({ status: 409, code: 'NOT_COMPENSATABLE' }));
  });
});

describe('resolving', () => {
  it.each([
    ['placing', 'CONFIRMED', after()],
    ['fulfilment', 'SHIPPED', pivoted],
    ['cancellation', 'CANCELLED', orderIn('CANCELLING', 'cancel-order')],
    ['return', 'RETURNED', orderIn('DELIVERED', 'return-order')],
  ] as const)('a %s brings the order to %s', (_what, status, order) => {
    const events = resolve(order, sagaOf(order), 'done by hand');
    expect(events[0]?.data).toMatchObject({ action: 'resolve', note: 'done by hand' });
    const resolved = following(order, events);
    expect(resolved.status).toBe(status);
    expect(resolved.saga).toBeUndefined();
  });

  it('tells the customer why the order was cancelled, and not what the operator noted', () => {
    const data = { saga: 'cancel-order', reason: 'changed my mind' } as const;
    const order = after(changedTo('CANCELLING'), event('saga.started', data));
    const [, cancelled] = resolve(order, sagaOf(order), 'refunded by hand');
    expect(cancelled?.data).toMatchObject({ newStatus: 'CANCELLED', reason: 'changed my mind' });
  });

  it.each([
    ['a placing', undoing, 'PENDING'],
    ['a fulfilment', fulfilmentUndoing, 'CONFIRMED'],
  ] as const)('%s that is being undone ends that, and keeps why', (_what, order, status) => {
    const resolved = following(order, resolve(order, sagaOf(order), 'given back by hand'));
    expect(resolved).toMatchObject({ status, failure });
    expect(resolved.saga).toBeUndefined();
  });
});
