import type { Delivery } from './delivery-log.ts';
import { pauseAfter } from './pauses.ts';

/** How far the deliveries of a webhook are. Only the replica that holds it writes this. */
export interface Progress {
  kind: 'webhook-progress';
  webhookId: string;
  holder: string;
  /** Every event up to here was delivered, or waits. */
  place: string;
  waiting: readonly Waiting[];
  /** Since when the webhook was active at the last look: a later time begins everything anew. */
  since: number;
  /** How many deliveries were written into the log so far. */
  logged: number;
  /** The webhook was removed: nobody writes this any more. */
  removed?: true;
}

/** Events of one order that are still to be delivered, one after the other. */
export interface Waiting {
  /** The order; for one event that is delivered again, # and the id of the delivery. */
  key: string;
  orderId: string;
  /** The first and the last of them, as they are numbered in what was heard of the order. */
  next: number;
  last: number;
  /** The last attempt to deliver `next`. */
  failed?: Failed | undefined;
}

export interface Failed extends Delivery {
  reason: string;
  /** The beginning of its day: when the first attempt failed, or the webhook was changed. */
  since: number;
  dueAt: number;
}

/** Soon enough that a receiver that is back need not wait long. */
const PAUSES = { firstPauseMs: 2_000, factor: 4, longestPauseMs: 5 * 60 * 1000 };
/** Then the webhook is paused. */
const TRIED_MS = 24 * 60 * 60 * 1000;

/** One more event of the order; in a replay, one that had its turn before. */
export function withNext(known: Waiting | undefined, orderId: string, version: number): Waiting {
  if (!known) return { key: orderId, orderId, next: version, last: version };
  if (version < known.next) return { ...known, next: version, failed: undefined };
  return { ...known, last: Math.max(known.last, version) };
}

export const again = (delivery: string, orderId: string, version: number): Waiting => ({
  ...{ key: `#${delivery}`, orderId, next: version, last: version },
});

/** Undefined: nothing of the order waits any more. Unchanged: a replay began during the attempt. */
export function withoutFirst(waiting: Waiting, version: number): Waiting | undefined {
  if (waiting.next !== version) return waiting;
  const { key, orderId, last } = waiting;
  return version < last ? { key, orderId, next: version + 1, last } : undefined;
}

/** `chance`, from 0 to 1, keeps orders that failed together from being tried together. */
export function withFailure(waiting: Waiting, attempt: Delivery, reason: string, chance: number): Waiting {
  const before = waiting.failed?.id === attempt.id ? waiting.failed : undefined;
  const pauseMs = Math.round(pauseAfter(attempt.attempts, PAUSES) * (1 - chance / 2));
  const failed = { ...attempt, reason, since: before?.since ?? attempt.at, dueAt: attempt.at + pauseMs };
  return { ...waiting, failed };
}

export const isDue = ({ failed }: Waiting, now: number): boolean => failed === undefined || failed.dueAt <= now;

/** Due now, and tried for another day. */
export const released = (waiting: Waiting, now: number): Waiting =>
  waiting.failed ? { ...waiting, failed: { ...waiting.failed, since: now, dueAt: now } } : waiting;

export const hasFailedTooLong = ({ at, since }: Failed): boolean => at - since >= TRIED_MS;
