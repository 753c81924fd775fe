import type { Store } from '@oms/shared/store/store';
import { gaugeFromStore } from '@oms/shared/telemetry/from-store';
import type { Metrics } from '@oms/shared/telemetry/metrics';
import { hasFailed } from '../domain/webhook.ts';
import { ALL, webhooks } from './documents.ts';

export interface WebhookMetrics {
  delivered(succeeded: boolean): void;
}

export function createWebhookMetrics(metrics: Metrics, store: Store<unknown>): WebhookMetrics {
  const help = 'Attempts to deliver an event to a webhook';
  const deliveries = metrics.counter('webhook_deliveries_total', help, 'outcome');
  for (const outcome of ['delivered', 'failed']) deliveries.inc({ outcome }, 0);
  const statuses = 'Webhooks by their status; FAILED: paused because deliveries failed';
  gaugeFromStore(metrics, { name: 'webhooks', help: statuses, labelNames: ['status'] }, async () => {
    const all = (await webhooks.read(store, ALL))?.all ?? [];
    const found = all.map((webhook) => (hasFailed(webhook) ? 'FAILED' : webhook.status));
    return ['ACTIVE', 'PAUSED', 'FAILED'].map((status) => {
      return { labels: { status }, value: found.filter((one) => one === status).length };
    });
  });
  return { delivered: (succeeded) => deliveries.inc({ outcome: succeeded ? 'delivered' : 'failed' }) };
}
