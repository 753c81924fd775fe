import { type Happened, Kind } from '@oms/shared/store/aggregate';
import type { StoredEvent } from '@oms/shared/store/store';
import type { DeliveryLog } from '../domain/delivery-log.ts';
import type { Heard } from '../domain/heard.ts';
import type { Progress } from '../domain/waiting.ts';
import type { Webhooks } from '../domain/webhook.ts';

export const webhooks = new Kind<Webhooks>('webhooks', { key: () => ALL });
/** The key of the one document of all webhooks. */
export const ALL = '';
export const heard = new Kind<Heard>('heard/', { key: ({ orderId }) => orderId });
export const progresses = new Kind<Progress>('webhook/', { key: ({ webhookId }) => webhookId });
export const logs = new Kind<DeliveryLog>('webhook-log/', { key: ({ webhookId, page }) => `${webhookId}/${page}` });

/** The order that a kept event is about; undefined: the event is one of our own. */
export const orderOf = ({ stream }: Pick<StoredEvent, 'stream'>): string | undefined =>
  stream.startsWith(heard.id('')) ? stream.slice(heard.id('').length) : undefined;

export type Change = 'created' | 'changed' | 'removed' | 'secret-rotated' | 'paused' | 'redelivery-requested';

/** Whoever delivers is woken by it. */
export const eventOf = (change: Change, webhookId: string): Happened => ({
  ...{ stream: webhooks.id(ALL), type: `webhook.${change}`, data: { webhookId } },
});
