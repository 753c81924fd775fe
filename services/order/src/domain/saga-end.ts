import type { OrderStatus } from '@oms/shared/contracts/order';
import { statusChange } from './commands.ts';
import type { Decided } from './events.ts';
import type { Order } from './order.ts';
import type { Failure, SagaName } from './saga-progress.ts';

/** How a saga can end, as far as its order is concerned. */
export interface SagaEnds {
  name: SagaName;
  /** The status that it leads to. */
  reaches: (order: Order) => OrderStatus;
  /** The status from the decision to undo it on, which is final; absent: the order stands as before. */
  undoneTo?: OrderStatus;
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
