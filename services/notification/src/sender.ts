import { setMaxListeners } from 'node:events';
import { DueWork } from '@oms/shared/store/due-work';
import type { Change, Docs, Store } from '@oms/shared/store/store';
import type { Logger } from '@oms/shared/telemetry/logger';
import { recordJob, type Span, type Tracer } from '@oms/shared/telemetry/span';
import { type Trace, traceFrom } from '@oms/shared/telemetry/trace';
import type { World } from '@oms/shared/world';
import { type Channels, channelFor, masked, Refused } from './channels.ts';
import type { Contacts } from './contacts.ts';
import {
  concluded,
  type Letter,
  type Notification,
  type NotificationDoc,
  type Outcome,
  type Pending,
  settled,
  taken,
  withheld,
} from './notification.ts';
import type { NotificationMetrics } from './notification-metrics.ts';
import type { Contact } from './occasion.ts';
import { type Recipients, withAddress } from './recipients.ts';
import { eventOf, recipientsDoc, recipientsRecord, record } from './record.ts';
import { type TrackingUrl, textOf } from './templates.ts';

interface Parts {
  store: Store<NotificationDoc>;
  world: World;
  log: Logger;
  channels: Channels;
  contacts: Contacts;
  trackingUrl: TrackingUrl;
  /** To how many addresses one customer can have notifications sent in a day. */
  mostRecipients: number;
  metrics: NotificationMetrics;
  tracer?: Tracer | undefined;
  pollMs?: number;
  attemptMs?: number;
}

type Ready = Pending & { letter: Letter };
type Taken = { ready: Ready; turnedAway?: undefined } | { ready?: undefined; turnedAway: Notification };

const UNKNOWN_ORDER = 'its order is not known here yet';
const TOO_MANY = 'its customer has had notifications sent to too many addresses today';

const AT_ONCE = 10;
/** How long those under way may take once the sender is told to stop. */
const GRACE_MS = 2_000;

/** Sends what is due until it is sent or given up. */
export function startSender(parts: Parts): { stop(): Promise<void> } {
  const {
    store,
    world,
    log,
    tracer,
    channels,
    contacts,
    trackingUrl,
    mostRecipients,
    metrics,
    pollMs,
    attemptMs = 10_000,
  } = parts;
  const ending = new AbortController();
  // Every attempt under way listens: many are no leak.
  setMaxListeners(0, ending.signal);

  async function send(id: string): Promise<void> {
    const seen = (await store.read(id))?.data;
    if (seen?.kind !== 'notification') return;
    const cause = traceFrom(seen, world.random);
    await recordJob(tracer, cause, 'send a notification', 'producer', async (span, trace) => {
      const ready = await take(id, seen.orderId, trace);
      if (!ready) return;
      const outcome = await attempt(ready);
      if (span) describe(span, ready, outcome);
      await conclude(id, ready, outcome, trace);
    });
  }

  /** Not why it failed: whoever refuses a message says to whom it was. */
  function describe(
    span: Span,
    { id, orderId, occasion, attempts, letter: { channel } }: Ready,
    { kind }: Outcome,
  ): void {
    const about = { 'notification.id': id, 'order.id': orderId, 'notification.kind': occasion.kind };
    span.set({ ...about, 'notification.channel': channel, 'notification.outcome': kind, attempt: attempts });
    if (kind !== 'sent') span.fail(kind);
  }

  /** Written before anything is sent: whoever else looks finds it taken. */
  async function take(id: string, orderId: string, trace: Trace): Promise<Ready | undefined> {
    // It never changes, so it needs no lock.
    const contact = await contacts(orderId, trace);
    const recipientsId = recipientsDoc(contact?.customer.id ?? '');
    const decide = (docs: Docs<NotificationDoc>): Change<NotificationDoc, Taken> => {
      const now = world.now();
      const mine = taken(docs.get(id)?.data as Notification | undefined, now);
      if (!mine) return {};
      if (!contact) return turnedAway(concluded(mine, { kind: 'failed', reason: UNKNOWN_ORDER }, now));
      const letter = letterOf(mine, contact);
      const known = docs.get(recipientsId)?.data as Recipients | undefined;
      const recipients = recipientsOf(known, contact, letter, now);
      if (recipients === 'too many') return turnedAway(withheld({ ...mine, attempts: mine.attempts - 1 }, TOO_MANY));
      const ready = { ...mine, letter };
      const { put, events } = changeTo(ready);
      const more = recipients && recipients !== known ? [recipientsRecord(recipients)] : [];
      return { put: [...put, ...more], events, result: { ready } };
    };
    const { result } = await store.write<Taken>([id, recipientsId], undefined, decide, trace);
    if (result?.turnedAway) report(result.turnedAway);
    return result?.ready;
  }

  const turnedAway = (notification: Notification): Change<NotificationDoc, Taken> => ({
    ...changeTo(notification),
    result: { turnedAway: notification },
  });

  /** Only who is sent something counts; a line in the log reaches nobody. */
  function recipientsOf(known: Recipients | undefined, { customer }: Contact, { channel }: Letter, now: number) {
    if (customer.email === undefined || channel === 'log') return known;
    return withAddress(known, customer.id, customer.email, now, mostRecipients) ?? 'too many';
  }

  function letterOf({ occasion }: Pending, contact: Contact): Letter {
    const { id, email } = contact.customer;
    return { channel: channelFor(channels, email).name, to: email ?? id, ...textOf(occasion, contact, trackingUrl) };
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

  async function conclude(id: string, ready: Ready, outcome: Outcome, trace: Trace): Promise<void> {
    const decide = (docs: Docs<NotificationDoc>): Change<NotificationDoc, Notification> => {
      const ended = settled(docs.get(id)?.data as Notification | undefined, ready, outcome, world.now());
      return ended ? changeTo(ended) : {};
    };
    const { result } = await store.write<Notification>([id], undefined, decide, trace);
    if (result) report(result);
  }

  function changeTo(result: Notification) {
    const happened = { PENDING: undefined, SENT: 'sent', DEAD: 'given-up', WITHHELD: 'withheld' } as const;
    const change = happened[result.status];
    return { put: [record(result)], events: change ? [eventOf(change, result, world.now())] : [], result };
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
