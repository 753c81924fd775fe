import type { Store } from '@oms/shared/store/store';
import { gaugeFromStore } from '@oms/shared/telemetry/from-store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { Counter } from 'prom-client';
import type { Notification, NotificationDoc } from './domain/notification.ts';

export interface NotificationMetrics {
  ended(notification: Notification): void;
}

export function createNotificationMetrics({ registry }: Metrics, store: Store<NotificationDoc>): NotificationMetrics {
  const registers = [registry];
  const notifications = new Counter({
    name: 'notifications_total',
    help: 'Notifications that were sent, given up or withheld',
    labelNames: ['channel', 'status'] as const,
    registers,
  });
  const help = 'Notifications that were given up and wait for somebody to retry them';
  gaugeFromStore({ registry }, { name: 'notifications_dead', help }, async () => [
    { value: await store.count({ status: 'DEAD' }) },
  ]);
  return {
    ended: ({ letter, status }) => notifications.inc({ channel: letter?.channel ?? 'none', status }),
  };
}
