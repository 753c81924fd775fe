import type { OrderStatus } from '@oms/shared/contracts/order';
import { statusChange } from './commands.ts';
import type { Decided, Failure, SagaName } from './events.ts';
import type { Order } from './order.ts';

/** How a saga can end, as far as its order is concerned. */
export interface SagaEnds {
  name: SagaName;
  /** The status that it leads to; absent: the order keeps the one that it has. */
  reaches?: ((order: Order) => OrderStatus) | undefined;
  /** The status from the decision to undo it on, which is final; absent: the order stands as before. */
  undoneTo?: OrderStatus;
}

/** All steps are done. */
export function done(order: Order, { name, reaches }: SagaEnds): Decided[] {
  const end: Decided = { type: 'saga.done', data: { saga: name } };
  return reaches ? [statusChange(order, reaches(order), { reason: order.saga?.reason }), end] : [end];
}

/** The decision to undo; whoever waits for the order can be told. `saga.undone` follows when all steps are undone. */
export function undoing(
  order: Order,
  { name, undoneTo }: SagaEnds,
  steps: readonly string[],
  failure: Failure,
): Decided[] {
  const decision: Decided = { type: 'saga.undoing', data: { saga: name, steps, failure } };
  return undoneTo ? [decision, statusChange(order, undoneTo, { failure })] : [decision];
}

/** Nothing is left to undo. Where nothing had to be undone, the decision comes with it. */
export function undone(order: Order, { name, undoneTo }: SagaEnds, failure: Failure): Decided[] {
  const end: Decided = { type: 'saga.undone', data: { saga: name, failure } };
  const isDecided = order.saga?.phase === 'undoing';
  return isDecided || !undoneTo ? [end] : [statusChange(order, undoneTo, { failure }), end];
}
