import { EventStreamParser, type Message } from './event-stream.ts';
import { authorization, signOut } from './session.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'refused';

interface Follower {
  onMessage(message: Message): void;
  onConnection?(connection: Connection): void;
}

/** The server sends a sign of life every 15 s. */
const SILENCE_MS = 40_000;
/** The server's answer when nothing will ever happen in this stream again. */
const OVER = 204;
const SHORTEST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Follows a stream to its end. After a lost connection it continues where it was. (EventSource cannot send a token.)
 * Returns a function that stops it.
 */
export function follow(path: string, { onMessage, onConnection = () => {} }: Follower): () => void {
  const stop = new AbortController();
  const stopped = stop.signal;
  let lastId: string | undefined;
  let pauseMs = SHORTEST_PAUSE_MS;

  async function run(): Promise<void> {
    onConnection('connecting');
    while (!stopped.aborted) {
      await visible(stopped);
      if (stopped.aborted) return;
      const answer = await connect().catch(() => undefined);
      if (stopped.aborted || answer === OVER) return;
      if (answer === 401) signOut();
      if (answer === 401 || answer === 403 || answer === 404) return onConnection('refused');
      onConnection('reconnecting');
      await pause(pauseMs, stopped);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** One connection, from its beginning to its end. */
  async function connect(): Promise<number> {
    const lost = new AbortController();
    const end = () => lost.abort();
    stopped.addEventListener('abort', end, { signal: lost.signal });
    document.addEventListener('visibilitychange', end, { signal: lost.signal });
    let silence = setTimeout(end, SILENCE_MS);
    try {
      const headers: Record<string, string> = { Accept: 'text/event-stream', ...authorization() };
      if (lastId !== undefined) headers['Last-Event-ID'] = lastId;
      const answer = await fetch(path.slice(1), { headers, signal: lost.signal, cache: 'no-store' });
      if (!answer.ok || !answer.body) return answer.status;
      onConnection('live');
      pauseMs = SHORTEST_PAUSE_MS;
      const parser = new EventStreamParser(lastId);
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return 200;
        clearTimeout(silence);
        silence = setTimeout(end, SILENCE_MS);
        for (const message of parser.push(value)) {
          if (message.event === 'end') return OVER;
          lastId = message.id;
          onMessage(message);
        }
      }
    } finally {
      clearTimeout(silence);
      end();
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

function pause(ms: number, stopped: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
    stopped.addEventListener('abort', resolve);
  });
}
