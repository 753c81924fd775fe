import { endpointsOf } from '@oms/shared/contracts/endpoint';
import type { StockLine } from '@oms/shared/contracts/inventory';
import * as contract from '@oms/shared/contracts/inventory';
import { Refusal } from '@oms/shared/errors';
import { createServiceApp } from '@oms/shared/http/app';
import { mustMatch, tagOf } from '@oms/shared/http/conditions';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { replyOf } from '@oms/shared/http/reply';
import type { Handled, Input } from '@oms/shared/http/route';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { ChaosInjected } from '@oms/shared/service/chaos';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Answer } from '@oms/shared/store/store';
import type { Express } from 'express';
import { products, reservations } from './documents.ts';
import { reserveFrom, type Seen } from './domain/hold.ts';
import { openOf, type Settling, settle } from './domain/settlement.ts';
import type { InventoryDoc, Product, Reservation } from './domain/stock.ts';
import * as stock from './domain/stock.ts';

type ForOrder<Body> = WriteRequest & Pick<Input<undefined, undefined, Body, undefined>, 'body' | 'res'>;
type Changing = WriteRequest & {
  params: { productId: string };
  body: { quantity: number };
  headers: { 'if-match'?: string | undefined };
};
type Decide = (seen: Seen, now: number) => stock.Moved & { given?: Reservation };

