import type { Answer } from '@oms/shared/store/store';
import { currentTrace, type Trace } from '@oms/shared/telemetry/trace';
import { answerWaiting, type Lease, type WaitingRequest } from '../book/order-book.ts';
import type { Decided, Failure, SagaName } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';
import { done, undoing, undone } from '../domain/saga-end.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import { type Act, type Saga, type Step, stepsFor } from '../sagas/saga.ts';
import { Journal, type JournalParts, LeaseLost } from './journal.ts';
import { recordSaga } from './spans.ts';
import { StepCalls, type StepCallsParts } from './step-calls.ts';

export interface RunnerParts extends JournalParts, StepCallsParts {
  sagas: Record<SagaName, Saga>;
  settings: JournalParts['settings'] & { undoAlertAfterMs: number };
  /** The answer to the request that started the saga. */
  answerOf: (order: Order, request: WaitingRequest) => Answer;
}

/** How a run ended: the saga is finished, or pauses, or another runner has taken it over. */
export type Ended = { kind: 'finished' | 'waiting'; order: Order; answer?: Answer | undefined } | { kind: 'lost' };

export const LONGEST_PAUSE_MS = 15_000;

/** Executes one saga of one order: steps, undos, pauses. It alone may write while it holds the lease. */
export class SagaRun {
  readonly #saga: Saga;
  readonly #steps: readonly Step[];
  readonly #journal: Journal;
  readonly #calls: StepCalls;
  #unrenewed: Error | undefined;

  constructor(
    private readonly parts: RunnerParts,
    order: Order,
    lease: Lease,
    trace?: Trace,
  ) {
    this.#journal = new Journal(parts, order, lease, trace);
    this.#saga = parts.sagas[this.#progress.name];
    this.#steps = stepsFor(order, this.#saga);
    this.#calls = new StepCalls(parts, this.#journal);
  }

  get orderId(): string {
    return this.#order.id;
  }

  get leaseUntil(): number {
    return this.#journal.leaseUntil;
  }

