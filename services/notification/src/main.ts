import { openEventSource } from '@oms/shared/events/open';
import { ShipmentLinks } from '@oms/shared/http/shipment-links';
import { breakerSettings } from '@oms/shared/resilience/breaker-config';
import { Peers } from '@oms/shared/resilience/peers';
import { addressesIn } from '@oms/shared/service/config';
import type { ServiceParts } from '@oms/shared/service/parts';
import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { createApp } from './app.ts';
import type { Channels } from './channels.ts';
import { type Config, readConfig } from './config.ts';
import { createContacts } from './contacts.ts';
import type { NotificationDoc } from './domain/notification.ts';
import { takeIn } from './intake.ts';
import { logChannel } from './log-channel.ts';
import { createNotificationMetrics } from './notification-metrics.ts';
import { startSender } from './sender.ts';
import { smsChannel } from './sms-channel.ts';
import { smtpChannel } from './smtp-channel.ts';
import { webhookChannel } from './webhook-channel.ts';
import { startDeliverer } from './webhooks/deliverer.ts';
import { hearForWebhooks } from './webhooks/hearing.ts';
import { createPost } from './webhooks/post.ts';
import { anyReceivers, publicReceivers } from './webhooks/receivers.ts';
import { createWebhookMetrics } from './webhooks/webhook-metrics.ts';

/** For one order. */
const ORDER_TIMEOUT_MS = 5_000;
const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<NotificationDoc>('notification', config, MIGRATIONS);
  parts.metrics.collectProcess();
  const smtp = config.smtp && smtpChannel(config.smtp);
  const sms = config.sms && smsChannel(config.sms);
  const webhook = config.webhook && webhookChannel(config.webhook, parts.world);
  const channels = { smtp, sms, webhook, log: logChannel(parts.log) };
  const { app, background } = await assemble(parts, new Peers(parts), channels, config);
  return serve(app, parts, config, background);
}

/** The app and its background work, without the connections to others, the store and the port. */
export async function assemble(parts: ServiceParts<NotificationDoc>, peers: Peers, channels: Channels, config: Config) {
  const feeds = breakerSettings('feeds', config);
  const target = { ...feeds, name: 'orders', service: 'order', timeoutMs: ORDER_TIMEOUT_MS };
  const orders = peers.client(target, config.ORDER_SERVICE_URL);
  const links = new ShipmentLinks(parts.internalToken, parts.world);
  const sender = startSender({
    ...parts,
    channels,
    contacts: createContacts(parts.store, orders),
    trackingUrl: (trackingNumber) => links.tracking(config.TRACKING_URL, trackingNumber),
    mostRecipients: config.MAIL_RECIPIENTS_PER_CUSTOMER,
    metrics: createNotificationMetrics(parts.metrics, parts.store),
  });
  const source = await openEventSource({
    ...parts,
    kafkaBrokers: config.KAFKA_BROKERS,
    group: 'notification',
    services: addressesIn(config, ['order', 'payment', 'shipping']),
    peers,
    breaker: feeds,
  });
  const [take, hear] = [takeIn(parts), hearForWebhooks(parts)];
  await source.start(async (events) => void (await Promise.all([take(events), hear(events)])));
  const receivers = config.WEBHOOK_PRIVATE_ADDRESSES ? anyReceivers() : publicReceivers();
  const post = createPost(receivers, parts.world);
  const deliverer = startDeliverer({ ...parts, post, metrics: createWebhookMetrics(parts.metrics, parts.store) });

  const stop = async () => {
    await source.stop();
    await Promise.all([sender.stop(), deliverer.stop()]);
    await receivers.transport.close();
    await Promise.all(Object.values(channels).map((channel) => channel?.close()));
    await peers.close();
  };
  const app = createApp({ ...parts, receivers, dependencies: peers.dependencies });
  return { app, background: { stop } };
}

await runAsProcess(import.meta.url, 'notification', () => start(readConfig(process.env)));
