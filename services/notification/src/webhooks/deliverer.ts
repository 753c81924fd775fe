import { BookmarkedReader } from '@oms/shared/events/bookmarked-reader';
import { oneAtATime } from '@oms/shared/one-at-a-time';
import type { ServiceParts } from '@oms/shared/service/parts';
import { Readers } from '@oms/shared/store/readers';
import type { NotificationDoc } from '../domain/notification.ts';
import type { Webhook } from '../domain/webhook.ts';
import { Courier } from './courier.ts';
import { ALL, webhooks } from './documents.ts';
import type { Post } from './post.ts';
import { createRecords } from './records.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';

type Shared = Pick<ServiceParts<NotificationDoc>, 'store' | 'world' | 'log' | 'tracer'>;
interface Parts extends Shared {
  metrics: WebhookMetrics;
  post: Post;
  beatMs?: number;
}

/** What happens within this time is read together. */
const GATHER_MS = 25;
/** How long deliveries under way may still take when the service stops. */
const GRACE_MS = 2_000;

/** Delivers to all webhooks, on one replica at a time. The others stand by. */
export function startDeliverer(parts: Parts): { stop(): Promise<void> } {
  const reader = new BookmarkedReader(
    'webhooks',
    async (place, signal) => {
      await deliverUntil(signal, parts);
      return place;
    },
    parts,
  );
  reader.start();
  return reader;
}

async function deliverUntil(over: AbortSignal, { beatMs = 500, ...parts }: Parts): Promise<void> {
  const { store, world, log } = parts;
  const records = createRecords(parts, world.newId(world.now()));
  const couriers = new Map<string, Courier>();
  let onFailure = (_error: unknown) => {};
  const ended = new Promise<void>((resolve, reject) => {
    onFailure = reject;
    over.addEventListener('abort', () => resolve());
    if (over.aborted) resolve();
  });
  const pause = async (webhook: Webhook, reason: string): Promise<void> => {
    if (!(await records.pause(webhook, reason))) return;
    log.error('a webhook was paused', { webhookId: webhook.id, reason });
  };
  const onPaused = (webhook: Webhook, reason: string) => void pause(webhook, reason).catch(onFailure);
  const courierParts = { ...parts, records, readers: new Readers(store), beatMs, onPaused, onFailure };

  const look = oneAtATime(async () => {
    const all = (await webhooks.read(store, ALL))?.all ?? [];
    const active = new Map(all.filter(({ status }) => status === 'ACTIVE').map((webhook) => [webhook.id, webhook]));
    const gone = [...couriers].filter(([id]) => !active.has(id));
    for (const [id] of gone) couriers.delete(id);
    await Promise.all(gone.map(([, courier]) => courier.stop(0)));
    for (const [id, webhook] of over.aborted ? [] : active) {
      const known = couriers.get(id);
      if (known) await known.update(webhook);
      else {
        const courier = await Courier.begin(webhook, courierParts);
        if (courier) couriers.set(id, courier);
      }
    }
  });
  const lookNow = () => void look().catch(onFailure);

  let gathering: NodeJS.Timeout | undefined;
  const stopListening = store.onEvents((news) => {
    if (!news || news.has(webhooks.id(ALL))) lookNow();
    gathering ??= setTimeout(() => {
      gathering = undefined;
      for (const courier of couriers.values()) courier.hasNews();
    }, GATHER_MS);
  });
  const looking = setInterval(lookNow, 2 * beatMs);
  try {
    lookNow();
    await ended;
  } catch (error) {
    log.warn('deliveries to webhooks are interrupted', { error });
    throw error;
  } finally {
    stopListening();
    clearInterval(looking);
    await look().catch(() => {});
    clearTimeout(gathering);
    await Promise.allSettled([...couriers.values()].map((courier) => courier.stop(GRACE_MS)));
  }
}