  get #order(): Order {
    return this.#journal.order;
  }

  get #progress(): SagaProgress {
    return this.#order.saga as SagaProgress;
  }

  run(): Promise<Ended> {
    return recordSaga(this.#order, () => this.#run());
  }

  async #run(): Promise<Ended> {
    this.#journal.trace = currentTrace() ?? this.#journal.trace;
    try {
      if (this.#progress.phase === 'undoing') return await this.#undoAll();
      return await this.#forward();
    } catch (error) {
      if (!(error instanceof LeaseLost)) throw error;
      if (this.#unrenewed) throw this.#unrenewed;
      return { kind: 'lost' };
    }
  }

  /** Ends the run where it stands. The outcome of a call under way is unknown then. */
  cut(): void {
    this.#journal.cut.abort(new Error('the runner was stopped'));
  }

  /** Keeps the lease while a step takes long. If that fails, the run ends with the error. */
  async renew(): Promise<void> {
    await this.#journal.write([]).catch((error: Error) => {
      if (!(error instanceof LeaseLost)) this.#unrenewed = error;
    });
  }

  async #forward(): Promise<Ended> {
    for (const step of this.#steps) {
      if (this.#progress.done.includes(step.name)) continue;
      if (step.pivot && !this.#progress.pivotPassed) {
        await this.#journal.write([{ type: 'saga.pivot-passed', data: this.#calls.about(step) }]);
      }
      const { outcome, attempts, ms } = await this.#calls.try(step, step.run);
      const about = { attempts, ms, ...this.#calls.about(step) };
      if (outcome.kind === 'done') {
        this.#journal.note({ type: 'saga.step-done', data: { result: outcome.data, ...about } });
        continue;
      }
      const { reason } = outcome;
      if (outcome.kind === 'refused') {
        this.#journal.note({ type: 'saga.step-refused', data: { ...about, code: outcome.code, reason } });
        const details = detailsOf(outcome.problem);
        if (this.#mayUndo(step)) return this.#decideToUndo(step, { code: outcome.code, reason, details });
        return this.#wait(step, { reason: `${outcome.code}: ${reason}`, refused: true });
      }
      const { mayHaveHappened } = outcome;
      this.#journal.note({ type: 'saga.step-unknown', data: { ...about, reason, mayHaveHappened } });
      const { giveUp } = step;
      if (!giveUp || !this.#mayUndo(step)) return this.#wait(step, { reason });
      const { code, say } = giveUp;
      const now = this.parts.world.now();
      const until = giveUp.at === 'first-round' ? now : giveUp.at(this.#order);
      if (now >= until) return this.#decideToUndo(step, { code, reason: say, unavailable: true });
      return this.#wait(step, { reason }, until);
    }
    return this.#end(done(this.#order, this.#saga));
  }

  /** A failed step leads to the undo until the saga has passed its pivot. */
  #mayUndo(failed: Step): boolean {
    const before = this.#steps.slice(0, this.#steps.indexOf(failed));
    return this.#saga.steps.some(({ undo }) => undo) && !before.some(({ pivot }) => pivot);
  }

  /** The decision is written before the first undo, so that no other runner goes forward again. */
  async #decideToUndo(failed: Step, failure: Failure): Promise<Ended> {
    const steps = this.#steps;
    const { interrupted, doubtful } = this.#progress;
    const before = steps.slice(0, steps.indexOf(failed));
    const started = steps.filter((step) => interrupted || before.includes(step) || doubtful.includes(step.name));
    const toUndo = started.filter(({ undo }) => undo).map((step) => step.name);
    if (toUndo.length === 0) return this.#end(undone(this.#order, this.#saga, failure));
    await this.#journal.write(undoing(this.#order, this.#saga, toUndo.reverse(), failure));
    return this.#undoAll();
  }

  /** A failed undo does not stop the others: stock is given back while payment is down. */
  async #undoAll(): Promise<Ended> {
    const { toUndo, failure } = this.#progress;
    let trouble: ({ step: Step } & Trouble) | undefined;
    for (const name of toUndo) {
      const step = this.#saga.steps.find((one) => one.name === name) as Step;
      const { outcome, attempts, ms } = await this.#calls.try(step, step.undo as Act, 'undo-');
      const about = { ...this.#calls.about(step), attempts, ms };
      if (outcome.kind === 'done') {
        this.#journal.note({ type: 'saga.step-undone', data: { ...about, result: outcome.data } });
        continue;
      }
      const { reason } = outcome;
      this.#journal.note({ type: 'saga.undo-failed', data: { ...about, reason } });
      if (outcome.kind === 'refused' && !trouble?.refused) trouble = { step, reason, refused: true };
      trouble ??= { step, reason };
    }
    if (!trouble) return this.#end(undone(this.#order, this.#saga, failure as Failure));
    return this.#wait(trouble.step, trouble);
  }

  /** Events, lease and the answer to the request that waits, all in one write. */
  async #end(events: readonly Decided[]): Promise<Ended> {
    const answer = await this.#journal.write(events, (known) => ({
      lease: null,
      ...answerWaiting(known, this.parts.answerOf),
    }));
    return { kind: 'finished', order: this.#order, answer };
  }

  async #wait(step: Step, { reason, refused }: Trouble, latest = Number.POSITIVE_INFINITY): Promise<Ended> {
    const round = this.#progress.rounds + 1;
    const pause =
      Math.min(LONGEST_PAUSE_MS, 1_000 * 2 ** Math.min(round - 1, 10)) * (0.8 + 0.4 * this.parts.world.random());
    const until = Math.round(Math.min(this.parts.world.now() + pause, latest));
    const about = { ...this.#calls.about(step), until, round, reason };
    this.#journal.note({ type: 'saga.waiting', data: refused ? { ...about, refused } : about });
    if ((refused || this.#isLate()) && !this.#order.needsAttention) {
      this.#journal.note({ type: 'saga.needs-attention', data: { saga: this.#saga.name, reason } });
    }
    await this.#journal.write([], () => ({ lease: null }));
    return { kind: 'waiting', order: this.#order };
  }

  #isLate(): boolean {
    return this.parts.world.now() - this.#progress.startedAt >= this.parts.settings.undoAlertAfterMs;
  }
}

interface Trouble {
  reason: string;
  /** The participant said no: nothing was done. */
  refused?: true;
}

/** What of a problem helps the customer: which items are short. */
function detailsOf({ items, products }: Record<string, unknown>): Record<string, unknown> | undefined {
  if (items) return { items };
  return products ? { products } : undefined;
}
