import type { InventoryDoc, Product, Reservation } from '@oms/inventory/dist/domain/stock.js';
import { opened } from '@oms/order/dist/book/closed-to-older.js';
import type { OrderDoc } from '@oms/order/dist/book/order-book.js';
import type { Payment } from '@oms/payment/dist/domain/payment.js';
import { databaseOf as databaseUrl } from '@oms/shared/store/migrate';
import { PostgresStore } from '@oms/shared/store/postgres';
import type { Doc, Store, StoredEvent } from '@oms/shared/store/store';
import type { ShippingDoc } from '@oms/shipping/dist/domain/shipment.js';

const PAGE = 1_000;

/** The records in the services' own databases, when nothing is in flight. */
export interface Records {
  orders: Map<string, Doc<OrderDoc>>;
  orderEvents: StoredEvent[];
  products: Map<string, Product>;
  reservations: Map<string, Reservation>;
  stockEvents: StoredEvent[];
  payments: Map<string, Payment>;
  paymentEvents: StoredEvent[];
  shipments: Map<string, ShippingDoc[]>;
  shipmentEvents: StoredEvent[];
}

/** Reads the databases directly, without proxies and services. */
export async function readRecords(serverUrl: string): Promise<Records> {
  const order = await contentOf<OrderDoc>(serverUrl, 'order');
  const inventory = await contentOf<InventoryDoc>(serverUrl, 'inventory');
  const payment = await contentOf<Payment>(serverUrl, 'payment');
  const shipping = await contentOf<ShippingDoc>(serverUrl, 'shipping');
  const stock = inventory.docs.map(({ data }) => data);
  const products = stock.filter((doc) => doc.kind === 'product');
  const reservations = stock.filter((doc) => doc.kind === 'reservation');
  return {
    orders: new Map(order.docs.map((doc) => [doc.id, { ...doc, data: opened(doc.data) }])),
    orderEvents: order.events,
    products: new Map(products.map((product) => [product.productId, product])),
    reservations: byOrder(reservations),
    stockEvents: inventory.events,
    payments: byOrder(payment.docs.map(({ data }) => data)),
    paymentEvents: payment.events,
    shipments: allByOrder(shipping.docs.map(({ data }) => data)),
    shipmentEvents: shipping.events,
  };
}

/** How many orders have a saga that is not finished. */
export async function unfinishedOrders(serverUrl: string): Promise<number> {
  const store = open<OrderDoc>(serverUrl, 'order');
  try {
    return await store.count({ unfinished: 'yes' });
  } finally {
    await store.close();
  }
}

/** How many deliveries the order service does not know yet. */
export async function untoldDeliveries(serverUrl: string): Promise<number> {
  const store = open<ShippingDoc>(serverUrl, 'shipping');
  try {
    return (await store.due(Date.now() + 24 * 60 * 60 * 1000, PAGE)).length;
  } finally {
    await store.close();
  }
}

const open = <D>(serverUrl: string, service: string): Store<D> => new PostgresStore<D>(databaseUrl(serverUrl, service));

async function contentOf<D>(serverUrl: string, service: string): Promise<{ docs: Doc<D>[]; events: StoredEvent[] }> {
  const store = open<D>(serverUrl, service);
  try {
    const docs: Doc<D>[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await store.list({ limit: PAGE, after });
      docs.push(...page.items);
      after = page.next ?? undefined;
      more = page.next !== null;
    }
    const events: StoredEvent[] = [];
    for (let page: StoredEvent[] = []; ; ) {
      page = await store.events({ after: events.at(-1)?.position, limit: PAGE });
      if (page.length === 0) return { docs, events };
      events.push(...page);
    }
  } finally {
    await store.close();
  }
}

/** An order may have several. */
export function allByOrder<T extends { orderId: string }>(docs: readonly T[]): Map<string, T[]> {
  const all = new Map<string, T[]>();
  for (const doc of docs) all.set(doc.orderId, [...(all.get(doc.orderId) ?? []), doc]);
  return all;
}

const byOrder = <T extends { orderId: string }>(docs: readonly T[]): Map<string, T> =>
  new Map(docs.map((doc) => [doc.orderId, doc]));
