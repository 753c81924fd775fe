import { Address } from '@oms/shared/contracts/common';
import type { Cart } from '@oms/shared/contracts/order';
import type { Carrier } from '@oms/shared/contracts/shipping';
import { Refusal } from '@oms/shared/errors';
import { decimalsOf, toCents, USUAL_CURRENCY } from '@oms/shared/money';
import { chargesIn, totalOf } from './charges.ts';
import type { Decided, Failure, SagaName, SagaPart } from './events.ts';
import type { Wanted } from './lines.ts';
import type { Order } from './order.ts';
import { cancellationOf, parcelOf, type Returned, refundOf, returnOf } from './part-commands.ts';
import { mayChangeAddress, mayFollow } from './rules.ts';

/** The commands of customers and operators. Each is decided from the order alone. */

/** Whether a saga begins with these events. */
export const startsSaga = (events: readonly Decided[]): boolean =>
  events.some(
    ({ type, data }) => type === 'saga.started' || (type === 'order.placed' && data.refusedAtOnce === undefined),
  );

/** With a failure the order is refused at once, and no saga runs. */
export function place(
  orderId: string,
  { customer, items, charges, holdId, currency = USUAL_CURRENCY, shippingAddress, paymentMethod, autoConfirm }: Cart,
  now: number,
  { deadlineMs, holdMs, waitMs }: { deadlineMs: number; holdMs: number; waitMs?: number },
  failure?: Failure,
): readonly Decided[] {
  const decimals = decimalsOf(currency);
  const priced = items.map(({ productId, name, quantity, price }) => ({
    productId,
    name,
    quantity,
    ...(price === undefined ? {} : { priceCents: toCents(price, decimals) }),
  }));
  const charged = charges && chargesIn(charges, decimals);
  const data = {
    orderId,
    customer,
    items: priced,
    charges: charged,
    totalCents: totalOf(priced, charged),
    currency,
    decimals,
    holdId,
    shippingAddress,
    paymentMethod,
    autoConfirm,
    holdMs,
    deadline: now + deadlineMs,
    waitMs,
  };
  if (!failure) return [{ type: 'order.placed', data }];
  const refusedAtOnce = true;
  const refusal = { orderId, oldStatus: 'PENDING', newStatus: 'REJECTED', failure, refusedAtOnce } as const;
  const placed: Decided = { type: 'order.placed', data: { ...data, refusedAtOnce } };
  return [placed, { type: 'order.status-changed', data: refusal }];
}

export function noCommandLeadsTo({ id, status }: Order, wanted: string): never {
  throw new Refusal(409, 'INVALID_TRANSITION', `No command leads order ${id} from ${status} to ${wanted}.`, {
    orderStatus: status,
  });
}

/** The same address again is no change. Every change is an event that is kept for ever, so there is a limit. */
export function changeAddress(order: Order, shippingAddress: Address, most: number): readonly Decided[] {
  mayChangeAddress(order);
  if (isSame(order.shippingAddress, shippingAddress)) return [];
  if ((order.addressChanges ?? 0) >= most) {
    const detail = `The address of order ${order.id} was changed ${most} times already.`;
    throw new Refusal(409, 'ADDRESS_CHANGED_TOO_OFTEN', detail, { most });
  }
  return [{ type: 'order.address-changed', data: { shippingAddress } }];
}

const PARTS_OF_ADDRESS = Object.keys(Address.shape) as (keyof Address)[];
const isSame = (known: Address | undefined, address: Address) =>
  PARTS_OF_ADDRESS.every((part) => known?.[part] === address[part]);

export function confirm(order: Order): readonly Decided[] {
  if (order.status === 'CONFIRMED' && !order.saga) return [];
  mayFollow(order, 'confirm');
  return [statusChange(order, 'CONFIRMED')];
}

export function process(order: Order): readonly Decided[] {
  mayFollow(order, 'process');
  return [statusChange(order, 'PROCESSING')];
}

export function startFulfilling(
  order: Order,
  given: { carrier?: Carrier | undefined; shippingAddress?: Address | undefined; items?: Wanted | undefined },
): readonly Decided[] {
  mayFollow(order, 'fulfill');
  const { carrier = 'STANDARD', shippingAddress = order.shippingAddress } = given;
  if (!shippingAddress) {
    throw new Refusal(409, 'ADDRESS_REQUIRED', `Order ${order.id} has no shipping address: give one.`);
  }
  return [
    {
      type: 'saga.started',
      data: { saga: 'fulfil-order', carrier, shippingAddress, part: parcelOf(order, given.items) },
    },
  ];
}

/** Cancelling replaces a saga under way: its steps undo whatever that saga may have done. */
export function startCancelling(
  order: Order,
  reason: string | undefined,
  items?: Wanted | undefined,
): readonly Decided[] {
  const part = cancellationOf(order, items);
  mayFollow(order, part ? 'cancel items' : 'cancel');
  if (part) return [started('cancel-order', reason, part)];
  return [statusChange(order, 'CANCELLING', { reason }), started('cancel-order', reason)];
}

export function startReturning(order: Order, reason: string | undefined, given: Returned = {}): readonly Decided[] {
  mayFollow(order, 'return');
  return [started('return-order', reason, returnOf(order, given))];
}

/** Money without goods. */
export function startRefunding(order: Order, cents: number, reason: string): readonly Decided[] {
  mayFollow(order, 'refund');
  return [started('refund-order', reason, refundOf(order, cents))];
}

const started = (saga: SagaName, reason: string | undefined, part?: SagaPart): Decided => ({
  type: 'saga.started',
  data: { saga, reason, part },
});

/** The news that an order has shipped names the carrier and the tracking number. */
export function statusChange(
  { id: orderId, status: oldStatus, shipment, parts }: Order,
  newStatus: Order['status'],
  more: { reason?: string | undefined; failure?: Failure; shipment?: Order['shipment'] } = {},
): Decided {
  const parcel = newStatus === 'SHIPPED' || newStatus === 'PARTIALLY_SHIPPED' ? { shipment } : {};
  const inParts = parts ? ({ inParts: true } as const) : {};
  return { type: 'order.status-changed', data: { orderId, oldStatus, newStatus, ...parcel, ...inParts, ...more } };
}
