import { openEventSource } from '@oms/shared/events/open';
import { breakerSettings } from '@oms/shared/resilience/breaker-config';
import { Peers } from '@oms/shared/resilience/peers';
import type { ServiceParts } from '@oms/shared/service/parts';
import { type RunningService, runAsProcess } from '@oms/shared/service/process';
import { createParts, serve } from '@oms/shared/service/service';
import { beforeServing } from '@oms/shared/store/patience';
import { createApp } from './app.ts';
import { followCatalog } from './catalog.ts';
import { type Config, readConfig } from './config.ts';
import type { InventoryDoc } from './domain/stock.ts';
import { releaseExpiredHolds } from './expiry.ts';
import { seed } from './seed.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<InventoryDoc>('inventory', config, MIGRATIONS);
  parts.metrics.collectProcess();
  await beforeServing(parts, () => seed(parts));
  const { app, background } = await assemble(parts, new Peers(parts), config);
  return serve(app, parts, config, background);
}

/** The app, and what follows the catalog beside it, without the connections to others, the store and the port. */
export async function assemble(parts: ServiceParts<InventoryDoc>, peers: Peers, config: Config) {
  const { PRODUCT_SERVICE_URL: product, KAFKA_BROKERS: kafkaBrokers } = config;
  const breaker = breakerSettings('feeds', config);
  const reading = { ...parts, kafkaBrokers, group: 'inventory', peers, breaker, rereads: true };
  const source =
    product === 'none' ? peers.without('product') : await openEventSource({ ...reading, services: { product } });
  await source?.start(followCatalog(parts));
  const expiry = releaseExpiredHolds(parts);
  expiry.start();
  const stop = async () => {
    await expiry.stop();
    await source?.stop();
    await peers.close();
  };
  return { app: createApp({ ...parts, dependencies: peers.dependencies }), background: { stop } };
}

await runAsProcess(import.meta.url, 'inventory', () => start(readConfig(process.env)));
