import type { Store } from '@oms/shared/store/store';
import { gaugeFromStore } from '@oms/shared/telemetry/from-store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { ALL, webhooks } from './documents.ts';

export interface WebhookMetrics {
  delivered(succeeded: boolean): void;
}

export function createWebhookMetrics(metrics: Metrics, store: Store<unknown>): WebhookMetrics {
  const help = 'Attempts to deliver an event to a webhook';
  const deliveries = metrics.counter('webhook_deliveries_total', help, 'outcome');
  for (const outcome of ['delivered', 'failed']) deliveries.inc({ outcome }, 0);
  gaugeFromStore(metrics, { name: 'webhooks', help: 'Webhooks by their status', labelNames: ['status'] }, async () => {
    const all = (await webhooks.read(store, ALL))?.all ?? [];
    return ['ACTIVE', 'PAUSED'].map((status) => {
      return { labels: { status }, value: all.filter((webhook) => webhook.status === status).length };
    });
  });
  return { delivered: (succeeded) => deliveries.inc({ outcome: succeeded ? 'delivered' : 'failed' }) };
}
