import { once } from 'node:events';
import type { Request, Response } from 'express';

const HEARTBEAT_MS = 15_000;
/** A reader that reads nothing for this time is disconnected. */
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

/** Answers HEAD at once: otherwise a stream would stay open that nobody reads. */
export function answersHead(req: Request, res: Response): boolean {
  if (req.method !== 'HEAD') return false;
  res.writeHead(200, HEAD).end();
  return true;
}

/** A stream of Server-Sent Events to one reader. It buffers no more than the last message and what the connection takes. */
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

  /** Resolves when there is room for more. A reader that makes none is disconnected, and can continue after its last id. */
  async send(text: string): Promise<void> {
    if (this.isOver || this.res.write(text)) return;
    const enough = new AbortController();
    const timer = setTimeout(() => enough.abort(), this.slowMs);
    const signal = AbortSignal.any([this.ended, enough.signal]);
    await once(this.res, 'drain', { signal }).catch(() => {});
    clearTimeout(timer);
    if (enough.signal.aborted) this.res.destroy();
  }

  /** For messages that are soon out of date: they are skipped while the reader has not read the earlier ones. */
  sendIfRead(text: string): void {
    if (!this.isOver && this.res.writableLength === 0) this.res.write(text);
  }

  /** Ends the stream. The reader connects again, unless it was told that there is nothing more. */
  close(): void {
    clearInterval(this.#heartbeat);
    this.res.end();
  }
}

export const message = (event: string, data: unknown, id?: string): string =>
  `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** The id after which a client continues. */
export function resumeFrom(req: Request): string | undefined {
  const last = req.headers['last-event-id'];
  return typeof last === 'string' && /^\d{1,15}$/.test(last) ? last : undefined;
}

export const wantsStream = (req: Request): boolean => (req.headers.accept ?? '').includes('text/event-stream');
