import type { ErrorCode } from '@oms/shared/contracts/error-codes';
import type { SagaPart } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import type { SagaEnds } from '../domain/saga-end.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import type { Call, Participants } from './participants.ts';

/** A saga is data; `runner/run.ts` is the only code that executes one. */
export interface Saga extends SagaEnds {
  steps: readonly Step[];
}

export interface Step {
  name: string;
  run: Act;
  /** Takes back what may have happened. It gets the order, never the answer of the step, which may be lost. */
  undo?: Act;
  /** Once this step has been tried, the saga only goes forward, unless the step is refused. */
  pivot?: boolean;
  /** Whether this order needs the step; absent: always. */
  when?: (order: Given) => boolean;
  /** When to give up a step whose outcome stays unknown, while there is a way back; absent: never. */
  giveUp?: GiveUp;
}

export interface GiveUp {
  at: ((order: Order) => number) | 'first-round';
  code: ErrorCode;
  /** What the customer is told. */
  say: string;
}

/** What of an order does not change while a saga runs: so every runner skips the same steps. */
export type Given = Pick<
  Order,
  'id' | 'customer' | 'items' | 'totalCents' | 'currency' | 'paymentMethod' | 'autoConfirm' | 'carrier'
> & { saga?: { part?: SagaPart | undefined } | undefined };

/** A part of an order may cost nothing. */
export const movesMoney = ({ saga }: Given): boolean => saga?.part?.cents !== 0 || saga.part.voids === true;

/** The steps that this order needs. No other is run or undone. */
export const stepsFor = (order: Given, { steps }: Saga): readonly Step[] =>
  steps.filter(({ when }) => when?.(order) ?? true);

/** Those that can be undone, the last first. */
export const undoableFor = (order: Given, saga: Saga): readonly string[] =>
  stepsFor(order, saga)
    .flatMap(({ name, undo }) => (undo ? name : []))
    .reverse();

/** Chooses the call of a participant. */
export type Act = (participants: Participants) => Call;

/** The step that a saga is at. If all are done, and that is not written yet, it is the last. */
export function stepOf(saga: Saga, order: Order, { phase, done, toUndo }: SagaProgress): string {
  const steps = stepsFor(order, saga);
  const last = steps.at(-1)?.name as string;
  if (phase === 'undoing') return toUndo[0] ?? last;
  return steps.find(({ name }) => !done.includes(name))?.name ?? last;
}
