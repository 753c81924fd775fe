import { readConfig as inventoryConfig } from '@oms/inventory/dist/config.js';
import type { InventoryDoc } from '@oms/inventory/dist/domain/stock.js';
import { assemble as assembleInventory } from '@oms/inventory/dist/main.js';
import { seed as seedStock } from '@oms/inventory/dist/seed.js';
import type { Message } from '@oms/notification/dist/channels.js';
import { readConfig as notificationConfig } from '@oms/notification/dist/config.js';
import type { NotificationDoc } from '@oms/notification/dist/domain/notification.js';
import { assemble as assembleNotification } from '@oms/notification/dist/main.js';
import { closedToOlder } from '@oms/order/dist/book/closed-to-older.js';
import type { OrderDoc } from '@oms/order/dist/book/order-book.js';
import { readConfig as orderConfig } from '@oms/order/dist/config.js';
import { assemble as assembleOrder } from '@oms/order/dist/main.js';
import { createApp as createPayment } from '@oms/payment/dist/app.js';
import { readConfig as paymentConfig } from '@oms/payment/dist/config.js';
import type { Payment } from '@oms/payment/dist/domain/payment.js';
import { SimulatedProvider } from '@oms/payment/dist/simulated-provider.js';
import { createApp as createProduct } from '@oms/product/dist/app.js';
import { CatalogSearch } from '@oms/product/dist/catalog-search.js';
import type { Product } from '@oms/product/dist/domain/product.js';
import { seed as seedProducts } from '@oms/product/dist/seed.js';
import { Peers } from '@oms/shared/resilience/peers';
import { ChaosControl } from '@oms/shared/service/chaos';
import { Lifecycle } from '@oms/shared/service/lifecycle';
import type { ServiceParts } from '@oms/shared/service/parts';
import { MemoryStore } from '@oms/shared/store/memory';
import type { Store } from '@oms/shared/store/store';
import { createMetrics } from '@oms/shared/telemetry/metrics';
import { readConfig as shippingConfig } from '@oms/shipping/dist/config.js';
import type { ShippingDoc } from '@oms/shipping/dist/domain/shipment.js';
import { assemble as assembleShipping } from '@oms/shipping/dist/main.js';
import { at, ORDER_REPLICAS } from './addresses.ts';
import { addGateways, INTERNAL_TOKEN, STREAMS_PER_CALLER as streamsPerCaller } from './gateway.ts';
import type { App } from './inject.ts';
import { logOf } from './log.ts';
import type { Network } from './network.ts';
import type { Process } from './process.ts';
import { shakyProvider, shakyWay } from './shaky-provider.ts';
import { ShakyStore } from './shaky-store.ts';
import type { Universe } from './universe.ts';

const ORDER = {
  INVENTORY_SERVICE_URL: at('inventory'),
  PAYMENT_SERVICE_URL: at('payment'),
  SHIPPING_SERVICE_URL: at('shipping'),
  ORDER_DEADLINE_MS: '60000',
  ORDER_HOLD_MS: '40000',
  SAGA_UNDO_ALERT_AFTER: '30000',
  // As seldom as the lease allows: each query costs more than its result is worth.
  SAGA_POLL_MS: '2000',
};
const ORDER_CONFIG = orderConfig({ ...ORDER, PRODUCT_SERVICE_URL: 'none' });
const ORDER_CONFIG_WITH_CATALOG = orderConfig({ ...ORDER, PRODUCT_SERVICE_URL: at('product') });
const INVENTORY_CONFIG = inventoryConfig({ PRODUCT_SERVICE_URL: 'none' });
const INVENTORY_CONFIG_WITH_CATALOG = inventoryConfig({ PRODUCT_SERVICE_URL: at('product') });
const NOTIFICATION_CONFIG = notificationConfig({
  ORDER_SERVICE_URL: ORDER_REPLICAS.join(','),
  PAYMENT_SERVICE_URL: at('payment'),
  SHIPPING_SERVICE_URL: at('shipping'),
});
const { PROVIDER_TIMEOUT_MS: providerTimeoutMs } = paymentConfig({});
const SHIPPING_CONFIG = shippingConfig({ ORDER_SERVICE_URL: ORDER_REPLICAS.join(',') });

