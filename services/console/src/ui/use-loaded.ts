import { type ReadonlySignal, type Signal, untracked, useSignal, useSignalEffect } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { isProblem, type Problem } from '../http/api.ts';
import { connection } from '../live/live-data.ts';

export interface Loaded<T> {
  value: Signal<T | undefined>;
  problem: Signal<Problem | undefined>;
  /** Looks again; what is shown stays until the answer is there. */
  reload(): void;
}

/** What a view looks up: when it is opened, when one of `causes` differs, and when it is asked to. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, causes: readonly unknown[] = []): Loaded<T> {
  const value = useSignal<T | undefined>(undefined);
  const problem = useSignal<Problem | undefined>(undefined);
  const turn = useSignal(0);
  useEffect(() => {
    const left = new AbortController();
    load(left.signal).then(
      (loaded) => {
        if (left.signal.aborted) return;
        value.value = loaded;
        problem.value = undefined;
      },
      (error) => {
        if (left.signal.aborted) return;
        if (!isProblem(error)) throw error;
        problem.value = error;
      },
    );
    return () => left.abort();
  }, [turn.value, ...causes]);

  const reload = useCallback(() => {
    turn.value++;
  }, []);
  // Nobody answered: now somebody does.
  useSignalEffect(() => {
    if (connection.value === 'live' && untracked(() => problem.value?.status === 0)) reload();
  });
  return { value, problem, reload };
}

/** Runs when the signal changes, but not more often than that: a burst of events is one reason to look again. */
export function useSettled(changing: ReadonlySignal<unknown>, everyMs: number, run: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let first = true;
    const stop = changing.subscribe(() => {
      if (first) {
        first = false;
        return;
      }
      timer ??= setTimeout(() => {
        timer = undefined;
        run();
      }, everyMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [changing, everyMs, run]);
}
