import type { Message } from '@oms/client';
import { oms, problemOf } from './api.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'refused';

interface Follower {
  onMessage(message: Message): void;
  onConnection?(connection: Connection): void;
}

/** The server sends a sign of life every 15 s. */
const SILENCE_MS = 40_000;
const UNTIL_IT_IS_STOPPED = { retries: Number.POSITIVE_INFINITY, timeoutMs: SILENCE_MS };

/** Follows a stream to its end, while somebody can see it. Returns a function that stops it. */
export function follow(path: string, { onMessage, onConnection = () => {} }: Follower): () => void {
  const stop = new AbortController();
  const stopped = stop.signal;
  let lastId: string | undefined;

  async function run(): Promise<void> {
    onConnection('connecting');
    while (!stopped.aborted) {
      await visible(stopped);
      if (stopped.aborted) return;
      const isOver = await connected();
      if (stopped.aborted || isOver) return;
      onConnection('reconnecting');
    }
  }

  /** Until the stream is over, the gateway refuses it, or nobody can see it any more. */
  async function connected(): Promise<boolean> {
    const left = new AbortController();
    const { signal } = left;
    const leave = () => left.abort();
    stopped.addEventListener('abort', leave, { signal });
    document.addEventListener('visibilitychange', leave, { signal });
    const onRetry = () => onConnection('reconnecting');
    try {
      const problem = await problemOf(async () => {
        for await (const message of oms().follow(path, lastId, { signal, onRetry, ...UNTIL_IT_IS_STOPPED })) {
          onConnection('live');
          lastId = message.id;
          onMessage(message);
        }
      });
      if (problem) onConnection('refused');
      return true;
    } catch (error) {
      if (!signal.aborted) throw error;
      return false;
    } finally {
      leave();
    }
  }

  void run();
  return () => stop.abort();
}

/** A browser allows few connections to one server for all its tabs, so a hidden tab keeps none. */
function visible(stopped: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = new AbortController();
    const look = () => {
      if (document.hidden && !stopped.aborted) return;
      done.abort();
      resolve();
    };
    document.addEventListener('visibilitychange', look, { signal: done.signal });
    stopped.addEventListener('abort', look, { signal: done.signal });
    look();
  });
}