/** State that survives every process. */
export class Kept {
  readonly order: MemoryStore<OrderDoc>;
  /** The same orders as the order service sees them. */
  readonly orders: Store<OrderDoc>;
  readonly inventory: MemoryStore<InventoryDoc>;
  readonly payment: MemoryStore<Payment>;
  readonly shipping: MemoryStore<ShippingDoc>;
  readonly product: MemoryStore<Product>;
  readonly notification: MemoryStore<NotificationDoc>;
  readonly provider = new SimulatedProvider({ latencyMs: 0, testTokens: true });
  /** All sent notifications, perhaps with duplicates. */
  readonly letters: Message[] = [];

  constructor({ clock }: Universe) {
    const world = { now: () => clock.now };
    this.order = new MemoryStore(world);
    this.orders = closedToOlder(this.order);
    this.inventory = new MemoryStore(world);
    this.payment = new MemoryStore(world);
    this.shipping = new MemoryStore(world);
    this.product = new MemoryStore(world);
    this.notification = new MemoryStore(world);
  }
}

/** The optional parts of a world. */
export interface Setting {
  hasCatalog: boolean;
  notifies: boolean;
  /** Clients use gateways; the services accept only internal callers. */
  isGuarded: boolean;
}

/** The services, constructed as in their main files, each on its own hosts. */
export function addServices(
  universe: Universe,
  network: Network,
  kept: Kept,
  { hasCatalog, notifies, isGuarded }: Setting,
): void {
  const internalToken = isGuarded ? INTERNAL_TOKEN : undefined;
  const parts = <D>(service: string, store: MemoryStore<D>, process: Process): ServiceParts<D> => {
    const { world } = process;
    const log = logOf(universe, process);
    const shaky = new ShakyStore(store, process, universe);
    const lifecycle = new Lifecycle();
    lifecycle.ready();
    const own = { metrics: createMetrics(service), lifecycle, chaos: new ChaosControl(world, 0), chaosApi: false };
    return { service, version: 'simulated', world, log, store: shaky, internalToken, streamsPerCaller, ...own };
  };
  const peers = (own: ServiceParts<unknown>, process: Process) => new Peers(own, network.transportOf(process));
  const add = (name: string, boot: (process: Process) => Promise<App>) =>
    universe.hosts.push({ name, origin: at(name), boot, lives: 0 });

  const config = hasCatalog ? ORDER_CONFIG_WITH_CATALOG : ORDER_CONFIG;
  for (const name of ['order-1', 'order-2']) {
    add(name, async (process) => {
      const own = parts('order', kept.order, process);
      return assembleOrder(own, peers(own as ServiceParts<unknown>, process), config).app;
    });
  }
  add('inventory', async (process) => {
    const own = parts('inventory', kept.inventory, process);
    await seedStock(own);
    const config = hasCatalog ? INVENTORY_CONFIG_WITH_CATALOG : INVENTORY_CONFIG;
    return (await assembleInventory(own, peers(own as ServiceParts<unknown>, process), config)).app;
  });
  add('payment', async (process) => {
    const provider = shakyProvider(kept.provider, process, universe);
    return createPayment({ ...parts('payment', kept.payment, process), provider, providerTimeoutMs });
  });
  add('shipping', async (process) => {
    const own = parts('shipping', kept.shipping, process);
    return assembleShipping(own, peers(own as ServiceParts<unknown>, process), SHIPPING_CONFIG).app;
  });
  if (notifies) {
    add('notification', async (process) => {
      const own = parts('notification', kept.notification, process);
      const ask = shakyWay('customer', process, universe);
      const send = (letter: Message, signal: AbortSignal) =>
        ask(`${letter.kind} ${letter.orderId}`, signal, async () => void kept.letters.push(letter));
      const channels = { log: { name: 'log' as const, send, close: async () => {} } };
      const ways = peers(own as ServiceParts<unknown>, process);
      return (await assembleNotification(own, ways, channels, NOTIFICATION_CONFIG)).app;
    });
  }
  if (isGuarded) addGateways(universe, network, hasCatalog);
  if (!hasCatalog) return;
  add('product', async (process) => {
    const own = parts('product', kept.product, process);
    await seedProducts(own);
    const search = new CatalogSearch(own.store);
    await search.catchUp();
    return createProduct({ ...own, search });
  });
}
