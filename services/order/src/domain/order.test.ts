import { describe, expect, it } from '@jest/globals';
import {
  address,
  after,
  changedTo,
  event,
  failure,
  placed,
  START,
  shipment,
  started,
} from '../../test/order-history.ts';
import type { OrderEvent } from './events.ts';
import { apply, type Order, rebuild } from './order.ts';
import type { SagaProgress } from './saga-progress.ts';

const saga = 'place-order';
const step = { saga, step: 'reserve-stock' } as const;
const tried = { ...step, attempts: 1, ms: 5 };
const doubt = { reason: 'reset', mayHaveHappened: true };
const undoing = (...steps: string[]) => event('saga.undoing', { saga, steps, failure });

describe('an order', () => {
  it('begins when it is placed: pending, with the saga that places it', () => {
    expect(rebuild([placed()])).toEqual({
      id: 'O1',
      status: 'PENDING',
      customer: { id: 'C1' },
      items: expect.any(Array),
      totalCents: 3_019,
      currency: 'USD',
      paymentMethod: 'tok_visa',
      autoConfirm: true,
      holdMs: 60_000,
      deadline: START + 900_000,
      needsAttention: false,
      voided: 0,
      saga: {
        name: 'place-order',
        phase: 'forward',
        startedAt: START,
        ...{ done: [], doubtful: [], toUndo: [], interrupted: false, pivotPassed: false, rounds: 0, startedBy: 1 },
      },
      traceId: 'a'.repeat(32),
      version: 1,
      createdAt: START,
      updatedAt: START,
    });
  });

  it('that is refused at once has no saga', () => {
    expect(rebuild([placed({ refusedAtOnce: true })])?.saga).toBeUndefined();
  });

  it('that was stored with fewer fields has all fields after its next event', () => {
    const { voided: _, needsAttention: __, saga: stored, ...known } = after();
    const { interrupted: ___, rounds: ____, ...begun } = stored as SagaProgress;
    const old = { ...known, saga: begun } as Order;
    const pivot = event('saga.pivot-passed', step);
    expect(apply(old, pivot)).toEqual(after(pivot));
  });

  it('is nothing without events', () => {
    expect(rebuild([])).toBeUndefined();
  });

  it('cannot begin with anything else', () => {
    expect(() => rebuild([changedTo('CONFIRMED')])).toThrow(
      'the first event of an order cannot be order.status-changed',
    );
  });

  it('counts its events, and knows when the last one happened', () => {
    const order = after(event('saga.resumed', { saga }, START + 1), event('saga.resumed', { saga }, START + 7));
    expect(order).toMatchObject({ version: 3, createdAt: START, updatedAt: START + 7 });
  });

  it('does not change the order that it was', () => {
    const before = after();
    const copy = structuredClone(before);
    apply(before, event('saga.step-done', { ...tried, result: { reservation: { status: 'RESERVED' } } }));
    expect(before).toEqual(copy);
  });

  it('knows no event that is not in the list', () => {
    const strange = { ...placed(), type: 'saga.exploded' } as unknown as OrderEvent;
    expect(() => after(strange)).toThrow('unknown event {');
  });

  it('whose saga is over cannot go on with it', () => {
    expect(() => after(changedTo('CONFIRMED'), event('saga.resumed', { saga }))).toThrow(
      'order O1 has no unfinished saga',
    );
  });
});

describe('a change of the status', () => {
  it('ends a saga in old histories, which have no event for that', () => {
    const attention = event('saga.needs-attention', { saga, reason: 'late' });
    expect(after(attention)).toMatchObject({ needsAttention: true, saga: { name: saga } });
    const order = after(attention, changedTo('CONFIRMED'));
    expect(order).toMatchObject({ status: 'CONFIRMED', needsAttention: false });
    expect(order.saga).toBeUndefined();
  });

  it('does not end a saga that is being undone', () => {
    const rejected = after(undoing('reserve-stock'), changedTo('REJECTED', { failure }));
    expect(rejected).toMatchObject({
      status: 'REJECTED',
      failure,
      saga: { phase: 'undoing', toUndo: ['reserve-stock'] },
    });
    const attention = apply(rejected, event('saga.needs-attention', { saga, reason: 'late' }));
    expect(attention.needsAttention).toBe(true);
    const over = apply(attention, event('saga.undone', { saga, failure }));
    expect(over).toMatchObject({ status: 'REJECTED', failure, needsAttention: false });
    expect(over.saga).toBeUndefined();
  });

  it('keeps failure and shipment, unless it brings others', () => {
    const first = after(changedTo('REJECTED', { failure, shipment }));
    expect(apply(first, changedTo('REJECTED'))).toMatchObject({ failure, shipment });
    const other = { failure: { code: 'OTHER', reason: 'other' }, shipment: { ...shipment, status: 'DELIVERED' } };
    expect(apply(first, changedTo('REJECTED', other))).toMatchObject(other);
  });

  it('to AWAITING_CONFIRMATION sets when the hold expires, and every other ends the hold', () => {
    const held = after(changedTo('AWAITING_CONFIRMATION'));
    expect(held.holdUntil).toBe(START + 60_000);
    expect(apply(held, changedTo('CONFIRMED')).holdUntil).toBeUndefined();
  });
});

