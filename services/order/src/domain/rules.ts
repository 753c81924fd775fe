import type { OrderStatus } from '@oms/shared/contracts/order';
import { Refusal } from '@oms/shared/errors';
import type { Order } from './order.ts';

/** The statuses in which each command is possible. While a saga is under way only its cancellation is. */
const MAY_FOLLOW = {
  confirm: ['AWAITING_CONFIRMATION'],
  process: ['CONFIRMED'],
  fulfill: ['CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'PARTIALLY_RETURNED'],
  cancel: ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'],
  'cancel items': ['AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING', 'PARTIALLY_SHIPPED', 'PARTIALLY_RETURNED'],
  return: ['PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'PARTIALLY_RETURNED'],
  refund: ['PARTIALLY_SHIPPED', 'SHIPPED', 'DELIVERED', 'PARTIALLY_RETURNED'],
  deliver: ['SHIPPED'],
  'follow its parcel': ['PARTIALLY_SHIPPED', 'SHIPPED', 'PARTIALLY_RETURNED'],
} satisfies Record<string, readonly OrderStatus[]>;
export type Command = keyof typeof MAY_FOLLOW;

export function mayFollow(order: Order, command: Command): void {
  const { id, status, saga } = order;
  const busy = saga && (command !== 'cancel' || saga.phase === 'undoing' || saga.pivotPassed);
  const statuses: readonly OrderStatus[] = MAY_FOLLOW[command];
  if (!busy && statuses.includes(status)) return;
  const state = saga ? `${status}, and its ${saga.name} is under way` : status;
  throw new Refusal(
    409,
    'INVALID_TRANSITION',
    `Order ${id} is ${state}, so the command "${command}" is not possible.`,
    {
      orderStatus: status,
    },
  );
}

/** Until its fulfilment begins. */
export function mayChangeAddress({ id, status, saga }: Order): void {
  const settled = !saga || saga.name === 'place-order';
  const open: OrderStatus[] = ['PENDING', 'AWAITING_CONFIRMATION', 'CONFIRMED', 'PROCESSING'];
  if (settled && open.includes(status)) return;
  throw new Refusal(409, 'ORDER_NOT_EDITABLE', `Order ${id} is ${status}: its address cannot be changed any more.`, {
    orderStatus: status,
  });
}

const FINAL: readonly OrderStatus[] = ['REJECTED', 'CANCELLED', 'RETURNED'];

/** Nothing will ever happen to it any more: no command is possible, and no saga is under way. */
export const isFinal = ({ status, saga }: Pick<Order, 'status' | 'saga'>): boolean => !saga && FINAL.includes(status);
