import { ANYBODY, type Caller } from '@oms/shared/contracts/caller';
import { GUEST } from '@oms/shared/contracts/common';
import type { Cart, PlaceOrder } from '@oms/shared/contracts/order';
import { Refusal } from '@oms/shared/errors';
import { callerRequired } from '@oms/shared/http/caller';
import type { World } from '@oms/shared/world';
import { notFound } from '../book/order-book.ts';
import type { Order } from '../domain/order.ts';

/** The customer whose orders a request may see; undefined: all orders. */
export type Owner = string | undefined;

export function ownerOf(caller: Caller): Owner {
  switch (caller.kind) {
    case 'operator':
    case 'service':
      return undefined;
    case 'customer':
    case 'checkout':
      return caller.id;
    case 'nobody':
      throw callerRequired();
  }
}

interface Logged {
  locals: Record<string, unknown>;
}

/** Adds the order and, once it is known, its customer to the log line of a request. */
export function about(res: Logged, orderId: string, customerId?: string): void {
  Object.assign(res.locals, { orderId, customerId });
}

/** The order, unless it is somebody else's: that is answered like one that does not exist. */
function owned<T extends Pick<Order, 'customer'>>(order: T | undefined, id: string, owner: Owner): T {
  if (!order || (owner !== undefined && order.customer.id !== owner)) return notFound(id);
  return order;
}

/** The same for a request about one order; its log line names the customer. */
export function mine(
  order: Order | undefined,
  { params: { id }, caller, res }: { params: { id: string }; caller: Caller; res: Logged },
): Order {
  about(res, id);
  const found = owned(order, id, ownerOf(caller));
  about(res, id, found.customer.id);
  return found;
}

/** Only shipping reports the state of a parcel. An operator reports it to shipping, not to the order. */
export function mustBeShipping(caller: Caller): void {
  if (caller.kind === 'service' && caller.name === 'shipping') return;
  throw new Refusal(403, 'FORBIDDEN', 'Only the shipping service says where a parcel is.');
}

/** What becomes of returned goods, and for how much, is not for the customer to say. */
export function mustBeStaff({ kind }: Caller): void {
  if (kind === 'operator' || kind === 'service') return;
  throw new Refusal(403, 'FORBIDDEN', 'Only operators say what is refunded, and whether goods go back to stock.');
}

/**
 * The order to place, with its customer. Operators, services and checkouts place for others, and say what it costs. For a
 * customer's own request, his id, mail address and phone come from his token.
 */
export function orderedBy(caller: Caller, order: PlaceOrder, world: World): Cart {
  const { customer, customerId } = order;
  const owner = caller.kind === 'checkout' ? undefined : ownerOf(caller);
  if (owner !== undefined && order.charges) {
    throw new Refusal(
      403,
      'CHARGES_FORBIDDEN',
      'Customers cannot say what is charged besides the prices of the items.',
    );
  }
  if (owner !== undefined && order.holdId !== undefined) {
    throw new Refusal(403, 'HOLD_FORBIDDEN', 'Customers cannot say whose held stock an order takes over.');
  }
  const given = customerId === undefined ? customer : { id: customerId };
  const id = given && 'id' in given ? given.id : undefined;
  if (owner !== undefined && id !== undefined && id !== owner) {
    throw new Refusal(403, 'FORBIDDEN', `Customer ${owner} cannot place orders for ${id}.`);
  }
  // Messages go where the token says: anybody could give the address or the number of a stranger.
  if (caller.kind === 'customer') {
    const { id, email, phone } = caller;
    return { ...order, customer: { ...given, id, email, phone } };
  }
  if (given && 'id' in given) return { ...order, customer: given };
  return { ...order, customer: { ...given, id: (given ? undefined : ownId(caller)) ?? guestId(world) } };
}

/** The id in an operator's token: he orders for himself if he names nobody. */
const ownId = (caller: Caller): string | undefined =>
  caller.kind === 'operator' && caller.id !== ANYBODY.id ? caller.id : undefined;

/** Each order of a guest has another, so that nobody shares orders or limits with him. */
const guestId = ({ now, newId }: World): string => `${GUEST}${newId(now())}`;
