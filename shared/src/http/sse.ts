import { once } from 'node:events';
import type { Request, Response } from 'express';

const HEARTBEAT_MS = 15_000;
/** A reader that makes no room in this time is let go. */
export const SLOW_MS = 20_000;

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

const HEAD = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', 'X-Accel-Buffering': 'no' };

/** Whoever asks for the head alone would hold a stream open that nobody reads. */
export function answersHead(req: Request, res: Response): boolean {
  if (req.method !== 'HEAD') return false;
  res.writeHead(200, HEAD).end();
  return true;
}

/** A stream of Server-Sent Events to one reader, which holds no more for it than the last message and what its connection takes. */
export class EventStream {
  readonly #heartbeat: NodeJS.Timeout;

  constructor(
    private readonly res: Response,
    /** Ends it. */
    readonly ended: AbortSignal,
    private readonly slowMs: number = SLOW_MS,
  ) {
    res.writeHead(200, HEAD);
    res.write(': connected\n\n');
    this.#heartbeat = setInterval(() => this.sendIfRead(': still here\n\n'), HEARTBEAT_MS);
  }

  get isOver(): boolean {
    return this.ended.aborted || this.res.destroyed;
  }

  /** Resolves when there is room for more. A reader that makes none is cut off; its last id is where it can go on. */
  async send(text: string): Promise<void> {
    if (this.isOver || this.res.write(text)) return;
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), this.slowMs);
    const signal = AbortSignal.any([this.ended, enough.signal]);
    await once(this.res, 'drain', { signal }).catch(() => {});
    clearTimeout(timer);
    if (enough.signal.aborted) this.res.destroy();
  }

  /** What is out of date soon is not kept for a reader that has not read what came before. */
  sendIfRead(text: string): void {
    if (!this.isOver && this.res.writableLength === 0) this.res.write(text);
  }

  /** Whatever ends the stream: the reader comes back, unless it is told that there will be nothing more. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.res.end();
  }
}

export const message = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Where a client that comes back was. */
export function resumeFrom(req: Request): string | undefined {
  const last = req.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? last : undefined;
}

export const wantsStream = (req: Request): boolean => (req.headers.accept ?? '').includes('text/event-stream');
