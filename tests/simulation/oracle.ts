import type { Product, Reservation } from '@oms/inventory/dist/domain/stock.js';
import { authorizationOf } from '@oms/payment/dist/domain/payment.js';
import type { Entry } from '@oms/payment/dist/simulated-provider.js';
import type { Doc, Store, StoredEvent } from '@oms/shared/store/store';
import { answers, oneEffect } from '../crash/checks/answers.ts';
import { history } from '../crash/checks/history.ts';
import { money } from '../crash/checks/money.ts';
import { settled } from '../crash/checks/settled.ts';
import { stock } from '../crash/checks/stock.ts';
import type { Violation } from '../crash/checks/violation.ts';
import { allByOrder, type Records } from '../crash/records.ts';
import type { Told } from '../crash/told.ts';
import { gatewayPromises } from './gateway-promises.ts';
import { notifiedOnce } from './letters.ts';
import { ownership } from './ownership.ts';
import type { Kept } from './services.ts';
import type { Witness } from './witness.ts';

/**
 * Compares the records of the participants with the answers to clients. The status of an order is what a client
 * is told; the records of the others must agree with it.
 */
export async function violationsIn(
  kept: Kept,
  told: Told,
  {
    wrongStock,
    faults,
    notifies,
    witness,
  }: {
    wrongStock: Map<string, string>;
    faults: readonly { id: string }[];
    notifies?: boolean;
    /** Absent in worlds without a gateway. */
    witness?: Witness;
  },
): Promise<Violation[]> {
  const records = await recordsOf(kept);
  const evidence = { records, told, stock: { wrong: wrongStock } };
  return [
    settled,
    money,
    stock,
    answers,
    oneEffect,
    history,
    providersBooks(kept),
    leftAlone(faults),
    ...(notifies ? [notifiedOnce(kept)] : []),
    ...(witness ? [ownership(witness), gatewayPromises(witness)] : []),
  ].flatMap((check) => [...check(evidence)]);
}

/** What was really charged, by the records of the payment provider. */
const providersBooks = ({ provider }: Kept) =>
  function* ({ records }: { records: Records }): Iterable<Violation> {
    for (const [id, { data }] of records.orders) {
      const entries = provider.entriesOf(authorizationOf(id)).filter(({ answer }) => answer.kind === 'done');
      const sum = (type: Entry['type']) =>
        entries.reduce((cents, entry) => cents + (entry.type === type ? entry.amountCents : 0), 0);
      const { status, totalCents, parts } = data.order;
      const charged = sum('CAPTURE') - sum('REFUND');
      const held = sum('CAPTURE') > 0 ? 0 : sum('AUTHORIZE') - sum('VOID');
      const isGivenUp = ['REJECTED', 'CANCELLED'].includes(status);
      const ofParts = parts && !isGivenUp ? parts.capturedCents - parts.refundedCents : undefined;
      const paid = ofParts ?? (status === 'SHIPPED' || status === 'DELIVERED' ? totalCents : 0);
      const reserved = ['AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'].includes(status) ? totalCents : 0;
      if (charged === paid && held === reserved) continue;
      const detail = `${status} over ${totalCents}, but the provider has charged ${charged} and holds ${held}`;
      yield { rule: "provider's books", id, detail };
    }
  };

/** Without crashes and failed writes, no process takes an order over from its runner. */
const leftAlone = (faults: readonly { id: string }[]) =>
  function* ({ records }: { records: Records }): Iterable<Violation> {
    if (faults.some(({ id }) => /^(write|send|store):/.test(id))) return;
    for (const { type, stream: id } of records.orderEvents)
      if (type === 'saga.resumed') yield { rule: 'left alone', id, detail: 'taken over from a runner that lives' };
  };

async function recordsOf(kept: Kept): Promise<Records> {
  const order = await contentOf(kept.orders);
  const inventory = await contentOf(kept.inventory);
  const payment = await contentOf(kept.payment);
  const shipping = await contentOf(kept.shipping);
  const stockDocs = inventory.docs.map(({ data }) => data);
  const products = stockDocs.filter((doc): doc is Product => doc.kind === 'product');
  return {
    orders: new Map(order.docs.map((doc) => [doc.id, plain(doc)])),
    orderEvents: order.events,
    products: new Map(products.map((product) => [product.productId, product])),
    reservations: byOrder(stockDocs.filter((doc): doc is Reservation => doc.kind === 'reservation')),
    stockEvents: inventory.events,
    payments: byOrder(payment.docs.map(({ data }) => data)),
    paymentEvents: payment.events,
    shipments: allByOrder(shipping.docs.map(({ data }) => data)),
    shipmentEvents: shipping.events,
  };
}

const EVERYTHING = { limit: 1_000_000 };

async function contentOf<D>(
  store: Pick<Store<D>, 'list' | 'events'>,
): Promise<{ docs: Doc<D>[]; events: StoredEvent[] }> {
  return { docs: (await store.list(EVERYTHING)).items, events: await store.events(EVERYTHING) };
}

const byOrder = <T extends { orderId: string }>(docs: readonly T[]): Map<string, T> =>
  new Map(docs.map((doc) => [doc.orderId, doc]));

/** As a database stores it: without undefined fields. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
