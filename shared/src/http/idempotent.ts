import { Refusal } from '../errors.ts';
import type { Change, Docs, Store, Written } from '../store/store.ts';
import { type RequestContext, refusalAnswer } from './answer.ts';
import type { Handled, Input } from './route.ts';

/** What carrying out needs to know of a request. */
type AnyInput = Input<unknown, unknown, unknown, unknown>;
export type WriteRequest = RequestContext & Pick<AnyInput, 'request'> & Partial<Pick<AnyInput, 'trace'>>;

/** Carries a request out in one write. A refusal is remembered for the request's key like any other answer. */
export function carryOut<D, R = undefined>(
  store: Store<D>,
  ids: readonly string[],
  input: WriteRequest,
  change: (docs: Docs<D>) => Change<D, R>,
): Promise<Written<R>> {
  const refusing = (docs: Docs<D>) => {
    try {
      return change(docs);
    } catch (error) {
      if (error instanceof Refusal) return { answer: refusalAnswer(input, error) };
      throw error;
    }
  };
  return store.write<R>(ids, input.request, refusing, input.trace);
}

/** The answer of a write that always gives one. */
export function answered({ answer, replayed }: Written<unknown>): Handled {
  if (!answer) throw new Error('a request was carried out without an answer');
  return { replayed, ...answer };
}
