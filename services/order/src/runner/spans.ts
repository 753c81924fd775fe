import type { Outcome } from '@oms/shared/resilience/outcome';
import { during, startSpan } from '@oms/shared/telemetry/span';
import type { Facts } from '../domain/events.ts';
import type { Order } from '../domain/order.ts';

/** Records runs of sagas and their steps in the trace of the request that began them, or of the look that took them up. */

export function recordSaga<E extends { kind: string; order?: Order }>(
  { id, saga }: Order,
  run: () => Promise<E>,
): Promise<E> {
  const span = startSpan(`saga ${saga?.name}`, 'internal');
  if (!span) return run();
  span.set({ 'order.id': id, 'saga.resumed': saga?.interrupted ?? false });
  return during(span, async () => {
    const ended = await run();
    span.set({ 'saga.ended': ended.kind, ...(ended.order ? { 'order.status': ended.order.status } : {}) });
    return ended;
  });
}

interface Tried {
  outcome: Outcome<Facts>;
  attempts: number;
}

/** A refusal is an answer. Only an unknown outcome is an error of the span. */
export function recordStep<T extends Tried>(name: string, attempt: () => Promise<T>): Promise<T> {
  const span = startSpan(name, 'internal');
  if (!span) return attempt();
  return during(span, async () => {
    const tried = await attempt();
    const { outcome, attempts } = tried;
    span.set({ 'saga.step.outcome': outcome.kind, 'saga.step.attempts': attempts });
    if (outcome.kind === 'refused') span.set({ 'saga.step.code': outcome.code });
    if (outcome.kind === 'unknown') span.fail(outcome.kind, outcome.reason);
    return tried;
  });
}
