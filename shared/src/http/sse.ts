import { once } from 'node:events';
import type { Request, Response } from 'express';
import { News } from '../store/news.ts';
import type { Store, StoredEvent } from '../store/store.ts';

const BATCH = 200;
const HEARTBEAT_MS = 15_000;

interface Stream {
  store: Pick<Store<unknown>, 'events' | 'onEvents'>;
  /** Absent: the feed of all events. */
  stream?: string;
  after: string;
  idOf(event: StoredEvent): string;
  render(event: StoredEvent): unknown;
  /** Ends the stream when the service stops. */
  ended: AbortSignal;
}

/** Aborts when the client goes away, the service stops, or the time is over. */
export function endOf(res: Response, stopping: AbortSignal, withinMs?: number): AbortSignal {
  const ended = new AbortController();
  const end = () => ended.abort();
  const timer = withinMs === undefined ? undefined : setTimeout(end, withinMs);
  stopping.addEventListener('abort', end);
  if (stopping.aborted) end();
  res.on('close', () => {
    clearTimeout(timer);
    stopping.removeEventListener('abort', end);
    end();
  });
  return ended.signal;
}

/** Sends events as they come (Server-Sent Events), from `after` or the client's Last-Event-ID on, no faster than they are read. */
export async function streamEvents(
  req: Request,
  res: Response,
  { store, stream, ended, ...how }: Stream,
): Promise<void> {
  const signal = endOf(res, ended);
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' });
  res.write(': connected\n\n');

  const news = new News(store);
  const heartbeat = setInterval(() => res.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    const asked = resumeFrom(req) ?? how.after;
    const anew = await isBeyondEnd(store, stream, asked);
    if (anew) res.write('event: anew\ndata: {}\n\n');
    let after = anew ? '0' : asked;
    while (!signal.aborted) {
      news.looking();
      const events = await store.events({ ...(stream === undefined ? {} : { stream }), after, limit: BATCH });
      for (const event of events) {
        after = how.idOf(event);
        const text = `id: ${after}\nevent: ${event.type}\ndata: ${JSON.stringify(how.render(event))}\n\n`;
        if (!res.write(text)) await once(res, 'drain', { signal }).catch(() => {});
        if (signal.aborted) break;
      }
      if (events.length === 0) await news.wait(signal);
    }
  } finally {
    news.close();
    clearInterval(heartbeat);
    res.end();
  }
}

/** Such a place is one in a feed that is gone: its reader has to begin anew, and is told so. */
async function isBeyondEnd(
  store: Pick<Store<unknown>, 'events'>,
  stream: string | undefined,
  after: string,
): Promise<boolean> {
  if (after === '0') return false;
  const justBefore = String(Number(after) - 1);
  const found = await store.events({ ...(stream === undefined ? {} : { stream }), after: justBefore, limit: 1 });
  return found.length === 0;
}

function resumeFrom(req: Request): string | undefined {
  const last = req.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? last : undefined;
}

export const wantsStream = (req: Request): boolean => (req.headers.accept ?? '').includes('text/event-stream');
