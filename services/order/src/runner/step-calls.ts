import type { Retry } from '@oms/shared/resilience/call';
import type { Outcome } from '@oms/shared/resilience/outcome';
import type { Logger } from '@oms/shared/telemetry/logger';
import type { World } from '@oms/shared/world';
import type { Facts, SagaName } from '../domain/events.ts';
import type { SagaProgress } from '../domain/saga-progress.ts';
import type { Participants } from '../sagas/participants.ts';
import type { Act, Step } from '../sagas/saga.ts';
import { type Journal, LeaseLost } from './journal.ts';
import { recordStep } from './spans.ts';

export interface StepCallsParts {
  participants: Participants;
  world: World;
  log: Logger;
}

export interface Tried {
  outcome: Outcome<Facts>;
  attempts: number;
  ms: number;
}

/** A longer pause between two attempts is written down before it begins. */
const LONG_MS = 1_000;

/** The calls of participants that one run makes. */
export class StepCalls {
  constructor(
    private readonly parts: StepCallsParts,
    private readonly journal: Journal,
  ) {}

  try(step: Step, act: Act, prefix = ''): Promise<Tried> {
    return recordStep(prefix + step.name, () => this.#try(step, act, prefix));
  }

  about(step: Step): { saga: SagaName; step: string } {
    return { saga: (this.journal.order.saga as SagaProgress).name, step: step.name };
  }

  async #try(step: Step, act: Act, prefix: string): Promise<Tried> {
    const { participants, world, log } = this.parts;
    const { order, trace, cut } = this.journal;
    const startedAt = world.now();
    let attempts = 1;
    const how = {
      key: this.#keyOf(prefix + step.name),
      signal: cut,
      trace,
      onRetry: async (retry: Retry) => {
        attempts += 1;
        this.journal.note({ type: 'saga.step-retried', data: { ...this.about(step), ...retry } });
        if (retry.waitMs > LONG_MS) await this.journal.write([]);
      },
    };
    const outcome = await act(participants)(order, how).catch((error: Error): Outcome<Facts> => {
      log.error('a step failed unexpectedly', { orderId: order.id, step: step.name, traceId: trace?.traceId, error });
      return { kind: 'unknown', reason: 'an unexpected error', mayHaveHappened: true };
    });
    if (cut.aborted) throw new LeaseLost();
    return { outcome, attempts, ms: world.now() - startedAt };
  }

  /** A participant remembers its answer under the key. After an undo or a refusal that answer is void, and the key a new one. */
  #keyOf(name: string): string {
    const { id, voided, saga } = this.journal.order;
    const call = saga?.part ? `${id}:${name}:#${saga.part.number}` : `${id}:${name}`;
    return voided === 0 ? call : `${call}:${voided + 1}`;
  }
}
