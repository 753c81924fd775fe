import { describe, expect, it } from '@jest/globals';
import {
  concluded,
  created,
  type Dead,
  LEASE_MS,
  type Notification,
  type Outcome,
  type Pending,
  released,
  retried,
  SCHEDULE,
  settled,
  taken,
  withheld,
} from './notification.ts';
import { pauseAfter } from './pauses.ts';

const NOW = 1_000_000;
const FAILED: Outcome = { kind: 'failed', reason: 'no connection' };
const REFUSED: Outcome = { kind: 'refused', reason: 'no such mailbox' };
const SENT: Outcome = { kind: 'sent' };

const fresh = (): Pending =>
  created({ id: 'N1', orderId: 'O1', occasion: { kind: 'order-confirmed' }, at: NOW - 5, traceId: 't' }, NOW);
const attempt = (known: Notification, at = NOW): Pending => {
  const mine = taken(known, at);
  if (!mine) throw new Error('not to be had');
  return mine;
};

describe('a new notification', () => {
  it('is due at once', () => {
    const told = { kind: 'notification', id: 'N1', orderId: 'O1', occasion: { kind: 'order-confirmed' }, traceId: 't' };
    expect(fresh()).toEqual({ ...told, status: 'PENDING', attempts: 0, dueAt: NOW, at: NOW - 5 });
  });

  it('waits while its customer may get an answer, a minute at most, or until the placing ends', () => {
    const waiting = (waitMs: number) => created(fresh(), NOW, waitMs);
    expect([59_999, 60_000, 60_001].map((ms) => waiting(ms).dueAt - NOW)).toEqual([59_999, 60_000, 60_000]);
    expect(released(waiting(10), NOW + 3)).toEqual({ ...waiting(0), dueAt: NOW + 3 });
    expect(released(waiting(10), NOW + 11)).toEqual(waiting(10));
  });

  it('that must not be sent is withheld, with the reason', () => {
    const { dueAt: _, ...told } = fresh();
    expect(withheld(fresh(), 'too many')).toEqual({ ...told, status: 'WITHHELD', reason: 'too many' });
  });

  it('is taken by one sender: for others it is not due until the lease expires', () => {
    const mine = attempt(fresh());
    expect(mine).toEqual({ ...fresh(), attempts: 1, dueAt: NOW + 60_000 });
    expect(taken(mine, NOW + LEASE_MS - 1)).toBeUndefined();
    expect(taken(mine, NOW + LEASE_MS)).toMatchObject({ attempts: 2 });
  });

  it('is not taken after it has ended', () => {
    expect(taken(concluded(attempt(fresh()), SENT, NOW), NOW * 2)).toBeUndefined();
    expect(taken(concluded(attempt(fresh()), REFUSED, NOW), NOW * 2)).toBeUndefined();
    expect(taken(undefined, NOW)).toBeUndefined();
  });
});

describe('an attempt', () => {
  it('that succeeds leaves it sent', () => {
    const { dueAt: _, ...told } = attempt(fresh());
    expect(concluded(attempt(fresh()), SENT, NOW)).toEqual({ ...told, status: 'SENT' });
  });

  it('that fails leaves it pending, with the reason and the time of the next', () => {
    const failed = concluded(attempt(fresh()), FAILED, NOW);
    expect(failed).toMatchObject({ status: 'PENDING', attempts: 1, reason: 'no connection', dueAt: NOW + 2_000 });
    expect(attempt(failed, NOW + 2_000)).not.toHaveProperty('reason');
  });

  it('that is refused is the last one', () => {
    expect(concluded(attempt(fresh()), REFUSED, NOW)).toMatchObject({ status: 'DEAD', reason: 'no such mailbox' });
  });
});

describe('the schedule', () => {
  it('begins quickly, with backoff: pauses grow up to two hours', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 8, 18].map((attempts) => pauseAfter(attempts, SCHEDULE));
    const minute = 60_000;
    expect(pauses.slice(0, 4)).toEqual([2_000, 8_000, 32_000, 128_000]);
    expect(pauses.slice(4).map((ms) => Math.round(ms / minute))).toEqual([9, 34, 120, 120, 120]);
  });

  it('gives up after nineteen attempts, about a day after the first', () => {
    let known: Notification = fresh();
    let now = NOW;
    let attempts = 0;
    while (known.status === 'PENDING') {
      now = known.dueAt;
      known = concluded(attempt(known, now), FAILED, now);
      attempts++;
    }
    expect([known.status, attempts, SCHEDULE.attempts]).toEqual(['DEAD', 19, 19]);
    const hours = (now - NOW) / 3_600_000;
    expect(hours).toBeGreaterThan(24);
    expect(hours).toBeLessThan(26);
  });
});

describe('after the lease of a slow sender has expired and another has taken over', () => {
  const slow = attempt(fresh());
  const other = attempt(slow, NOW + LEASE_MS);

  it('a failure of the slow one changes nothing', () => {
    expect(settled(other, slow, FAILED, NOW)).toBeUndefined();
    expect(settled(other, other, FAILED, NOW)).toMatchObject({ status: 'PENDING', attempts: 2 });
  });

  it('an unknown notification has no result', () => {
    expect(settled(undefined, slow, SENT, NOW)).toBeUndefined();
  });

  it('a success counts, whichever sender had it', () => {
    const sent = settled(other, slow, SENT, NOW);
    expect(sent).toMatchObject({ status: 'SENT' });
    expect(settled(sent, other, FAILED, NOW)).toBeUndefined();
    expect(settled(sent, other, SENT, NOW)).toBeUndefined();
  });
});

describe('a retry by hand', () => {
  const dead = concluded(attempt(fresh()), REFUSED, NOW) as Dead;

  it.each([
    ['given up', dead],
    ['withheld', withheld(fresh(), 'too many')],
  ])('starts one again that was %s', (_what, known) => {
    expect(retried(known, NOW + 7)).toEqual({ ...fresh(), dueAt: NOW + 7 });
  });

  it('leaves one that is still tried as it is', () => {
    const pending = fresh();
    expect(retried(pending, NOW)).toBe(pending);
  });

  it('is refused for one that was sent', () => {
    const sent = concluded(attempt(fresh()), SENT, NOW);
    expect(() => retried(sent, NOW)).toThrow(expect.objectContaining({ status: 409, code: 'ALREADY_SENT' }));
  });
});
