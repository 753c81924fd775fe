import type { Store } from '@oms/shared/store/store';
import { gaugeFromStore } from '@oms/shared/telemetry/from-store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import type { Notification, NotificationDoc } from './domain/notification.ts';

export interface NotificationMetrics {
  ended(notification: Notification): void;
}

export function createNotificationMetrics(metrics: Metrics, store: Store<NotificationDoc>): NotificationMetrics {
  const notifications = metrics.counter(
    'notifications_total',
    'Notifications that were sent, given up or withheld',
    'channel',
    'status',
  );
  const help = 'Notifications that were given up and wait for somebody to retry them';
  gaugeFromStore(metrics, { name: 'notifications_dead', help }, async () => [
    { value: await store.count({ status: 'DEAD' }) },
  ]);
  return {
    ended: ({ letter, status }) => notifications.inc({ channel: letter?.channel ?? 'none', status }),
  };
}
