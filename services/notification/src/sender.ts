import { setMaxListeners } from 'node:events';
import { decide } from '@oms/shared/store/aggregate';
import { DueWork } from '@oms/shared/store/due-work';
import type { Logger } from '@oms/shared/telemetry/logger';
import { recordJob, type Tracer } from '@oms/shared/telemetry/span';
import type { Span } from '@oms/shared/telemetry/trace';
import { type Trace, traceFrom } from '@oms/shared/telemetry/trace';
import { masked, Refused } from './channels.ts';
import { changeTo, notifications } from './documents.ts';
import { type Notification, type NotificationDoc, type Outcome, settled } from './domain/notification.ts';
import type { NotificationMetrics } from './notification-metrics.ts';
import { createTaking, type Ready, type TakingParts } from './taking.ts';

interface Parts extends TakingParts {
  log: Logger;
  metrics: NotificationMetrics;
  tracer?: Tracer | undefined;
  pollMs?: number;
  attemptMs?: number;
}

const AT_ONCE = 10;
/** How long attempts under way may still take when the sender stops. */
const GRACE_MS = 2_000;

/** Sends every notification that is due, until it is sent or given up. */
export function startSender(parts: Parts): { stop(): Promise<void> } {
  const { store, world, log, tracer, channels, metrics, pollMs, attemptMs = 10_000 } = parts;
  const take = createTaking(parts);
  const ending = new AbortController();
  // Every attempt under way listens: many listeners are no leak.
  setMaxListeners(0, ending.signal);

  async function send(id: string): Promise<void> {
    const seen = (await store.read(id))?.data;
    if (seen?.kind !== 'notification') return;
    const cause = traceFrom(seen, world.random);
    await recordJob(tracer, cause, 'send a notification', 'producer', async (span, trace) => {
      const { ready, turnedAway } = await take(seen, trace);
      if (turnedAway) report(turnedAway);
      if (!ready) return;
      const outcome = await attempt(ready);
      if (span) describe(span, ready, outcome);
      await conclude(ready, outcome, trace);
    });
  }

  /** Without the reason of a failure, which may contain the address. */
  function describe(
    span: Span,
    { id, orderId, occasion, attempts, letter: { channel } }: Ready,
    { kind }: Outcome,
  ): void {
    const about = { 'notification.id': id, 'order.id': orderId, 'notification.kind': occasion.kind };
    span.set({ ...about, 'notification.channel': channel, 'notification.outcome': kind, attempt: attempts });
    if (kind !== 'sent') span.fail(kind);
  }

  async function attempt({ id, orderId, occasion, at, letter: { channel, ...text } }: Ready): Promise<Outcome> {
    const signal = AbortSignal.any([AbortSignal.timeout(attemptMs), ending.signal]);
    try {
      await channels[channel]?.send({ id, orderId, kind: occasion.kind, at, ...text }, signal);
      return { kind: 'sent' };
    } catch (error) {
      const reason = signal.aborted ? `no answer from ${channel} in time` : String((error as Error).message);
      return { kind: error instanceof Refused ? 'refused' : 'failed', reason };
    }
  }

  async function conclude(ready: Ready, outcome: Outcome, trace: Trace): Promise<void> {
    const by = { traceId: ready.traceId, trace };
    const ids = [notifications.id(ready.id)];
    const { result } = await decide<NotificationDoc, Notification>(parts, ids, by, (docs, now) => {
      const ended = settled(notifications.in(docs, ready.id), ready, outcome, now);
      return ended ? changeTo(ended) : {};
    });
    if (result) report(result);
  }

  function report(notification: Notification): void {
    const { id, orderId, occasion, attempts, letter, status, traceId } = notification;
    const about = { notificationId: id, orderId, kind: occasion.kind, channel: letter?.channel, attempts, traceId };
    if (status !== 'PENDING') metrics.ended(notification);
    if (status === 'SENT') return void log.info('a notification was sent', about);
    const reason = masked(notification.reason ?? '');
    if (status === 'DEAD') log.error('a notification was given up', { ...about, reason });
    else if (status === 'WITHHELD') log.warn('a notification was withheld', { ...about, reason });
    else log.warn('a notification has to be sent again', { ...about, reason });
  }

  const sending = new DueWork({
    due: (now, limit) => store.due(now, limit),
    onNews: (look) => store.onEvents(look),
    ...{ world, log, what: 'notifications', atOnce: AT_ONCE, pollMs, work: send },
  });
  sending.start();
  return {
    async stop() {
      const grace = setTimeout(() => ending.abort(), GRACE_MS);
      await sending.stop();
      clearTimeout(grace);
    },
  };
}
