import { authorization, refused } from '../shell/session.ts';
import { EventStreamParser, type Message } from './event-stream.ts';

export type Connection = 'connecting' | 'live' | 'reconnecting' | 'refused';

interface Follower {
  onMessage(message: Message): void;
  onConnection?(connection: Connection): void;
}

/** The server gives a sign of life every 15 s. */
const SILENCE_MS = 40_000;
/** What a server says to whoever comes back to a stream in which nothing will ever happen again. */
const OVER = 204;
const SHORTEST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Follows a stream to its end, and comes back to where it was whenever the connection is lost. (EventSource could not show a token.)
 * Answers how to end it.
 */
export function follow(path: string, { onMessage, onConnection = () => {} }: Follower): () => void {
  const ended = new AbortController();
  let lastId: string | undefined;
  let pauseMs = SHORTEST_PAUSE_MS;

  async function run(): Promise<void> {
    onConnection('connecting');
    while (!ended.signal.aborted) {
      await visible(ended.signal);
      if (ended.signal.aborted) return;
      const answer = await once().catch(() => undefined);
      if (ended.signal.aborted) return;
      if (answer === OVER) return;
      if (answer === 401) refused();
      if (answer === 401 || answer === 403 || answer === 404) return onConnection('refused');
      onConnection('reconnecting');
      await pause(pauseMs, ended.signal);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** One connection, from its beginning to its end. */
  async function once(): Promise<number> {
    const lost = new AbortController();
    const end = () => lost.abort();
    ended.signal.addEventListener('abort', end);
    document.addEventListener('visibilitychange', end);
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
      ended.signal.removeEventListener('abort', end);
      document.removeEventListener('visibilitychange', end);
    }
  }

  void run();
  return () => ended.abort();
}

/** A browser has few connections to one server for all its tabs: one that nobody looks at keeps none. */
function visible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
