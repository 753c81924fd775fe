import { Refusal } from '@oms/shared/errors';
import { startCancelling } from './commands.ts';
import type { Decided, Failure } from './events.ts';
import type { Order } from './order.ts';
import { done, type SagaEnds, undoing, undone } from './saga-end.ts';
import type { SagaProgress } from './saga-progress.ts';

/** What an operator can do about an unfinished saga. Each use is an event of the order. */

export type Action = 'retry' | 'compensate' | 'resolve';

export function retry(order: Order, note: string | undefined): readonly Decided[] {
  return [intervened(unfinished(order), 'retry', note)];
}

/**
 * Placing is undone. A fulfilment that has not passed its pivot becomes a cancellation of the order. `undoable` names the
 * steps of the saga that can be undone, the last first.
 */
export function compensate(
  order: Order,
  saga: SagaEnds,
  undoable: readonly string[],
  note: string | undefined,
): readonly Decided[] {
  const progress = unfinished(order);
  const forward = progress.phase === 'forward' && !progress.pivotPassed && undoable.length > 0;
  if (!forward) {
    throw new Refusal(409, 'NOT_COMPENSATABLE', `The ${progress.name} of order ${order.id} can only be finished.`);
  }
  const used = intervened(progress, 'compensate', note);
  if (!saga.undoneTo) return [used, ...startCancelling(order, note)];
  const failure: Failure = { code: 'COMPENSATED', reason: note ?? 'An operator decided to undo the order.' };
  return [used, ...undoing(order, saga, undoable, failure)];
}

/** The operator has brought everything by hand to where the saga would have ended. */
export function resolve(order: Order, saga: SagaEnds, note: string): readonly Decided[] {
  const progress = unfinished(order);
  const used = intervened(progress, 'resolve', note);
  if (progress.phase === 'forward') return [used, ...done(order, saga)];
  return [used, ...undone(order, saga, progress.failure as Failure)];
}

function unfinished({ id, saga }: Order): SagaProgress {
  if (saga) return saga;
  throw new Refusal(409, 'NO_SAGA', `Order ${id} has no unfinished saga.`);
}

const intervened = ({ name: saga }: SagaProgress, action: Action, note: string | undefined): Decided => ({
  type: 'saga.intervened',
  data: { saga, action, note },
});
