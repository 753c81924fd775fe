import { Refusal } from '../errors.ts';
import { type By, type Decision, decide, type StoreAndClock } from '../store/aggregate.ts';
import type { Docs, Written } from '../store/store.ts';
import { type RequestContext, refusalAnswer } from './problem.ts';
import type { Handled } from './route.ts';

/** What is needed of a request to carry it out. */
export type WriteRequest = RequestContext & By;

/** Carries a request out in one decision. A refusal is remembered for the request's key like any other answer. */
export function carryOut<D, R = undefined>(
  parts: StoreAndClock<D>,
  ids: readonly string[],
  input: WriteRequest,
  decider: (docs: Docs<D>, now: number) => Decision<D, R>,
): Promise<Written<R>> {
  const refusing = (docs: Docs<D>, now: number) => {
    try {
      return decider(docs, now);
    } catch (error) {
      if (error instanceof Refusal) return { answer: refusalAnswer(input, error) };
      throw error;
    }
  };
  return decide<D, R>(parts, ids, input, refusing);
}

/** The answer of a write that always gives one. */
export function answered({ answer, replayed }: Written<unknown>): Handled {
  if (!answer) throw new Error('a request was carried out without an answer');
  return { replayed, ...answer };
}
