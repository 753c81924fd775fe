import { type Caller, saidOf } from '@oms/shared/contracts/caller';
import * as contract from '@oms/shared/contracts/order-commands';
import { Refusal } from '@oms/shared/errors';
import { matches, mustMatch } from '@oms/shared/http/conditions';
import { answered, type WriteRequest } from '@oms/shared/http/idempotent';
import type { Handled, On } from '@oms/shared/http/route';
import { hasDecimals, toCents } from '@oms/shared/money';
import * as commands from '../domain/commands.ts';
import type { Decided, SagaName } from '../domain/events.ts';
import type { Wanted } from '../domain/lines.ts';
import type { Order } from '../domain/order.ts';
import * as parcel from '../domain/parcel.ts';
import { partsOf } from '../domain/parts.ts';
import type { SagaRequests, Start } from '../runner/requests.ts';
import { about, mine, mustBeShipping, mustBeStaff } from './access.ts';
import { versionTag } from './answers.ts';
import { deliverParcel } from './delivering.ts';
import type { OrderParts } from './parts.ts';
import { prefer } from './preference.ts';

type Commanded = WriteRequest & {
  params: { id: string };
  headers: { prefer?: string | undefined; 'if-match'?: string | undefined } | undefined;
  caller: Caller;
  res: { locals: Record<string, unknown>; setHeader(name: string, value: string): unknown };
};

/** Parts say who wants them. */
const wantedBy = (caller: Caller, events: readonly Decided[]): readonly Decided[] =>
  events.map((event) => {
    if (event.type !== 'saga.started' || !event.data.part) return event;
    return { ...event, data: { ...event.data, part: { ...event.data.part, by: saidOf(caller) } } };
  });

/** An amount of a request in the order's smallest unit. */
function centsOf({ currency, decimals }: Order, path: string, amount: number | undefined): number | undefined {
  if (amount === undefined) return undefined;
  if (hasDecimals(amount, decimals)) return toCents(amount, decimals);
  const message = `has too many decimal places for ${currency}`;
  throw new Refusal(400, 'VALIDATION_FAILED', `${path}: ${message}`, { errors: [{ path, message }] });
}

/** The commands that customers, operators and shipping give to an order. */
export function defineCommands(on: On, parts: OrderParts, requests: SagaRequests): void {
  const { book, world, clients, settings, answers } = parts;

  on(contract.updateOrder, async (input) =>
    change(input, (order) => commands.changeAddress(order, input.body.shippingAddress, settings.addressChanges)),
  );
  on(contract.confirmOrder, async (input) => change(input, commands.confirm));
  on(contract.processOrder, async (input) => change(input, commands.process));
  on(contract.fulfillOrder, async (input) =>
    begin(input, 'fulfil-order', (order) => commands.startFulfilling(order, input.body)),
  );
  on(contract.cancelOrder, async (input) => cancel(input, input.body));
  on(contract.deleteOrder, async (input) => cancel(input, input.body));
  on(contract.returnOrder, async (input) => {
    const { reason, refund, ...given } = input.body;
    if (refund !== undefined || given.restock !== undefined) mustBeStaff(input.caller);
    return begin(input, 'return-order', (order) =>
      commands.startReturning(order, reason, { ...given, refundCents: centsOf(order, 'refund', refund) }),
    );
  });
  on(contract.refundOrder, async (input) => {
    const { amount, reason } = input.body;
    return begin(input, 'refund-order', (order) =>
      commands.startRefunding(order, centsOf(order, 'amount', amount) as number, reason),
    );
  });

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
        return cancel(input, {});
      case 'RETURNED':
        return begin(input, 'return-order', (order) => commands.startReturning(order, undefined, {}));
      default:
        return change(input, (order) => commands.noCommandLeadsTo(order, input.body.status));
    }
  });

  /** A command that is carried out at once. */
  async function change(
    input: Commanded,
    decide: (order: Order) => readonly Decided[],
    found = meant,
  ): Promise<Handled> {
    const { id } = input.params;
    about(input.res, id);
    const written = await book.decide(input, id, (doc) => ({
      events: decide(found(doc?.order, input)),
      answer: (changed) => answers.order(changed),
    }));
    return answered(written);
  }

  /** An order is delivered because its parcel is: shipping delivers that first. */
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
    const onTheirWay = partsOf(order).parcels.filter(({ status }) => status !== 'DELIVERED');
    const told = await Promise.all(
      onTheirWay.map((one) => deliverParcel(clients.shipping, id, one.number, { key, trace })),
    );
    const deliver = (now: Order) => {
      const refused = told.find((news) => news instanceof Refusal);
      if (refused) throw refused;
      return parcel.deliver(now, told as contract.ParcelNews[]);
    };
    // If-Match was checked before the call to shipping; by now the order may have followed its parcel.
    return change(input, deliver, mine);
  }

  function cancel(
    input: Commanded,
    { reason, items }: { reason?: string | undefined; items?: Wanted | undefined },
  ): Promise<Handled> {
    return start(input, 'cancel-order', (order) => {
      if (order.status === 'CANCELLED') return { answer: answers.order(order) };
      if (order.saga?.name === 'cancel-order' && !order.saga.part && !items) return 'join';
      return { events: wantedBy(input.caller, commands.startCancelling(order, reason, items)) };
    });
  }

  /** A command that a saga carries out. */
  function begin(input: Commanded, saga: SagaName, decide: (order: Order) => readonly Decided[]): Promise<Handled> {
    return start(input, saga, (order) => ({ events: wantedBy(input.caller, decide(order)) }));
  }

  function start(input: Commanded, saga: SagaName, decide: (order: Order) => Start): Promise<Handled> {
    const { id } = input.params;
    about(input.res, id);
    const { waitMs } = prefer(input, settings.waitMs);
    return requests.start(input, id, saga, waitMs, (order) => decide(meant(order, input)));
  }

  /** The order of the request, in the version that If-Match names, if it is given. */
  function meant(order: Order | undefined, input: Commanded): Order {
    const found = mine(order, input);
    mustMatch(input.headers, versionTag(found), `Order ${found.id}`);
    return found;
  }
}
