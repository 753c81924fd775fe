import type { Caller } from '@oms/shared/contracts/caller';
import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as contract from '@oms/shared/contracts/shipping';
import { Refusal } from '@oms/shared/errors';
import { createServiceApp } from '@oms/shared/http/app';
import { mustMatch, tagOf } from '@oms/shared/http/conditions';
import { answered, carryOut, type WriteRequest } from '@oms/shared/http/idempotent';
import { after } from '@oms/shared/http/paging';
import { replyOf } from '@oms/shared/http/reply';
import type { Handled } from '@oms/shared/http/route';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import { labelPath, type Purpose, ShipmentLinks, type Signed } from '@oms/shared/http/shipment-links';
import type { ServiceParts } from '@oms/shared/service/parts';
import type { Answer } from '@oms/shared/store/store';
import type { Express, Response } from 'express';
import { eventsOf, keyOf, parcelsOf, shipments } from './documents.ts';
import * as shipment from './domain/shipment.ts';
import { DELIVERY_DAYS, type ParcelOf, type Shipment, type ShippingDoc } from './domain/shipment.ts';

type ShippingRequest = WriteRequest & { res: Response; caller: Caller };
type Decide<T = ShippingDoc> = (known: ShippingDoc | undefined, now: number) => T;

export function createApp(parts: ServiceParts<ShippingDoc>): Express {
  const { store, world } = parts;
  const links = new ShipmentLinks(parts.internalToken, world);

  return createServiceApp(parts, (on, app) => {
    on(contract.createShipment, async (input, reply) => {
      const decide: Decide<Shipment> = (known, now) => shipment.book(known, input.body, world.newId(now), now);
      return change(input, input.body, decide, (booked) =>
        reply(201, render(booked, input.caller), { Location: `/shipments/${booked.shipmentId}` }),
      );
    });

    on(contract.listShipments, async ({ query, req, res, caller }, reply) => {
      const renderDoc = (data: ShippingDoc) => render(data as Shipment, caller);
      const { orderId, status, limit } = query;
      res.locals.orderId = orderId;
      const where: Record<string, string> = { kind: 'shipment', ...(status ? { status } : {}) };
      const which = orderId === undefined ? {} : parcelsOf(orderId);
      const found = await shipments.list(store, { ...which, where, newestFirst: true, limit, after: after(query) });
      return reply.page(req, found, renderDoc);
    });

    on(contract.trackShipment, async ({ params: { trackingNumber }, query, caller, res }, reply) => {
      const isInside = mustBeOpen('tracking', trackingNumber, query, caller);
      const found = await find('trackingNumber', trackingNumber, res);
      return isInside ? shown(found, caller) : reply.tagged(200, trackingOf(shipmentOf(found)));
    });

    on(contract.getLabel, async ({ params: { trackingNumber }, query, caller, res }) => {
      mustBeOpen('label', trackingNumber, query, caller);
      // The library that draws it is larger than all others together, and may never be needed.
      const { labelOf } = await import('./label.ts');
      const body = await labelOf(await find('trackingNumber', trackingNumber, res));
      const file = `inline; filename="${trackingNumber}.pdf"`;
      return { status: 200, headers: { 'Content-Type': 'application/pdf', 'Content-Disposition': file }, body };
    });

    on(contract.getShipment, async ({ params: { id }, caller, res }) =>
      shown(await find('shipmentId', id, res), caller),
    );

    on(contract.changeShipmentStatus, async (input) =>
      changeKnown(input, (known, now) => shipment.advance(known, input.body, now, input.traceId)),
    );
    on(contract.cancelShipment, async (input) =>
      changeKnown(input, (known, now) => shipment.advance(known, { status: 'CANCELLED' }, now, input.traceId)),
    );

    on(contract.deliverShipmentOfOrder, async (input, reply) => {
      const decide: Decide<Shipment> = (known, now) => shipment.deliver(known, input.body, now, input.traceId);
      return change(input, input.body, decide, (delivered) => reply(200, shipmentOf(delivered)));
    });

    on(contract.cancelShipmentOfOrder, async (input, reply) => {
      const { orderId, parcel } = input.body;
      const byOrder = input.caller.kind === 'service' && input.caller.name === 'order';
      const { traceId } = input;
      const decide: Decide = (known, now) => shipment.cancel(known, input.body, { now, traceId, byOrder });
      return change(input, input.body, decide, () => reply(200, { orderId, parcel, status: 'CANCELLED' }));
    });

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  /** Throws unless the caller may see the shipment, or has a signed link. True: the caller may see all of it. */
  function mustBeOpen(purpose: Purpose, trackingNumber: string, signed: Signed, { kind }: Caller): boolean {
    const isInside = kind === 'operator' || kind === 'service';
    if (!isInside) links.mustBeValid(purpose, trackingNumber, signed);
    return isInside;
  }

  /** A service keeps its answer, in which a signed link would expire: it signs the link when it shows the shipment. */
  function render(data: Shipment, { kind }: Caller): contract.Shipment {
    return kind === 'service' ? shipmentOf(data) : shipmentOf(data, links.label(data.trackingNumber));
  }

  /** The link changes every day, the shipment does not. */
  function shown(data: Shipment, caller: Caller): Answer {
    return replyShown(200, render(data, caller), { ETag: links.tag(tagOf(shipmentOf(data))) });
  }

  /** A change of a shipment that the request names by its own id. */
  async function changeKnown(
    input: ShippingRequest & { params: { id: string }; headers: { 'if-match'?: string | undefined } },
    decide: (known: Shipment, now: number) => Shipment,
  ): Promise<Handled> {
    const { id } = input.params;
    const known = await lookUp({ shipmentId: id });
    if (known) {
      const decideKnown: Decide<Shipment> = (data, now) => {
        mustMatch(input.headers, tagOf(shipmentOf(data as Shipment)), `Shipment ${id}`);
        return decide(data as Shipment, now);
      };
      return change(input, known, decideKnown, (data) => shown(data, input.caller));
    }
    return carryOut(parts, [], input, () => {
      throw notFound(id);
    }).then(answered);
  }

  function change<T extends ShippingDoc>(
    input: ShippingRequest,
    of: ParcelOf,
    decide: Decide<T>,
    render: (changed: T) => Answer,
  ): Promise<Handled> {
    input.res.locals.orderId = of.orderId;
    const key = keyOf(of);
    return carryOut(parts, [shipments.id(key)], input, (docs, now) => {
      const known = shipments.in(docs, key);
      const changed = decide(known, now);
      const answer = render(changed);
      if ((changed as ShippingDoc) === known) return { answer };
      return { put: [shipments.put(changed)], events: eventsOf(known, changed), answer };
    }).then(answered);
  }

  async function find(tag: 'shipmentId' | 'trackingNumber', value: string, res: Response): Promise<Shipment> {
    const found = await lookUp({ [tag]: value });
    if (!found) throw notFound(value);
    res.locals.orderId = found.orderId;
    return found;
  }

  async function lookUp(where: Record<string, string>): Promise<Shipment | undefined> {
    const { items } = await shipments.list(store, { where, limit: 1 });
    return items[0]?.data as Shipment | undefined;
  }
}

/** Tracking, and changes by the shipment's own id, are answered alike. */
const replyShown = replyOf(contract.getShipment);

const notFound = (name: string) => new Refusal(404, 'SHIPMENT_NOT_FOUND', `There is no shipment ${name}.`);

const trackingOf = ({ trackingNumber, carrier, status, estimatedDeliveryDays, history }: contract.Shipment) => ({
  ...{ trackingNumber, carrier, status, estimatedDeliveryDays, history },
});

const shipmentOf = (data: Shipment, labelUrl = labelPath(data.trackingNumber)): contract.Shipment => ({
  id: data.shipmentId,
  shipmentId: data.shipmentId,
  orderId: data.orderId,
  parcel: data.parcel,
  trackingNumber: data.trackingNumber,
  carrier: data.carrier,
  status: data.status,
  shippingAddress: data.shippingAddress,
  items: [...data.items],
  labelUrl,
  estimatedDeliveryDays: DELIVERY_DAYS[data.carrier],
  history: data.history.map(({ at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() })),
  orderTold: data.notice === undefined,
});
