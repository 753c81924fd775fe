import type { ServiceParts } from '../http/app.ts';
import { gaugeFromStore } from '../telemetry/from-store.ts';

/** The bookmark of whoever publishes a service's events. */
export const RELAY = 'relay';

/**
 * Looked up at every scrape, so that it is right on every replica, and also while nobody publishes. Where there is nobody to
 * publish to, nothing is late.
 */
export function showOutboxLag(
  { metrics, store, world }: Pick<ServiceParts<unknown>, 'metrics' | 'store' | 'world'>,
  published: boolean,
): void {
  const described = { name: 'outbox_lag_seconds', help: 'Age of the oldest event that has not been published yet' };
  gaugeFromStore(metrics, described, async () => {
    if (!published) return [{ value: 0 }];
    const place = await store.bookmarks.look(RELAY);
    const [oldest] = await store.events({ after: place || '0', limit: 1 });
    return [{ value: oldest ? Math.max(0, world.now() - oldest.at) / 1000 : 0 }];
  });
}
