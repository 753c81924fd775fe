import { getReservation, listReservations, listStock } from '@oms/shared/contracts/inventory';
import type { Audit } from '@oms/shared/contracts/operations';
import { listPayments } from '@oms/shared/contracts/payment';
import { listShipments, type Shipment } from '@oms/shared/contracts/shipping';
import { Unavailable } from '@oms/shared/errors';
import type { ServiceClient } from '@oms/shared/resilience/client';
import type { Outcome } from '@oms/shared/resilience/outcome';
import type { OrderBook } from '../book/order-book.ts';
import type { Order } from '../domain/order.ts';
import type { Clients } from '../sagas/participants.ts';
import { compareOrder, compareOrphan, compareStock, reservedPerProduct } from './compare.ts';
import type { Discrepancy, Records } from './records.ts';

const PAGE = 200;

interface Parts {
  book: OrderBook;
  clients: Clients;
}

/**
 * Compares the services' own records with each other while orders come in. What looks wrong at first is looked at again by
 * itself, and only counts if nothing about it changed meanwhile.
 */
export async function auditBooks(parts: Parts): Promise<Audit> {
  const { inventory, payment: payments, shipping } = parts.clients;
  const records = new Map<string, Records>();
  const keep = (orderId: string, record: Records) => records.set(orderId, { ...records.get(orderId), ...record });
  for (const reservation of await reservationsOf(inventory)) keep(reservation.orderId, { reservation });
  for (const payment of await all((query) => payments.ask(listPayments, { query }, asTheyAre)))
    keep(payment.orderId, { payment });
  for (const shipment of await all((query) => shipping.ask(listShipments, { query }, asTheyAre)))
    keep(shipment.orderId, withShipment(records.get(shipment.orderId), shipment));

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
  discrepancies.push(...(await auditStock(inventory)));
  return { balanced: discrepancies.length === 0, checkedOrders, inFlight, discrepancies };
}

/** Parcels with a number lie beside each other. */
const withShipment = (record: Records | undefined, shipment: Shipment): Records =>
  shipment.parcel === undefined ? { shipment } : { parcels: [...(record?.parcels ?? []), shipment] };

async function lookAgain({ book, clients }: Parts, orderId: string): Promise<Discrepancy[]> {
  const before = (await book.read(orderId))?.order;
  const { inventory, payment, shipping } = clients;
  const [params, query] = [{ orderId }, { orderId }];
  const record: Records = {
    reservation: await found(inventory.ask(getReservation, { params }, asTheyAre)),
    payment: (await found(payment.ask(listPayments, { query }, asTheyAre)))?.items[0],
  };
  for (const shipment of await all((page) => shipping.ask(listShipments, { query: { ...query, ...page } }, asTheyAre)))
    Object.assign(record, withShipment(record, shipment));
  const after = (await book.read(orderId))?.order;
  if (before?.version !== after?.version || after?.saga) return [];
  return after ? compareOrder(after, record) : compareOrphan(orderId, record);
}

/** A product whose stock changed while its reservations were added up is left for the next audit. */
async function auditStock(inventory: ServiceClient): Promise<Discrepancy[]> {
  const before = await stockOf(inventory);
  const reserved = reservedPerProduct(await reservationsOf(inventory, 'RESERVED'));
  const after = new Map((await stockOf(inventory)).map((level) => [level.productId, level]));
  return before
    .filter(({ productId, movements }) => after.get(productId)?.movements === movements)
    .flatMap((level) => compareStock(level, reserved.get(level.productId) ?? 0));
}

const reservationsOf = (inventory: ServiceClient, status?: 'RESERVED') =>
  all((query) => inventory.ask(listReservations, { query: { status, ...query } }, asTheyAre));
const stockOf = (inventory: ServiceClient) => all((query) => inventory.ask(listStock, { query }, asTheyAre));

/** The records are not parsed: one that breaks its contract is for the audit to find. */
const asTheyAre = <T>(records: T): T => records;

async function* allOrders({ store }: OrderBook): AsyncGenerator<Order> {
  let after: string | undefined;
  do {
    const page = await store.list({ limit: PAGE, after });
    for (const { data } of page.items) yield data.order;
    after = page.next ?? undefined;
  } while (after !== undefined);
}

type Page<T> = { items: T[]; nextCursor: string | null };
type Query = { limit: string; cursor: string | undefined };

async function all<T>(ask: (query: Query) => Promise<Outcome<Page<T>>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page: Page<T> | undefined = await found(ask({ limit: `${PAGE}`, cursor }));
    items.push(...(page?.items ?? []));
    cursor = page?.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return items;
}

/** The answer, or undefined where there is no such record. */
async function found<T>(answer: Promise<Outcome<T>>): Promise<T | undefined> {
  const outcome = await answer;
  if (outcome.kind === 'done') return outcome.data;
  if (outcome.kind === 'refused' && outcome.status === 404) return undefined;
  throw new Unavailable('SERVICE_UNAVAILABLE', `The books cannot be compared now: ${outcome.reason}.`);
}
