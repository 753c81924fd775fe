import type { Caller } from '@oms/shared/contracts/caller';
import type { PlaceOrder } from '@oms/shared/contracts/order';
import { Refusal } from '@oms/shared/errors';
import { callerRequired } from '@oms/shared/http/caller';
import { notFound } from '../book/order-book.ts';
import type { Order } from '../domain/order.ts';

/** The customer whose orders alone are there for a request; undefined: all are. It only ever narrows what a request sees. */
export type Owner = string | undefined;

export function ownerOf(caller: Caller): Owner {
  switch (caller.kind) {
    case 'operator':
    case 'service':
      return undefined;
    case 'customer':
      return caller.id;
    case 'nobody':
      throw callerRequired();
  }
}

interface Logged {
  locals: Record<string, unknown>;
}

/** Notes for the line in the log which order a request is about and, once that is known, whose it is. */
export function about(res: Logged, orderId: string, customerId?: string): void {
  Object.assign(res.locals, { orderId, customerId });
}

/** The order, unless it is somebody else's: that is not there, and nobody learns that it exists. */
function owned<T extends Pick<Order, 'customer'>>(order: T | undefined, id: string, owner: Owner): T {
  if (!order || (owner !== undefined && order.customer.id !== owner)) return notFound(id);
  return order;
}

/** The same for a request about one order; the line in the log says whose it is. */
export function mine(
  order: Order | undefined,
  { params: { id }, caller, res }: { params: { id: string }; caller: Caller; res: Logged },
): Order {
  about(res, id);
  const found = owned(order, id, ownerOf(caller));
  about(res, id, found.customer.id);
  return found;
}

/** Where a parcel is nobody says but shipping: an operator tells it, and not the order. */
export function mustBeShipping(caller: Caller): void {
  if (caller.kind === 'service' && caller.name === 'shipping') return;
  throw new Refusal(403, 'FORBIDDEN', 'Only the shipping service says where a parcel is.');
}

/** The order that is to be placed, with its customer; who that is need not be said when it is known who asks, nor where mail reaches him. */
export function orderedBy(caller: Caller, order: PlaceOrder): PlaceOrder {
  const owner = ownerOf(caller);
  const { customer, customerId } = order;
  const id = customer?.id ?? customerId ?? owner;
  if (id === undefined) {
    const errors = [{ path: 'customer', message: NAME_ONE }];
    throw new Refusal(400, 'VALIDATION_FAILED', `customer: ${NAME_ONE}`, { errors });
  }
  if (owner !== undefined && id !== owner) {
    throw new Refusal(403, 'FORBIDDEN', `Customer ${owner} cannot place orders for ${id}.`);
  }
  if (caller.kind !== 'customer') return { customer: { id }, ...order };
  // Mail goes where the token says: anybody can type the address of a stranger.
  return { ...order, customer: { ...customer, id, email: caller.email } };
}

const NAME_ONE = 'give either customer or customerId';
