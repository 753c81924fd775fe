import { Refusal } from '@oms/shared/errors';

/** All webhooks in one document: they are few, and whoever keeps events for them or delivers needs all. */
export interface Webhooks {
  kind: 'webhooks';
  /** The oldest first. */
  all: readonly Webhook[];
}

export type Webhook = Described & ({ status: 'ACTIVE' } | { status: 'PAUSED'; reason: string });

interface Described extends Given {
  id: string;
  /** The newest first. */
  secrets: readonly Secret[];
  createdAt: number;
  /** When it became active, was changed, or was paused. */
  since: number;
  /** What operators want delivered again. Who delivers takes it over. */
  wishes: readonly Wish[];
}

export interface Given {
  url: string;
  events: readonly string[];
  description?: string | undefined;
}

interface Secret {
  value: string;
  /** Absent: until there is a newer one. */
  until?: number;
}

export type Wish = { id: string; from: number } | { id: string; delivery: string };

/** With what every webhook may have under way, this is the most that all of them may. */
const MOST_WEBHOOKS = 50;
const MOST_WISHES = 100;
const MOST_SECRETS = 5;
const OLD_SECRET_MS = 24 * 60 * 60 * 1000;
const BY_HAND = 'paused by an operator';

export const created = (id: string, given: Given, paused: boolean, secret: string, now: number): Webhook =>
  stateFor({ id, ...given, secrets: [{ value: secret }], createdAt: now, wishes: [] }, paused, now);

/** A webhook that is not to be paused starts anew: what was failing is due, and has another day. */
export function changed({ id, secrets, createdAt, wishes }: Webhook, given: Given, paused: boolean, now: number) {
  return stateFor({ id, ...given, secrets, createdAt, wishes }, paused, now);
}

const stateFor = (webhook: Omit<Described, 'since'>, paused: boolean, now: number): Webhook =>
  paused ? { ...webhook, status: 'PAUSED', reason: BY_HAND, since: now } : { ...webhook, status: 'ACTIVE', since: now };

/** Not by an operator, but because deliveries failed. */
export const hasFailed = (webhook: Webhook): boolean => webhook.status === 'PAUSED' && webhook.reason !== BY_HAND;

export const withPause = (webhook: Webhook, reason: string, now: number): Webhook => ({
  ...webhook,
  ...{ status: 'PAUSED', reason, since: now },
});

/** The secret before signs for another day, so that a receiver has time to learn the new one. */
export function rotated(webhook: Webhook, secret: string, now: number): Webhook {
  const older = webhook.secrets.map(({ value, until = now + OLD_SECRET_MS }) => ({ value, until }));
  const valid = older.filter(({ until }) => until > now);
  return { ...webhook, secrets: [{ value: secret }, ...valid].slice(0, MOST_SECRETS) };
}

export const signingSecrets = ({ secrets }: Webhook, now: number): string[] =>
  secrets.filter(({ until = Number.POSITIVE_INFINITY }) => until > now).map(({ value }) => value);

export function wished(webhook: Webhook, wish: Wish): Webhook {
  if (webhook.wishes.length >= MOST_WISHES) {
    throw new Refusal(
      409,
      'TOO_MANY_REDELIVERIES',
      `${MOST_WISHES} redeliveries of webhook ${webhook.id} wait already.`,
    );
  }
  return { ...webhook, wishes: [...webhook.wishes, wish] };
}

export const isWanted = ({ events }: Pick<Webhook, 'events'>, type: string): boolean =>
  ['*', type, type.replace(/\..*/, '.*')].some((wanted) => events.includes(wanted));

const none: Webhooks = { kind: 'webhooks', all: [] };

export function added({ all }: Webhooks = none, webhook: Webhook): Webhooks {
  if (all.length >= MOST_WEBHOOKS) {
    throw new Refusal(409, 'TOO_MANY_WEBHOOKS', `There are ${MOST_WEBHOOKS} webhooks already. Remove one first.`);
  }
  return { kind: 'webhooks', all: [...all, webhook] };
}

export function existing({ all }: Webhooks = none, id: string): Webhook {
  const known = all.find((webhook) => webhook.id === id);
  if (known) return known;
  throw new Refusal(404, 'WEBHOOK_NOT_FOUND', `There is no webhook ${id}.`);
}

export const replaced = ({ all }: Webhooks = none, changed: Webhook): Webhooks => ({
  kind: 'webhooks',
  all: all.map((webhook) => (webhook.id === changed.id ? changed : webhook)),
});

export const without = ({ all }: Webhooks = none, id: string): Webhooks => ({
  kind: 'webhooks',
  all: all.filter((webhook) => webhook.id !== id),
});
