import { readConfig } from '@oms/gateway/dist/config.js';
import { assemble } from '@oms/gateway/dist/main.js';
import { ChaosControl } from '@oms/shared/service/chaos';
import { Lifecycle } from '@oms/shared/service/lifecycle';
import { MemoryStore } from '@oms/shared/store/memory';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { at, ORDER_REPLICAS } from './addresses.ts';
import { logOf } from './log.ts';
import type { Network } from './network.ts';
import { JWT_SECRET } from './people.ts';
import type { Universe } from './universe.ts';

/** The internal token of the services; no customer has it. */
export const INTERNAL_TOKEN = 'what-the-services-show-each-other';
/** A rate limit above what honest customers need at one gateway. */
export const READS_PER_MINUTE = 40;
export const STREAMS_PER_CALLER = 2;

const GUARDED = {
  AUTH_MODE: 'jwt',
  JWT_SECRET,
  INTERNAL_TOKEN,
  ORDER_SERVICE_URL: ORDER_REPLICAS.join(','),
  INVENTORY_SERVICE_URL: at('inventory'),
  PAYMENT_SERVICE_URL: at('payment'),
  SHIPPING_SERVICE_URL: at('shipping'),
  NOTIFICATION_SERVICE_URL: at('notification'),
  // Shorter than the client's timeout, so that the client gets the answer.
  GATEWAY_DEADLINE_MS: '3500',
  RATE_LIMIT_READS: String(READS_PER_MINUTE),
  RATE_LIMIT_TOKENS: '8',
};
const CONFIG = readConfig({ ...GUARDED, PRODUCT_SERVICE_URL: 'none' });
const CONFIG_WITH_CATALOG = readConfig({ ...GUARDED, PRODUCT_SERVICE_URL: at('product') });

/** Two gateways, constructed as in their main file; all customers use them. */
export function addGateways(universe: Universe, network: Network, hasCatalog: boolean): void {
  const config = hasCatalog ? CONFIG_WITH_CATALOG : CONFIG;
  for (const name of ['gateway-1', 'gateway-2']) {
    universe.hosts.push({
      name,
      origin: at(name),
      lives: 0,
      boot: async (process) => {
        const { world } = process;
        const lifecycle = new Lifecycle();
        lifecycle.ready();
        const own = { metrics: createMetrics('gateway'), lifecycle, chaos: new ChaosControl(world, 0) };
        const limits = { streamsPerCaller: STREAMS_PER_CALLER, internalToken: INTERNAL_TOKEN, chaosApi: false };
        const store = new MemoryStore<never>(world);
        const parts = { service: 'gateway', version: 'simulated', world, log: logOf(universe, process), store };
        const ways = { agent: network.agentOf(process), transport: network.transportOf(process) };
        return assemble({ ...parts, ...own, ...limits }, ways, config).app;
      },
    });
  }
}
