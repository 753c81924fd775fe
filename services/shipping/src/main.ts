import { breakerSettings } from '@oms/shared/resilience/breaker-config';
import { Peers } from '@oms/shared/resilience/peers';
import type { ServiceParts } from '@oms/shared/service/parts';
import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { startDeliveryNotices } from './delivery-notices.ts';
import type { ShippingDoc } from './domain/shipment.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<ShippingDoc>('shipping', config, MIGRATIONS);
  parts.metrics.collectProcess();
  const { app, background } = assemble(parts, new Peers(parts), config);
  return serve(app, parts, config, background);
}

/** The app and its background work, without the connections to other services, the store and the port. */
export function assemble(parts: ServiceParts<ShippingDoc>, peers: Peers, config: Config) {
  const { world, log, store, tracer } = parts;
  const orders = peers.client(breakerSettings('order', config), config.ORDER_SERVICE_URL);

  const notices = startDeliveryNotices({ store, world, log, tracer, orders });
  const stop = async () => {
    await notices.stop();
    await peers.close();
  };
  return { app: createApp({ ...parts, dependencies: peers.dependencies }), background: { stop } };
}

await runAsProcess(import.meta.url, 'shipping', () => start(readConfig(process.env)));
