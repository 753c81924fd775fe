import { endpointsOf } from '@oms/shared/contracts/endpoint';
import type { StockLine } from '@oms/shared/contracts/inventory';
import * as contract from '@oms/shared/contracts/inventory';
import { Refusal } from '@oms/shared/errors';
import { reply } from '@oms/shared/http/answer';
import { createServiceApp } from '@oms/shared/http/app';
import { mustMatch, taggedReply, tagOf } from '@oms/shared/http/conditions';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after, pageReply } from '@oms/shared/http/paging';
import type { Handled, Input } from '@oms/shared/http/route';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { ChaosInjected } from '@oms/shared/service/chaos';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Docs, Put } from '@oms/shared/store/store';
import type { Express } from 'express';
import * as stock from './domain/stock.ts';
import { type InventoryDoc, type Product, productDoc, type Reservation, reservationDoc } from './domain/stock.ts';

type Settling = WriteRequest & Pick<Input<undefined, undefined, { orderId: string }, undefined>, 'body' | 'res'>;
type Conditions = { 'if-match'?: string | undefined };
type Decide = (seen: stock.Stock, orderId: string, now: number) => stock.Moved;

export function createApp(parts: ServiceParts<InventoryDoc>): Express {
  const { store, world } = parts;

  return createServiceApp(parts, (on, app) => {
    app.use((req, _res, next) => {
      if (parts.chaosApi && req.query.simulateFailure === 'true') throw new ChaosInjected();
      next();
    });

    on(contract.listStock, async ({ query, req }) => {
      const found = await store.list({ prefix: 'product/', limit: query.limit, after: after(query) });
      return pageReply(req, found, (data) => levelOf(data as Product));
    });

    on(contract.checkStock, async ({ query: lines }) => {
      const items = await Promise.all(lines.map((line) => availabilityOf(line)));
      return reply(200, { available: everyTotalAvailable(items), items });
    });

    on(contract.listReservations, async ({ query: { status, ...query }, req }) => {
      const where: Record<string, string> = status ? { status } : {};
      const found = await store.list({
        prefix: 'reservation/',
        where,
        newestFirst: true,
        limit: query.limit,
        after: after(query),
      });
      return pageReply(req, found, (data) => reservationOf(data as Reservation));
    });

    on(contract.getReservation, async ({ params: { orderId }, res }) => {
      res.locals.orderId = orderId;
      const doc = await store.read(reservationDoc(orderId));
      if (!doc) throw new Refusal(404, 'RESERVATION_NOT_FOUND', `There is no reservation of order ${orderId}.`);
      return taggedReply(200, reservationOf(doc.data as Reservation));
    });

    on(contract.getStock, async ({ params: { productId } }) => taggedReply(200, levelOf(await find(productId))));

    on(contract.getAvailability, async ({ params: { productId }, query: { quantity } }) => {
      await find(productId);
      return reply(200, await availabilityOf({ productId, quantity }));
    });

    on(contract.reserveStock, async (input) => {
      const { items } = input.body;
      const decide: Decide = (seen, id, now) => stock.reserve(seen, id, items, now);
      return settle(input, items, 201, 'stock.reserved', decide);
    });
    on(contract.releaseStock, async (input) => settleKnown(input, 'stock.released', stock.release));
    on(contract.commitStock, async (input) => settleKnown(input, 'stock.committed', stock.commit));
    on(contract.restockStock, async (input) => settleKnown(input, 'stock.restocked', stock.restock));

    on(contract.holdStock, async (input) =>
      change(input, 'stock.held', (product) => stock.hold(product, input.body.quantity)),
    );
    on(contract.unholdStock, async (input) =>
      change(input, 'stock.unheld', (product) => stock.unhold(product, input.body.quantity)),
    );

    on(contract.addStock, async (input) => {
      const { productId } = input.params;
      const id = productDoc(productId);
      const written = await carryOut(store, [id], input, (docs) => {
        const known = productIn(docs, productId);
        if (known) mustBe(known, input.headers);
        if (known && input.body.quantity === 0) return { answer: taggedReply(200, levelOf(known)) };
        const data = stock.add(known ?? stock.newProduct(productId, 0), input.body.quantity);
        const location: Record<string, string> = known ? {} : { Location: `/inventory/${productId}` };
        return {
          put: [{ id, data }],
          events: [
            {
              stream: id,
              type: 'stock.added',
              at: world.now(),
              traceId: input.traceId,
              data: { productId, ...input.body },
            },
          ],
          answer: taggedReply(known ? 200 : 201, levelOf(data), location),
        };
      });
      return answered(written);
    });

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  /** What is wanted of a reservation that says itself which products it is about. */
  async function settleKnown(input: Settling, type: string, decide: Decide): Promise<Handled> {
    const { orderId } = input.body;
    const known = (await store.read(reservationDoc(orderId)))?.data as Reservation | undefined;
    return settle(input, known?.items ?? [], 200, type, decide);
  }

  async function settle(
    input: Settling,
    items: readonly StockLine[],
    status: number,
    type: string,
    decide: Decide,
  ): Promise<Handled> {
    const { orderId } = input.body;
    const id = reservationDoc(orderId);
    input.res.locals.orderId = orderId;
    const productIds = [...stock.totals(items).keys()];
    const written = await carryOut(store, [id, ...productIds.map(productDoc)], input, (docs) => {
      const known = docs.get(id)?.data as Reservation | undefined;
      if (known?.items.some(({ productId }) => !productIds.includes(productId)))
        return { result: 'look again' as const };
      const products = productIds.flatMap((productId) => productIn(docs, productId) ?? []);
      const { reservation, products: moved } = decide({ reservation: known, products }, orderId, world.now());
      const answer = reply(status, reservationOf(reservation));
      if (reservation === known) return { answer };
      const put: Put<InventoryDoc>[] = moved.map((data) => ({ id: productDoc(data.productId), data }));
      put.push({ id, data: reservation, tags: { status: reservation.status } });
      const data = { orderId, items: reservation.items };
      return { put, events: [{ stream: id, type, at: world.now(), traceId: input.traceId, data }], answer };
    });
    if (written.result === 'look again') return settleKnown(input, type, decide);
    return answered(written);
  }

  async function change(
    input: WriteRequest & { params: { productId: string }; body: { quantity: number }; headers: Conditions },
    type: string,
    decide: (product: Product) => Product,
  ): Promise<Handled> {
    const { productId } = input.params;
    const id = productDoc(productId);
    const written = await carryOut(store, [id], input, (docs) => {
      const known = productIn(docs, productId);
      if (!known) throw notFound(productId);
      mustBe(known, input.headers);
      const data = decide(known);
      const event = { stream: id, type, at: world.now(), traceId: input.traceId, data: { productId, ...input.body } };
      return { put: [{ id, data }], events: [event], answer: taggedReply(200, levelOf(data)) };
    });
    return answered(written);
  }

  async function find(productId: string): Promise<Product> {
    const doc = await store.read(productDoc(productId));
    if (!doc) throw notFound(productId);
    return doc.data as Product;
  }

  async function availabilityOf({ productId, quantity }: StockLine) {
    const doc = await store.read(productDoc(productId));
    const inStock = doc ? stock.available(doc.data as Product) : 0;
    return { productId, quantity, available: doc !== undefined && inStock >= quantity, inStock };
  }
}

/** Lines of one product count together here too. */
function everyTotalAvailable(items: readonly (StockLine & { available: boolean; inStock: number })[]): boolean {
  const wanted = stock.totals(items);
  return items.every(({ productId, available, inStock }) => available && (wanted.get(productId) as number) <= inStock);
}

const productIn = (docs: Docs<InventoryDoc>, productId: string) =>
  docs.get(productDoc(productId))?.data as Product | undefined;

const notFound = (productId: string) => new Refusal(404, 'PRODUCT_NOT_FOUND', `There is no product ${productId}.`);

const mustBe = (known: Product, headers: Conditions) =>
  mustMatch(headers, tagOf(levelOf(known)), `The stock of ${known.productId}`);

const levelOf = ({ kind: _, ...product }: Product): contract.StockLevel => ({
  ...product,
  available: stock.available(product as Product),
});

const reservationOf = ({ orderId, status, items, updatedAt }: Reservation): contract.Reservation => ({
  orderId,
  status,
  items: [...items],
  updatedAt: new Date(updatedAt).toISOString(),
});
