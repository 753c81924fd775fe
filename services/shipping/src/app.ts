import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as contract from '@oms/shared/contracts/shipping';
import { Refusal } from '@oms/shared/errors';
import { reply } from '@oms/shared/http/answer';
import { createServiceApp, type Handled, type ServiceParts } from '@oms/shared/http/app';
import { mustMatch, taggedReply, tagOf } from '@oms/shared/http/conditions';
import { type Asking, answered, carryOut } from '@oms/shared/http/idempotent';
import { after, pageReply } from '@oms/shared/http/paging';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import type { Answer } from '@oms/shared/store/store';
import type { Express, Response } from 'express';
import { docOf, eventsOf, PREFIX, record } from './record.ts';
import * as shipment from './shipment.ts';
import { DELIVERY_DAYS, type Shipment, type ShippingDoc } from './shipment.ts';

type Asked = Asking & { res: Response };

export function createApp(parts: ServiceParts<ShippingDoc>): Express {
  const { store, world } = parts;

  return createServiceApp(parts, (on, app) => {
    on(contract.createShipment, async (input) => {
      const shipmentId = world.newId(world.now());
      const decide = (known: ShippingDoc | undefined) => shipment.book(known, input.body, shipmentId, world.now());
      return change(input, input.body.orderId, decide, (booked) =>
        reply(201, shipmentOf(booked), { Location: `/shipments/${booked.shipmentId}` }),
      );
    });

    on(contract.listShipments, async ({ query, req }) => {
      const { orderId, status, limit } = query;
      if (orderId !== undefined) {
        const doc = await store.read(docOf(orderId));
        const items = doc?.data.kind === 'shipment' && (!status || doc.data.status === status) ? [doc] : [];
        return pageReply(req, { items, next: null }, renderDoc);
      }
      const where: Record<string, string> = { kind: 'shipment', ...(status ? { status } : {}) };
      const found = await store.list({ prefix: PREFIX, where, newestFirst: true, limit, after: after(query) });
      return pageReply(req, found, renderDoc);
    });

    on(contract.trackShipment, async ({ params: { trackingNumber }, res }) =>
      taggedReply(200, shipmentOf(await find('trackingNumber', trackingNumber, res))),
    );

    on(contract.getLabel, async ({ params: { trackingNumber }, res }) => {
      // What draws it weighs more than all the rest, and may never be needed.
      const { labelOf } = await import('./label.ts');
      const body = await labelOf(await find('trackingNumber', trackingNumber, res));
      const file = `inline; filename="${trackingNumber}.pdf"`;
      return { status: 200, headers: { 'Content-Type': 'application/pdf', 'Content-Disposition': file }, body };
    });

    on(contract.getShipment, async ({ params: { id }, res }) =>
      taggedReply(200, shipmentOf(await find('shipmentId', id, res))),
    );

    on(contract.changeShipmentStatus, async (input) =>
      changeKnown(input, (known) => shipment.advance(known, input.body, world.now(), input.traceId)),
    );
    on(contract.cancelShipment, async (input) =>
      changeKnown(input, (known) => shipment.advance(known, { status: 'CANCELLED' }, world.now(), input.traceId)),
    );

    on(contract.deliverShipmentOfOrder, async (input) => {
      const { orderId } = input.body;
      const decide = (known: ShippingDoc | undefined) => shipment.deliver(known, orderId, world.now(), input.traceId);
      return change(input, orderId, decide, (delivered) => reply(200, shipmentOf(delivered)));
    });

    on(contract.cancelShipmentOfOrder, async (input) => {
      const { orderId } = input.body;
      const byOrder = input.caller.kind === 'service' && input.caller.name === 'order';
      const decide = (known: ShippingDoc | undefined) =>
        shipment.cancel(known, orderId, { now: world.now(), traceId: input.traceId, byOrder });
      return change(input, orderId, decide, () => reply(200, { orderId, status: 'CANCELLED' }));
    });

    defineServiceRoutes(on, app, parts, endpointsOf(contract));
  });

  /** A change of a shipment that is named by its own id. */
  async function changeKnown(
    input: Asked & { params: { id: string }; headers: { 'if-match'?: string | undefined } },
    decide: (known: Shipment) => Shipment,
  ): Promise<Handled> {
    const { id } = input.params;
    const known = await lookUp({ shipmentId: id });
    if (known) {
      const decideKnown = (now: ShippingDoc | undefined) => {
        mustMatch(input.headers, tagOf(shipmentOf(now as Shipment)), `Shipment ${id}`);
        return decide(now as Shipment);
      };
      return change(input, known.orderId, decideKnown, (data) => taggedReply(200, shipmentOf(data)));
    }
    const refuse = () => {
      throw notFound(id);
    };
    return answered(await carryOut(store, [], input, refuse));
  }

  async function change<T extends ShippingDoc>(
    input: Asked,
    orderId: string,
    decide: (known: ShippingDoc | undefined) => T,
    render: (changed: T) => Answer,
  ): Promise<Handled> {
    input.res.locals.orderId = orderId;
    const id = docOf(orderId);
    const written = await carryOut(store, [id], input, (docs) => {
      const known = docs.get(id)?.data;
      const changed = decide(known);
      const answer = render(changed);
      if ((changed as ShippingDoc) === known) return { answer };
      const [at, { traceId }] = [world.now(), input];
      const events = eventsOf(known, changed).map((event) => ({ stream: id, at, traceId, ...event }));
      return { put: [record(changed)], events, answer };
    });
    return answered(written);
  }

  async function find(tag: 'shipmentId' | 'trackingNumber', value: string, res: Response): Promise<Shipment> {
    const found = await lookUp({ [tag]: value });
    if (!found) throw notFound(value);
    res.locals.orderId = found.orderId;
    return found;
  }

  async function lookUp(where: Record<string, string>): Promise<Shipment | undefined> {
    const { items } = await store.list({ prefix: PREFIX, where, limit: 1 });
    return items[0]?.data as Shipment | undefined;
  }
}

const notFound = (name: string) => new Refusal(404, 'SHIPMENT_NOT_FOUND', `There is no shipment ${name}.`);

const renderDoc = (data: ShippingDoc) => shipmentOf(data as Shipment);

const shipmentOf = (data: Shipment): contract.Shipment => ({
  id: data.shipmentId,
  orderId: data.orderId,
  trackingNumber: data.trackingNumber,
  carrier: data.carrier,
  status: data.status,
  shippingAddress: data.shippingAddress,
  items: [...data.items],
  labelUrl: `/shipments/labels/${data.trackingNumber}`,
  estimatedDeliveryDays: DELIVERY_DAYS[data.carrier],
  history: data.history.map(({ at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() })),
  orderTold: data.notice === undefined,
});
