import type { OmsError } from '@oms/client';
import { type ReadonlySignal, type Signal, untracked, useSignal, useSignalEffect } from '@preact/signals';
import { useCallback, useEffect } from 'preact/hooks';
import { problemOf } from './api.ts';
import { connection } from './live.ts';

export interface Loaded<T> {
  value: Signal<T | undefined>;
  problem: Signal<OmsError | undefined>;
  /** Loads again. The old value is shown until the new one is there. */
  reload(): void;
}

/** What a view loads: when it opens, when one of `causes` changes, and on `reload`. */
export function useLoaded<T>(load: (signal: AbortSignal) => Promise<T>, causes: readonly unknown[] = []): Loaded<T> {
  const value = useSignal<T | undefined>(undefined);
  const problem = useSignal<OmsError | undefined>(undefined);
  const turn = useSignal(0);
  useEffect(() => {
    const left = new AbortController();
    const run = async () => {
      const loaded = await load(left.signal);
      if (!left.signal.aborted) value.value = loaded;
    };
    problemOf(run).then(
      (found) => {
        if (!left.signal.aborted) problem.value = found;
      },
      (error) => {
        if (!left.signal.aborted) throw error;
      },
    );
    return () => left.abort();
  }, [turn.value, ...causes]);

  const reload = useCallback(() => void turn.value++, []);
  // The gateway did not answer, and now it does.
  useSignalEffect(() => {
    if (connection.value === 'live' && untracked(() => problem.value?.status === 0)) reload();
  });
  return { value, problem, reload };
}

/** Runs after the signal has changed, but at most once in this time: many changes together need only one run. */
export function useSettled(changing: ReadonlySignal<unknown>, everyMs: number, run: () => void): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const first = changing.peek();
    const stop = changing.subscribe((value) => {
      if (value === first) return;
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