export function createApp(parts: ServiceParts<InventoryDoc>): Express {
  const { store } = parts;

  return createServiceApp(parts, (on, app) => {
    app.use((req, _res, next) => {
      if (parts.chaosApi && req.query.simulateFailure === 'true') throw new ChaosInjected();
      next();
    });

    on(contract.listStock, async ({ query, req }, reply) => {
      const found = await products.list(store, { limit: query.limit, after: after(query) });
      return reply.page(req, found, levelOf);
    });

    on(contract.checkStock, async ({ query: lines }, reply) => {
      const items = await Promise.all(lines.map((line) => availabilityOf(line)));
      return reply(200, { available: everyTotalAvailable(items), items });
    });

    on(contract.listReservations, async ({ query: { status, ...query }, req }, reply) => {
      const where: Record<string, string> = status ? { status } : {};
      const { limit } = query;
      const found = await reservations.list(store, { where, newestFirst: true, limit, after: after(query) });
      return reply.page(req, found, reservationOf);
    });

    on(contract.getReservation, async ({ params: { orderId }, res }, reply) => {
      res.locals.orderId = orderId;
      const known = await reservations.read(store, orderId);
      if (!known) throw new Refusal(404, 'RESERVATION_NOT_FOUND', `There is no reservation of order ${orderId}.`);
      return reply.tagged(200, reservationOf(known));
    });

    on(contract.getStock, async ({ params: { productId } }, reply) =>
      reply.tagged(200, levelOf(await find(productId))),
    );

    on(contract.getAvailability, async ({ params: { productId }, query: { quantity } }, reply) => {
      await find(productId);
      return reply(200, await availabilityOf({ productId, quantity }));
    });

    on(contract.reserveStock, async (input) => {
      const { items, holdId, ttlSeconds } = input.body;
      const hold = holdId === undefined ? undefined : await reservations.read(store, holdId);
      const decide: Decide = (seen, now) => {
        const request = { ...input.body, holdUntil: ttlSeconds === undefined ? undefined : now + ttlSeconds * 1000 };
        return reserveFrom(seen, request, now);
      };
      return move(input, [...items, ...(hold?.items ?? [])], reserved, 'stock.reserved', decide);
    });
    on(contract.releaseStock, async (input) => settled(input, 'stock.released', 'release'));
    on(contract.commitStock, async (input) => settled(input, 'stock.committed', 'commit'));
    on(contract.restockStock, async (input) => settled(input, 'stock.restocked', 'restock'));

    on(contract.holdStock, async (input) =>
      change(input, 'stock.held', (known, id, quantity) => stock.hold(offered(known, id), quantity)),
    );
    on(contract.unholdStock, async (input) =>
      change(input, 'stock.unheld', (known, id, quantity) => stock.unhold(existing(known, id), quantity)),
    );
    on(contract.addStock, async (input) =>
      change(input, 'stock.added', (known, id, quantity) =>
        known && quantity === 0 ? known : stock.add(known ?? stock.newProduct(id, 0), quantity),
      ),
    );

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  /** The stored reservation itself knows its products. */
  async function settled(input: ForOrder<Settling>, type: string, what: stock.SettledPart['what']): Promise<Handled> {
    const known = await reservations.read(store, input.body.orderId);
    const decide: Decide = (seen, now) => settle(what, seen, input.body, now);
    return move(input, known?.items ?? [], replySettledWith, type, decide);
  }

  async function move(
    input: ForOrder<Settling & { holdId?: string | undefined }>,
    items: readonly StockLine[],
    answerOf: (reservation: Reservation) => Answer,
    type: string,
    decide: Decide,
  ): Promise<Handled> {
    const { orderId, ref, holdId = orderId } = input.body;
    input.res.locals.orderId = orderId;
    const productIds = [...stock.totals(items).keys()];
    const ids = new Set([reservations.id(orderId), reservations.id(holdId), ...productIds.map(products.id)]);
    const written = await carryOut(parts, [...ids], input, (docs, now) => {
      const known = reservations.in(docs, orderId);
      const hold = reservations.in(docs, holdId);
      const lines = [...(known?.items ?? []), ...(hold?.items ?? [])];
      if (lines.some(({ productId }) => !productIds.includes(productId))) return { result: lines };
      const seen = { reservation: known, hold, products: productIds.flatMap((id) => products.in(docs, id) ?? []) };
      const { reservation, products: moved, given } = decide(seen, now);
      const answer = answerOf(reservation);
      if (reservation === known) return { answer };
      const data = { orderId, ref, items: reservation.parts?.at(-1)?.items ?? reservation.items };
      const changed = given && given.orderId !== orderId ? [given, reservation] : [reservation];
      const released = given ? [{ type: 'stock.released', data: { orderId: given.orderId, items: given.items } }] : [];
      // A hold that lasts longer, or for good, moves nothing.
      const isMoved = moved.length > 0 || reservation.items.length === 0;
      const events = isMoved ? [...released, { type, data }] : [];
      return { put: [...moved.map(products.put), ...changed.map(reservations.put)], events, answer };
    });
    // It was reserved meanwhile: now its products are known.
    if (written.result) return move(input, [...items, ...written.result], answerOf, type, decide);
    return answered(written);
  }

  function change(
    input: Changing,
    type: string,
    decide: (known: Product | undefined, productId: string, quantity: number) => Product,
  ): Promise<Handled> {
    const { productId } = input.params;
    return carryOut(parts, [products.id(productId)], input, (docs) => {
      const known = products.in(docs, productId);
      if (known) mustMatch(input.headers, tagOf(levelOf(known)), `The stock of ${productId}`);
      const product = decide(known, productId, input.body.quantity);
      const location: Record<string, string> = known ? {} : { Location: `/inventory/${productId}` };
      const answer = replyLevel.tagged(known ? 200 : 201, levelOf(product), location);
      if (product === known) return { answer };
      return { put: [products.put(product)], events: [{ type, data: { productId, ...input.body } }], answer };
    }).then(answered);
  }

  async function find(productId: string): Promise<Product> {
    return existing(await products.read(store, productId), productId);
  }

  async function availabilityOf({ productId, quantity }: StockLine) {
    const product = await products.read(store, productId);
    const isOffered = product !== undefined && stock.isOffered(product);
    const inStock = isOffered ? stock.available(product) : 0;
    return { productId, quantity, available: isOffered && inStock >= quantity, inStock };
  }
}

/** Only an addition of stock can create a level. */
const replyLevel = replyOf(contract.addStock);
const replyReserved = replyOf(contract.reserveStock);
const replySettled = replyOf(contract.releaseStock);
const reserved = (reservation: Reservation): Answer => replyReserved(201, reservationOf(reservation));
const replySettledWith = (reservation: Reservation): Answer => replySettled(200, reservationOf(reservation));

/** Several lines of one product count together. */
function everyTotalAvailable(items: readonly (StockLine & { available: boolean; inStock: number })[]): boolean {
  const wanted = stock.totals(items);
  return items.every(({ productId, available, inStock }) => available && (wanted.get(productId) as number) <= inStock);
}

function existing(known: Product | undefined, productId: string): Product {
  if (known) return known;
  throw new Refusal(404, 'PRODUCT_NOT_FOUND', `There is no product ${productId}.`);
}

function offered(known: Product | undefined, productId: string): Product {
  return existing(known && stock.isOffered(known) ? known : undefined, productId);
}

function levelOf(product: Product): contract.StockLevel {
  const { kind: _, catalog: __, ...counts } = product;
  const level = { ...counts, available: stock.available(product) };
  return stock.isOffered(product) ? level : { ...level, withdrawn: true };
}

const reservationOf = (reservation: Reservation): contract.Reservation => ({
  orderId: reservation.orderId,
  status: reservation.status,
  items: [...reservation.items],
  open: openOf(reservation),
  parts: reservation.parts?.map((part) => ({ ...part, items: [...part.items] })),
  holdUntil: reservation.holdUntil === undefined ? undefined : new Date(reservation.holdUntil).toISOString(),
  updatedAt: new Date(reservation.updatedAt).toISOString(),
});
