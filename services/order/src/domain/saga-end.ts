import type { OrderStatus } from '@oms/shared/contracts/order';
import { statusChange } from './commands.ts';
import type { Decided, Failure, OrderEvent, SagaName } from './events.ts';
import { apply, type Order } from './order.ts';

/** What the end of a saga means for its order. */
export interface SagaEnds {
  name: SagaName;
  /** The status that it leads to; absent: the order keeps its status. */
  reaches?: ((order: Order) => OrderStatus) | undefined;
  /** What it did with a part of the order. */
  happened?: (order: Order) => Decided[];
  /** The final status of the order from the decision to undo on; absent: the order keeps its status. */
  undoneTo?: OrderStatus;
}

/** All steps are done. */
export function done(order: Order, { name, reaches, happened }: SagaEnds): Decided[] {
  const events = order.saga?.part && happened ? happened(order) : [];
  let changed = order;
  for (const event of events) changed = apply(changed, { at: 0, traceId: '', ...event } as OrderEvent);
  const status = reaches?.(changed) ?? order.status;
  if (status !== order.status) events.push(statusChange(changed, status, { reason: order.saga?.reason }));
  events.push({ type: 'saga.done', data: { saga: name } });
  return events;
}

/** The decision to undo. The order's outcome is certain from here on; `saga.undone` follows when all steps are undone. */
export function undoing(
  order: Order,
  { name, undoneTo }: SagaEnds,
  steps: readonly string[],
  failure: Failure,
): Decided[] {
  const decision: Decided = { type: 'saga.undoing', data: { saga: name, steps, failure } };
  return undoneTo ? [decision, statusChange(order, undoneTo, { failure })] : [decision];
}

/** Nothing is left to undo. If nothing had to be undone, this is also the decision. */
export function undone(order: Order, { name, undoneTo }: SagaEnds, failure: Failure): Decided[] {
  const end: Decided = { type: 'saga.undone', data: { saga: name, failure } };
  const isDecided = order.saga?.phase === 'undoing';
  return isDecided || !undoneTo ? [end] : [statusChange(order, undoneTo, { failure }), end];
}
