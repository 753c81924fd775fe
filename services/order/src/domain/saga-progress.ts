import type { Failure, LaterEvent, SagaName, SagaPart } from './events.ts';

/** How far the unfinished saga of an order has come. */
export interface SagaProgress {
  name: SagaName;
  phase: 'forward' | 'undoing';
  startedAt: number;
  /** The reason that the request gave. */
  reason?: string | undefined;
  /** The part of the order that it works on; absent: the whole order. */
  part?: SagaPart | undefined;
  /** The version of the order at its start: the event with this number began it. */
  startedBy: number;
  done: readonly string[];
  /** Steps that may have happened, or not. */
  doubtful: readonly string[];
  /** A runner of it died: any step may have begun. */
  interrupted: boolean;
  pivotPassed: boolean;
  toUndo: readonly string[];
  failure?: Failure;
  /** How often it has paused at its present step. */
  rounds: number;
  nextAt?: number;
  trouble?: string;
}

/** All fields from the beginning, for the same reason as in an order. */
const EMPTY_PROGRESS = {
  name: undefined,
  phase: undefined,
  startedAt: undefined,
  reason: undefined,
  part: undefined,
  startedBy: undefined,
  done: [],
  doubtful: [],
  interrupted: false,
  pivotPassed: false,
  toUndo: [],
  failure: undefined,
  rounds: 0,
  nextAt: undefined,
  trouble: undefined,
} satisfies { [field in keyof Required<SagaProgress>]: unknown };

type ProgressEvent = Exclude<
  LaterEvent,
  { type: `order.${string}` | 'saga.started' | 'saga.done' | 'saga.undone' | 'saga.needs-attention' }
>;

export const progressed = (saga: SagaProgress, event: ProgressEvent): SagaProgress => ({
  ...EMPTY_PROGRESS,
  ...saga,
  ...progress(saga, event),
});

function progress(saga: SagaProgress, event: ProgressEvent): Partial<SagaProgress> {
  switch (event.type) {
    case 'saga.step-done':
      return { done: [...saga.done, event.data.step], ...unhindered };
    case 'saga.step-retried':
    case 'saga.step-unknown': {
      const { step, reason: trouble, mayHaveHappened } = event.data;
      return { doubtful: mayHaveHappened ? withName(saga.doubtful, step) : saga.doubtful, trouble };
    }
    case 'saga.step-refused':
    case 'saga.undo-failed':
      return { trouble: event.data.reason };
    case 'saga.pivot-passed':
      return { pivotPassed: true };
    case 'saga.waiting':
      return { nextAt: event.data.until, rounds: event.data.round, trouble: event.data.reason };
    case 'saga.resumed':
      return { interrupted: true, nextAt: undefined };
    case 'saga.undoing':
      return { phase: 'undoing', toUndo: event.data.steps, failure: event.data.failure, ...unhindered };
    case 'saga.step-undone':
      return { toUndo: saga.toUndo.filter((step) => step !== event.data.step) };
    case 'saga.intervened':
      return { nextAt: undefined };
    default:
      return never(event);
  }
}

export function startOf(
  name: SagaName,
  startedAt: number,
  startedBy: number,
  reason?: string,
  part?: SagaPart,
): SagaProgress {
  return { ...EMPTY_PROGRESS, name, phase: 'forward', startedAt, startedBy, reason, part };
}

const unhindered = { rounds: 0, nextAt: undefined, trouble: undefined };
const withName = (names: readonly string[], name: string) => (names.includes(name) ? names : [...names, name]);

function never(event: never): never {
  throw new Error(`unknown event ${JSON.stringify(event)}`);
}
