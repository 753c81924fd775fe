import { endpointsOf } from '@oms/shared/contracts/endpoint';
import * as operations from '@oms/shared/contracts/operations';
import type { PlaceOrder } from '@oms/shared/contracts/order';
import * as contract from '@oms/shared/contracts/order-endpoints';
import type { Shipment } from '@oms/shared/contracts/shipping';
import { Refusal, Unavailable } from '@oms/shared/errors';
import { reply } from '@oms/shared/http/answer';
import { createServiceApp, type Handled, type On } from '@oms/shared/http/app';
import type { Caller } from '@oms/shared/http/caller';
import { matches, mustMatch } from '@oms/shared/http/conditions';
import { type Asking, answered } from '@oms/shared/http/idempotent';
import { defineServiceRoutes } from '@oms/shared/http/service-routes';
import type { Docs } from '@oms/shared/store/store';
import type { Express } from 'express';
import type { OrderDoc } from '../book/order-book.ts';
import * as commands from '../domain/commands.ts';
import type { Order } from '../domain/order.ts';
import * as parcel from '../domain/parcel.ts';
import { mustBePriced, offer } from '../domain/pricing.ts';
import type { SagaName } from '../domain/saga-progress.ts';
import { refusing, SagaRequests, type Start } from '../runner/requests.ts';
import { availabilityOf } from '../sagas/participants.ts';
import { about, mustBeShipping, orderedBy, owned, ownerOf } from './access.ts';
import { versionTag } from './answers.ts';
import { deliverParcel } from './delivering.ts';
import { defineHistory } from './history.ts';
import { type Claim, claim } from './holding.ts';
import { defineOperations } from './operations.ts';
import type { OrderParts } from './parts.ts';
import { type Preference, preferenceOf } from './preference.ts';
import { defineReading } from './reading.ts';

/** Room comes with time at best. */
const RETRY_FULL_S = 10;

type Commanded = Asking & {
  params: { id: string };
  headers: { prefer?: string | undefined; 'if-match'?: string | undefined } | undefined;
  caller: Caller;
  res: { locals: Record<string, unknown>; setHeader(name: string, value: string): unknown };
};

