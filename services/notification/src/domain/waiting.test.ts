import { describe, expect, it } from '@jest/globals';
import { hasFailedTooLong, isDue, released, type Waiting, withFailure, withNext, withoutFirst } from './waiting.ts';

const NOW = 1_000_000;
const DAY_MS = 24 * 60 * 60 * 1000;
const attempt = (attempts: number, at = NOW) => ({
  ...{ id: '7', eventId: 'O1:2', type: 'order.placed', orderId: 'O1', durationMs: 3, attempts, at },
});
const waiting = (next: number, last: number): Waiting => ({ key: 'O1', orderId: 'O1', next, last });
const failing = (attempts: number, chance = 0, known = waiting(2, 5)) =>
  withFailure(known, attempt(attempts), 'it answered 500', chance);

describe('the events of an order that wait', () => {
  it('begin with one, and grow at their end', () => {
    expect(withNext(undefined, 'O1', 2)).toEqual(waiting(2, 2));
    expect(withNext(waiting(2, 2), 'O1', 5)).toEqual(waiting(2, 5));
    expect(withNext(waiting(2, 5), 'O1', 3)).toEqual(waiting(2, 5));
  });

  it('begin further back in a replay, which is tried at once', () => {
    expect(withNext(failing(3), 'O1', 1)).toEqual({ ...waiting(1, 5), failed: undefined });
  });

  it('are one less after a delivery, and none after the last', () => {
    expect(withoutFirst(waiting(2, 5), 2)).toEqual(waiting(3, 5));
    expect(withoutFirst(failing(3), 2)).toEqual(waiting(3, 5));
    expect(withoutFirst(waiting(5, 5), 5)).toBeUndefined();
  });

  it('stay when a replay has begun during the attempt', () => {
    const known = waiting(1, 5);
    expect(withoutFirst(known, 2)).toBe(known);
  });
});

describe('after a failure', () => {
  const pause = (attempts: number, chance?: number) => ((failing(attempts, chance).failed?.dueAt ?? 0) - NOW) / 1000;

  it('the pauses grow up to five minutes, and up to half of each is left to chance', () => {
    expect([1, 2, 3, 4, 5, 6, 300].map((attempts) => pause(attempts))).toEqual([2, 8, 32, 128, 300, 300, 300]);
    expect([0, 0.5, 1].map((chance) => pause(1, chance))).toEqual([2, 1.5, 1]);
    expect(isDue(failing(1), NOW + 1_999)).toBe(false);
    expect(isDue(failing(1), NOW + 2_000)).toBe(true);
  });

  it('it has failed too long a day after the first one', () => {
    const first = withFailure(waiting(2, 5), attempt(1), 'it answered 500', 0);
    const later = (at: number) => withFailure(first, attempt(2, at), 'it answered 500', 0).failed;
    expect([NOW + DAY_MS - 1, NOW + DAY_MS].map((at) => hasFailedTooLong(later(at) as never))).toEqual([false, true]);
  });

  it('a changed webhook has another day, and is tried at once', () => {
    const known = released(failing(5), NOW + DAY_MS);
    expect(isDue(known, NOW + DAY_MS)).toBe(true);
    const next = withFailure(known, attempt(6, NOW + DAY_MS + 1), 'it answered 500', 0).failed;
    expect(hasFailedTooLong(next as never)).toBe(false);
  });
});