describe('a saga that ends', () => {
  it('needs no operator any more, and leaves the status as it is', () => {
    const attention = event('saga.needs-attention', { saga: 'return-order', reason: 'late' });
    const order = after(changedTo('DELIVERED'), started('return-order'), attention, event('saga.done', { saga }));
    expect(order).toMatchObject({ status: 'DELIVERED', needsAttention: false });
    expect(order.saga).toBeUndefined();
  });
});

describe('a saga that starts', () => {
  it('starts from nothing, and forgets the failure of the one before', () => {
    const order = after(
      changedTo('CONFIRMED', { failure }),
      event('saga.started', { saga: 'fulfil-order' }, START + 5),
    );
    expect(order.saga).toMatchObject({
      name: 'fulfil-order',
      phase: 'forward',
      startedAt: START + 5,
      done: [],
      startedBy: 3,
    });
    expect(order.failure).toBeUndefined();
  });

  it('takes carrier and address from the request, or keeps them', () => {
    const wished = event('saga.started', { saga: 'fulfil-order', carrier: 'EXPRESS', shippingAddress: address });
    const order = after(changedTo('CONFIRMED'), wished);
    expect(order).toMatchObject({ carrier: 'EXPRESS', shippingAddress: address });
    expect(apply(order, started('cancel-order'))).toMatchObject({ carrier: 'EXPRESS', shippingAddress: address });
  });
});

describe('what is known of a saga', () => {
  const reservation = { status: 'RESERVED' };
  const waiting = event('saga.waiting', { ...step, until: START + 9, round: 2, reason: 'later' });

  it.each<[string, OrderEvent[], object]>([
    [
      'a step done, with what it said, after which nothing hinders it',
      [waiting, event('saga.step-done', { ...tried, result: { reservation } })],
      { done: ['reserve-stock'], rounds: 0, nextAt: undefined, trouble: undefined },
    ],
    [
      'a step that may have happened',
      [event('saga.step-unknown', { ...tried, ...doubt })],
      { doubtful: ['reserve-stock'], trouble: 'reset' },
    ],
    [
      'a step that was never sent',
      [event('saga.step-unknown', { ...tried, reason: 'nobody listens', mayHaveHappened: false })],
      { doubtful: [], trouble: 'nobody listens' },
    ],
    [
      'a step retried, once however often',
      [1, 2].map((attempt) => event('saga.step-retried', { ...step, ...doubt, attempt, waitMs: 5, breaker: 'CLOSED' })),
      { doubtful: ['reserve-stock'], trouble: 'reset' },
    ],
    [
      'a refusal',
      [event('saga.step-refused', { ...tried, code: 'NO', reason: 'no' })],
      { trouble: 'no', doubtful: [] },
    ],
    ['a pivot', [event('saga.pivot-passed', step)], { pivotPassed: true }],
    ['a pause', [waiting], { nextAt: START + 9, rounds: 2, trouble: 'later' }],
    ['another runner', [waiting, event('saga.resumed', { saga })], { interrupted: true, nextAt: undefined, rounds: 2 }],
    ['an operator', [waiting, event('saga.intervened', { saga, action: 'retry' })], { nextAt: undefined, rounds: 2 }],
    [
      'the decision to undo, after which nothing hinders it',
      [waiting, undoing('b', 'a')],
      { phase: 'undoing', toUndo: ['b', 'a'], failure, rounds: 0, nextAt: undefined, trouble: undefined },
    ],
    [
      'an undo, whatever hinders the others',
      [undoing('b', 'a'), waiting, event('saga.step-undone', { ...tried, step: 'b', result: { reservation } })],
      { toUndo: ['a'], rounds: 2, nextAt: START + 9 },
    ],
    [
      'an undo that failed',
      [undoing('a'), event('saga.undo-failed', { ...tried, reason: 'no' })],
      { toUndo: ['a'], trouble: 'no' },
    ],
  ])('%s', (_what, events, known) => {
    const before = after(...events.slice(0, -1));
    const order = apply(before, events.at(-1) as OrderEvent);
    expect(order.saga).toEqual({ ...before.saga, ...known });
  });

  it('includes what the participants answered', () => {
    const done = after(event('saga.step-done', { ...tried, result: { reservation } }));
    expect(done.reservation).toEqual(reservation);
    const released = { reservation: { status: 'RELEASED' } };
    expect(apply(done, event('saga.step-undone', { ...tried, result: released }))).toMatchObject(released);
  });

  it.each([
    [true, 1],
    [undefined, 0],
  ] as const)('and whether its keys became void: waiting after a refusal: %s', (refused, voided) => {
    const order = after(event('saga.waiting', { ...step, until: START + 9, round: 1, reason: 'later', refused }));
    expect(order.voided).toBe(voided);
  });

  it('includes why it is undone, from the decision on', () => {
    expect(after(undoing('a')).failure).toEqual(failure);
  });

  it('does not matter when the address changes', () => {
    const order = after(event('order.address-changed', { shippingAddress: address }));
    expect(order).toEqual({ ...after(), shippingAddress: address, addressChanges: 1, version: 2 });
  });
});
