import type { NotificationChannel } from '@oms/shared/contracts/notification';
import { Refusal } from '@oms/shared/errors';
import type { DeliveryLog } from './delivery-log.ts';
import type { Heard } from './heard.ts';
import type { Contact, Occasion } from './occasion.ts';
import { pauseAfter } from './pauses.ts';
import type { Recipients } from './recipients.ts';
import type { Progress } from './waiting.ts';
import type { Webhooks } from './webhook.ts';

/** PENDING → SENT, or DEAD after the last attempt, or WITHHELD because it must not be sent. The last two wait for a person. */
export type Notification = Pending | Sent | Dead | Withheld;
export type NotificationDoc = Notification | Contact | Recipients | Webhooks | Heard | Progress | DeliveryLog;

interface Told {
  kind: 'notification';
  id: string;
  orderId: string;
  occasion: Occasion;
  at: number;
  traceId: string;
  /** The span of the event; absent when it is not recorded. */
  spanId?: string | undefined;
  attempts: number;
  /** The text of the last attempt; absent before the first one, and while the order is unknown. */
  letter?: Letter;
}
export interface Pending extends Told {
  status: 'PENDING';
  /** During an attempt: the end of its lease. */
  dueAt: number;
  reason?: string;
}
export interface Sent extends Told {
  status: 'SENT';
}
export interface Dead extends Told {
  status: 'DEAD';
  reason: string;
}

export interface Withheld extends Told {
  status: 'WITHHELD';
  reason: string;
}

export interface Letter {
  channel: NotificationChannel;
  to: string;
  subject: string;
  body: string;
}

/** About a day in all. The first attempts are close together. */
export const SCHEDULE = { firstPauseMs: 2_000, factor: 4, longestPauseMs: 2 * 60 * 60 * 1000, attempts: 19 };

/** Longer than any attempt may take: only a sender that has died loses its notification to another. */
export const LEASE_MS = 60_000;

export type Created = Pick<Told, 'id' | 'orderId' | 'occasion' | 'at' | 'traceId' | 'spanId'>;

/** No request waits longer for its answer. */
const LONGEST_WAIT_MS = 60_000;

export const created = (what: Created, now: number, waitMs = 0): Pending => ({
  kind: 'notification',
  ...what,
  status: 'PENDING',
  attempts: 0,
  dueAt: now + Math.min(waitMs, LONGEST_WAIT_MS),
});

/** Due now. */
export const released = (waiting: Pending, now: number): Pending => ({
  ...waiting,
  dueAt: Math.min(waiting.dueAt, now),
});

export function withheld({ dueAt: _, ...told }: Pending, reason: string): Withheld {
  return { ...told, status: 'WITHHELD', reason };
}

/** Takes it for the next attempt; undefined if it is not due, or another replica has taken it. */
export function taken(known: Notification | undefined, now: number): Pending | undefined {
  if (known?.status !== 'PENDING' || known.dueAt > now) return undefined;
  const { reason: _, ...told } = known;
  return { ...told, attempts: known.attempts + 1, dueAt: now + LEASE_MS };
}

export type Outcome =
  | { kind: 'sent' }
  /** A retry may help. */
  | { kind: 'failed'; reason: string }
  /** No retry will help. */
  | { kind: 'refused'; reason: string };

export function concluded({ dueAt: _, ...told }: Pending, outcome: Outcome, now: number): Notification {
  if (outcome.kind === 'sent') return { ...told, status: 'SENT' };
  const { reason } = outcome;
  if (outcome.kind === 'refused' || told.attempts >= SCHEDULE.attempts) return { ...told, status: 'DEAD', reason };
  return { ...told, status: 'PENDING', reason, dueAt: now + pauseAfter(told.attempts, SCHEDULE) };
}

/** The result of an attempt, unless a later attempt has begun. A success always counts. */
export function settled(
  known: Notification | undefined,
  attempt: Pending,
  outcome: Outcome,
  now: number,
): Notification | undefined {
  if (known?.status !== 'PENDING') return undefined;
  if (outcome.kind !== 'sent' && known.attempts !== attempt.attempts) return undefined;
  return concluded(known, outcome, now);
}

/** By hand: a notification that was given up or withheld starts again. One that is still tried stays as it is. */
export function retried(known: Notification, now: number): Notification {
  switch (known.status) {
    case 'SENT':
      throw new Refusal(409, 'ALREADY_SENT', `Notification ${known.id} was sent.`);
    case 'PENDING':
      return known;
    case 'DEAD':
    case 'WITHHELD': {
      const { reason: _, ...told } = known;
      return { ...told, status: 'PENDING', attempts: 0, dueAt: now };
    }
  }
}
