import { type RunningService, runAsProcess } from '@oms/shared/process';
import { ServiceClient } from '@oms/shared/resilience/client';
import { undiciTransport } from '@oms/shared/resilience/transport';
import { createParts, serve } from '@oms/shared/service';
import { createApp } from './app.ts';
import { type Config, readConfig } from './config.ts';
import { startDeliveryNotices } from './delivery-notices.ts';
import type { ShippingDoc } from './shipment.ts';

const MIGRATIONS = new URL('../migrations/', import.meta.url);

export async function start(config: Config): Promise<RunningService> {
  const parts = await createParts<ShippingDoc>('shipping', config, MIGRATIONS);
  const { metrics, world, log, store } = parts;
  metrics.collectProcess();

  const transport = undiciTransport();
  const orders = new ServiceClient({
    settings: { name: 'order', timeoutMs: 5_000, resetMs: 10_000, capacity: 64 },
    baseUrl: config.ORDER_SERVICE_URL,
    transport,
    metrics,
    random: world.random,
    onBreaker: (target, state) => log.warn('circuit breaker', { target, state }),
  });
  const dependencies = () => {
    const order = orders.breaker.state;
    return { degraded: order !== 'CLOSED', details: { order } };
  };

  const notices = startDeliveryNotices({ store, world, log, orders });
  const stop = async () => {
    await notices.stop();
    orders.close();
    await transport.close();
  };
  return serve(createApp({ ...parts, dependencies }), parts, config, { stop });
}

await runAsProcess(import.meta.url, 'shipping', () => start(readConfig(process.env)));