export function createApp(parts: OrderParts): Express {
  const { book, store, world, clients, catalog, settings, lifecycle, answers } = parts;
  const requests = new SagaRequests({ ...parts, stopping: lifecycle.stopping, drainWaitMs: settings.drainMs / 2 });

  return createServiceApp(parts, (on, app) => {
    definePlacing(on);
    defineCommands(on);
    defineReading(on, parts);
    defineHistory(on, parts);

    on(contract.checkAvailability, async ({ query: lines, trace }) =>
      reply(200, await availabilityOf(clients.inventory, lines, trace)),
    );
    on(contract.trackOrder, async (input) => {
      const { id } = input.params;
      about(input.res, id);
      const order = mine((await book.read(id))?.order, input);
      if (!order.shipment)
        throw new Refusal(409, 'NOT_SHIPPED', `Order ${id} is ${order.status} and has no shipment yet.`);
      const path = `/shipments/${order.shipment.id}`;
      const outcome = await clients.shipping.call<Shipment>({ method: 'GET', path, trace: input.trace });
      if (outcome.kind === 'done') return reply(200, answers.shipment(outcome.data));
      throw new Unavailable('SHIPPING_UNAVAILABLE', 'The shipment cannot be looked up at the moment.');
    });

    defineOperations(on, parts);
    defineServiceRoutes(on, app, parts, [...endpointsOf(contract), ...endpointsOf(operations)]);
  });

  function definePlacing(on: On): void {
    on(contract.placeOrder, async (input) => {
      const { waitMs } = prefer(input);
      const wish = orderedBy(input.caller, input.body);
      if (!catalog) mustBePriced(wish);
      const listings = await catalog?.lookUp(
        wish.items.map(({ productId }) => productId),
        input.trace,
      );
      const now = world.now();
      const id = world.newId(now);
      about(input.res, id, wish.customer?.id);
      const held = holdsStock(input.caller, wish) ? await claimOf(input.caller.id, wish) : undefined;
      const decide = (_none: unknown, _now: number, docs: Docs<OrderDoc>): Start => {
        if (!store.hasRoom()) throw new Unavailable('STORE_FULL', 'There is no room for further orders.', RETRY_FULL_S);
        const { order, failure } = offer(wish, listings);
        const claimed = failure ? { failure } : held?.decide(docs, id);
        const refusal = claimed && 'failure' in claimed ? claimed.failure : undefined;
        const { events, ...more } = commands.place(id, order, now, { ...settings, waitMs }, refusal);
        const beside = claimed && 'put' in claimed ? claimed.put : undefined;
        // Lists by time go by the id: it has to tell the same moment as the first event.
        return { events: events.map((event) => ({ at: now, ...event })), ...more, beside };
      };
      return requests.start(input, id, 'place-order', waitMs, decide, held?.id);
    });
  }

  /** A customer may keep only so much from others before he confirms it. */
  function claimOf(customerId: string, { items }: PlaceOrder): Promise<Claim> {
    const units = items.reduce((sum, { quantity }) => sum + quantity, 0);
    return claim(store, customerId, units, settings.holdUnits);
  }

  function defineCommands(on: On): void {
    on(contract.updateOrder, async (input) =>
      change(input, (order) => commands.changeAddress(order, input.body.shippingAddress, settings.addressChanges)),
    );
    on(contract.confirmOrder, async (input) => change(input, commands.confirm));
    on(contract.processOrder, async (input) => change(input, commands.process));
    on(contract.fulfillOrder, async (input) =>
      begin(input, 'fulfil-order', (order) => commands.startFulfilling(order, input.body)),
    );
    on(contract.cancelOrder, async (input) => cancel(input, input.body.reason));
    on(contract.deleteOrder, async (input) => cancel(input, input.body.reason));
    on(contract.returnOrder, async (input) =>
      begin(input, 'return-order', (order) => commands.startReturning(order, input.body.reason)),
    );

    on(contract.followParcel, async (input) => {
      mustBeShipping(input.caller);
      return change(input, (order) => parcel.follow(order, input.body));
    });

    on(contract.changeOrderStatus, async (input) => {
      switch (input.body.status) {
        case 'CONFIRMED':
          return change(input, commands.confirm);
        case 'PROCESSING':
          return change(input, commands.process);
        case 'SHIPPED':
          return begin(input, 'fulfil-order', (order) => commands.startFulfilling(order, {}));
        case 'DELIVERED':
          return delivered(input);
        case 'CANCELLED':
          return cancel(input, undefined);
        case 'RETURNED':
          return begin(input, 'return-order', (order) => commands.startReturning(order, undefined));
        default:
          return change(input, (order) => commands.noCommandLeadsTo(order, input.body.status));
      }
    });
  }

  /** A command that is carried out at once. */
  async function change(input: Commanded, decide: (order: Order) => commands.Events, found = meant): Promise<Handled> {
    const { id } = input.params;
    about(input.res, id);
    const written = await book.change(
      id,
      input.request,
      input.traceId,
      (doc) =>
        refusing(input, () => {
          const { events } = decide(found(doc?.order, input));
          return { events, answer: (changed: Order) => answers.order(changed) };
        }),
      input.trace,
    );
    return answered(written);
  }

  /** An order is delivered because its parcel was: shipping sees to that first. */
  async function delivered(input: Commanded): Promise<Handled> {
    const { params, request, trace } = input;
    const known = request && (await book.store.write([], request, () => ({}), trace));
    if (known?.answer) return answered(known);
    const { id } = params;
    const order = (await book.read(id))?.order;
    if (order?.status !== 'SHIPPED' || !matches(input.headers, versionTag(order))) {
      return change(input, (now) => parcel.deliver(now, undefined));
    }
    const key = `${id}:deliver:${world.newId(world.now())}`;
    const news = await deliverParcel(clients.shipping, id, { key, trace });
    const deliver = (now: Order) => {
      if (news instanceof Refusal) throw news;
      return parcel.deliver(now, news);
    };
    // It was the state that was meant when shipping was asked; by now it may have followed its parcel.
    return change(input, deliver, mine);
  }

  function cancel(input: Commanded, reason: string | undefined): Promise<Handled> {
    return begin(input, 'cancel-order', (order) => {
      if (order.status === 'CANCELLED') return { answer: answers.order(order) };
      return order.saga?.name === 'cancel-order' ? 'join' : commands.startCancelling(order, reason);
    });
  }

  /** A command that a saga carries out. */
  function begin(input: Commanded, saga: SagaName, decide: (order: Order) => Start): Promise<Handled> {
    const { id } = input.params;
    about(input.res, id);
    const { waitMs } = prefer(input);
    return requests.start(input, id, saga, waitMs, (order) => decide(meant(order, input)));
  }

  /** The order that the caller means, in the state he knows it in, if he says which that is. */
  function meant(order: Order | undefined, input: Commanded): Order {
    const found = mine(order, input);
    mustMatch(input.headers, versionTag(found), `Order ${found.id}`);
    return found;
  }

  function mine(order: Order | undefined, input: Pick<Commanded, 'params' | 'caller' | 'res'>): Order {
    const { id } = input.params;
    const found = owned(order, id, ownerOf(input.caller));
    about(input.res, id, found.customer.id);
    return found;
  }

  function prefer({ headers, res }: Pick<Commanded, 'headers' | 'res'>): Preference {
    const preference = preferenceOf(headers?.prefer, settings.waitMs);
    if (preference.applied) res.setHeader('Preference-Applied', preference.applied);
    return preference;
  }
}

const holdsStock = (caller: Caller, { autoConfirm }: PlaceOrder): caller is Extract<Caller, { kind: 'customer' }> =>
  !autoConfirm && caller.kind === 'customer';
