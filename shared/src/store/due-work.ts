import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import type { World } from '../world.ts';
import type { Store } from './store.ts';

interface Parts {
  store: Pick<Store<unknown>, 'due' | 'onEvents'>;
  world: Pick<World, 'now'>;
  log: Logger;
  /** What the documents are, in log lines. */
  what: string;
  /** How many are worked on at once. */
  atOnce: number;
  /** How often it looks by itself; it also does whenever something was stored. */
  pollMs?: number | undefined;
  work: (id: string) => Promise<void>;
}

/** Works on every document that is due. What is still to be done stands in the store, not here. */
export function startDueWork(parts: Parts): { stop(): Promise<void> } {
  const { store, world, log, what, atOnce, pollMs = 1_000, work } = parts;
  const underWay = new Map<string, Promise<void>>();
  let stopped = false;
  let sleep = new AbortController();
  const wake = () => sleep.abort();
  const stopListening = store.onEvents(wake);

  async function run(): Promise<void> {
    while (!stopped) {
      sleep = new AbortController();
      await startDue().catch((error) => log.error(`the store cannot be asked for ${what}`, { error }));
      if (!stopped) await pause(pollMs, undefined, { signal: sleep.signal }).catch(() => {});
    }
    stopListening();
    await Promise.all(underWay.values());
  }

  async function startDue(): Promise<void> {
    if (underWay.size >= atOnce) return;
    for (const id of await store.due(world.now(), atOnce)) {
      if (underWay.has(id) || underWay.size >= atOnce) continue;
      const done = work(id)
        .catch((error) => void log.error(`one of the ${what} could not be handled`, { error, document: id }))
        .finally(() => {
          underWay.delete(id);
          // Others may have waited for the place.
          if (underWay.size === atOnce - 1) wake();
        });
      underWay.set(id, done);
    }
  }

  const ended = run();
  return {
    /** Begins nothing more, and waits for what is under way. */
    async stop() {
      stopped = true;
      wake();
      await ended;
    },
  };
}
