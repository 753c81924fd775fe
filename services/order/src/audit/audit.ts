import type { Reservation, StockLevel } from '@oms/shared/contracts/inventory';
import type { Audit } from '@oms/shared/contracts/operations';
import type { Payment } from '@oms/shared/contracts/payment';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { Unavailable } from '@oms/shared/errors';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { OrderBook } from '../book/order-book.ts';
import type { Order } from '../domain/order.ts';
import type { Clients } from '../sagas/participants.ts';
import {
  compareOrder,
  compareOrphan,
  compareStock,
  type Discrepancy,
  type Records,
  reservedPerProduct,
} from './compare.ts';

interface Parts {
  book: OrderBook;
  clients: Clients;
}

/**
 * Holds the services' own records against each other while traffic flows. What looks wrong at first sight is looked at
 * again by itself, and only counts if nothing about it changed meanwhile.
 */
export async function auditBooks(parts: Parts): Promise<Audit> {
  const { clients } = parts;
  const records = new Map<string, Records>();
  const keep = (orderId: string, record: Records) => records.set(orderId, { ...records.get(orderId), ...record });
  for await (const reservation of pages<Reservation>(clients.inventory, '/inventory/reservations'))
    keep(reservation.orderId, { reservation });
  for await (const payment of pages<Payment>(clients.payment, '/payments')) keep(payment.orderId, { payment });
  for await (const shipment of pages<Shipment>(clients.shipping, '/shipments')) keep(shipment.orderId, { shipment });

  const discrepancies: Discrepancy[] = [];
  let checkedOrders = 0;
  let inFlight = 0;
  for await (const order of allOrders(parts.book)) {
    const record = records.get(order.id) ?? {};
    records.delete(order.id);
    checkedOrders += 1;
    if (order.saga) inFlight += 1;
    else if (compareOrder(order, record).length > 0) discrepancies.push(...(await lookAgain(parts, order.id)));
  }
  for (const [orderId, record] of records) {
    if (compareOrphan(orderId, record).length > 0) discrepancies.push(...(await lookAgain(parts, orderId)));
  }
  discrepancies.push(...(await auditStock(clients.inventory)));
  return { balanced: discrepancies.length === 0, checkedOrders, inFlight, discrepancies };
}

async function lookAgain({ book, clients }: Parts, orderId: string): Promise<Discrepancy[]> {
  const before = (await book.read(orderId))?.order;
  const id = encodeURIComponent(orderId);
  const record: Records = {
    reservation: await found<Reservation>(clients.inventory, `/inventory/reservations/${id}`),
    payment: (await found<{ items: Payment[] }>(clients.payment, `/payments?orderId=${id}`))?.items[0],
    shipment: (await found<{ items: Shipment[] }>(clients.shipping, `/shipments?orderId=${id}`))?.items[0],
  };
  const after = (await book.read(orderId))?.order;
  if (before?.version !== after?.version || after?.saga) return [];
  return after ? compareOrder(after, record) : compareOrphan(orderId, record);
}

/** A product that moved while its reservations were added up is left for the next audit. */
async function auditStock(inventory: ServiceClient): Promise<Discrepancy[]> {
  const before = await all(pages<StockLevel>(inventory, '/inventory'));
  const reserved = reservedPerProduct(
    await all(pages<Reservation>(inventory, '/inventory/reservations?status=RESERVED')),
  );
  const after = new Map(
    (await all(pages<StockLevel>(inventory, '/inventory'))).map((level) => [level.productId, level]),
  );
  return before
    .filter(({ productId, movements }) => after.get(productId)?.movements === movements)
    .flatMap((level) => compareStock(level, reserved.get(level.productId) ?? 0));
}

async function* allOrders({ store }: OrderBook): AsyncGenerator<Order> {
  let after: string | undefined;
  do {
    const page = await store.list({ limit: 200, after });
    for (const { data } of page.items) yield data.order;
    after = page.next ?? undefined;
  } while (after !== undefined);
}

async function* pages<T>(client: ServiceClient, path: string): AsyncGenerator<T> {
  let cursor: string | null = '';
  do {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=200${cursor ? `&cursor=${cursor}` : ''}`;
    const page: { items: T[]; nextCursor: string | null } | undefined = await found(client, path + query);
    yield* page?.items ?? [];
    cursor = page?.nextCursor ?? null;
  } while (cursor !== null);
}

async function all<T>(items: AsyncGenerator<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** The document, or undefined where there is none. */
async function found<T>(client: ServiceClient, path: string): Promise<T | undefined> {
  const outcome = await client.call<T>({ method: 'GET', path });
  if (outcome.kind === 'done') return outcome.data;
  if (outcome.kind === 'refused' && outcome.status === 404) return undefined;
  throw new Unavailable('SERVICE_UNAVAILABLE', `The books cannot be compared now: ${outcome.reason}.`);
}
