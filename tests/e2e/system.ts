import { EVERY_ENDPOINT } from '@oms/shared/contracts/every-endpoint';
import type { RunningService } from '@oms/shared/service/process';
import { readConfig as gatewayConfig } from '../../services/gateway/src/config.ts';
import { start as startGateway } from '../../services/gateway/src/main.ts';
import { readConfig as inventoryConfig } from '../../services/inventory/src/config.ts';
import { start as startInventory } from '../../services/inventory/src/main.ts';
import { readConfig as notificationConfig } from '../../services/notification/src/config.ts';
import { start as startNotification } from '../../services/notification/src/main.ts';
import { readConfig as orderConfig } from '../../services/order/src/config.ts';
import { start as startOrder } from '../../services/order/src/main.ts';
import { readConfig as paymentConfig } from '../../services/payment/src/config.ts';
import { start as startPayment } from '../../services/payment/src/main.ts';
import { readConfig as productConfig } from '../../services/product/src/config.ts';
import { start as startProduct } from '../../services/product/src/main.ts';
import { readConfig as shippingConfig } from '../../services/shipping/src/config.ts';
import { start as startShipping } from '../../services/shipping/src/main.ts';
import { freePort } from '../support/free-port.ts';
import { Api } from './http.ts';

type Env = Record<string, string>;

const starters = {
  order: (env: Env) => startOrder(orderConfig(env)),
  inventory: (env: Env) => startInventory(inventoryConfig(env)),
  payment: (env: Env) => startPayment(paymentConfig(env)),
  shipping: (env: Env) => startShipping(shippingConfig(env)),
  product: (env: Env) => startProduct(productConfig(env)),
  notification: (env: Env) => startNotification(notificationConfig(env)),
  gateway: (env: Env) => startGateway(gatewayConfig(env)),
};
export type Name = keyof typeof starters;

const core = ['order', 'inventory', 'payment', 'shipping'] as const satisfies Name[];

export interface System extends Record<Name, Api> {
  /** Stops one service: nothing listens on its port any more. */
  kill(name: Name): Promise<void>;
  /** Starts it again on the same port, with an empty memory. */
  revive(name: Name): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the core services, or those that are named, in this process on free ports. */
export async function startSystem(
  env: Env = {},
  names: readonly Name[] = core,
  envOf: (name: Name) => Env = () => ({}),
): Promise<System> {
  const all = Object.keys(starters) as Name[];
  const ports = new Map<Name, number>();
  for (const name of all) ports.set(name, await freePort());
  const urls = Object.fromEntries(all.map((name) => [`${name.toUpperCase()}_SERVICE_URL`, urlOf(ports.get(name))]));
  if (!names.includes('product')) urls.PRODUCT_SERVICE_URL = 'none';
  const testing = { LOG_LEVEL: 'silent', CHAOS_API: 'true', TEST_TOKENS: 'true', HOST: '127.0.0.1' };
  const quick = { ...testing, SAGA_POLL_MS: '50', DRAIN_MS: '2000' };
  const running = new Map<Name, RunningService>();

  const revive = async (name: Name) => {
    running.set(
      name,
      await starters[name]({ ...quick, ...urls, ...env, ...envOf(name), PORT: String(ports.get(name)) }),
    );
  };
  const kill = async (name: Name) => {
    await running.get(name)?.stop();
    running.delete(name);
  };
  for (const name of names) await revive(name);
  const apis = all.map((name) => [name, new Api(urlOf(ports.get(name)), EVERY_ENDPOINT[name])]);
  return {
    ...(Object.fromEntries(apis) as Record<Name, Api>),
    kill,
    revive,
    async stop() {
      for (const name of [...names].reverse()) await kill(name);
    },
  };
}

const urlOf = (port: number | undefined) => `http://127.0.0.1:${port}`;
