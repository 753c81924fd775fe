import type { Request, Response } from 'express';
import type { Lifecycle } from '../service/lifecycle.ts';
import { type Reader, Readers } from '../store/readers.ts';
import type { EventQuery, Store, StoredEvent } from '../store/store.ts';
import { countedAs, holdStream, PerCaller } from './per-caller.ts';
import { answersHead, EventStream, endOf, message, resumeFrom } from './sse.ts';

const BATCH = 200;

interface Parts {
  store: Pick<Store<unknown>, 'events' | 'lastPosition' | 'onEvents'>;
  lifecycle: Pick<Lifecycle, 'stopping'>;
  /** How many streams and waiting requests each caller may have open; absent: no limit. */
  streamsPerCaller?: number | undefined;
  /** How long a reader that reads nothing is kept. */
  slowMs?: number | undefined;
}

export interface Streamed {
  /** Absent: the feed of all events. */
  stream?: string;
  after: string;
  idOf(event: StoredEvent): string;
  render(event: StoredEvent): unknown;
  /** The id of the last event, if there can be no more; undefined: more may come. */
  lastEver?(): Promise<string | undefined>;
}

/** The clients that wait for events of a service: streams (Server-Sent Events), and requests that the next event answers. */
export class EventStreams {
  readonly #readers: Readers;
  readonly #open: PerCaller;
  /** A message for many readers is made once. */
  readonly #messages = new WeakMap<readonly StoredEvent[], string[]>();

  constructor(private readonly parts: Parts) {
    this.#readers = new Readers(parts.store);
    this.#open = new PerCaller(parts.streamsPerCaller ?? 0);
  }

  /** Sends events as they come, from `after` or the client's Last-Event-ID on, no faster than they are read. */
  async stream(req: Request, res: Response, what: Streamed): Promise<void> {
    const { lifecycle, slowMs } = this.parts;
    // 204 tells an EventSource not to connect again.
    if (await hasAllEver(req, what)) return void res.writeHead(204).end();
    if (answersHead(req, res)) return;
    holdStream(this.#open, countedAs(req), res);
    const reader = this.#readers.follow(what.stream);
    const out = new EventStream(res, endOf(res, lifecycle.stopping), slowMs);
    try {
      const from = resumeFrom(req) ?? what.after;
      const anew = await isBeyondEnd(reader, from);
      if (anew) await out.send(message('anew', {}));
      await this.#follow(reader, out, what, anew ? '0' : from);
    } finally {
      reader.close();
      out.close();
    }
  }

  async #follow(reader: Reader, out: EventStream, what: Streamed, from: string): Promise<void> {
    let after = from;
    while (!out.isOver) {
      const events = await reader.look(after, BATCH);
      for (let i = 0; i < events.length && !out.isOver; i++) await out.send(this.#message(events, i, what));
      if (out.isOver) return;
      const [last] = events.slice(-1);
      if (last) after = what.idOf(last);
      if (events.length === BATCH) continue;
      // An event that was written since then wakes the reader, which looks again.
      const lastEver = what.lastEver && (await reader.together('last ever', what.lastEver));
      if (lastEver !== undefined && Number(after) >= Number(lastEver)) return out.send(message('end', {}));
      await reader.wait(out.ended);
    }
  }

  #message(events: readonly StoredEvent[], i: number, { idOf, render }: Streamed): string {
    const messages = this.#messages.get(events) ?? [];
    if (messages.length === 0) this.#messages.set(events, messages);
    const event = events[i] as StoredEvent;
    return (messages[i] ??= message(event.type, render(event), idOf(event)));
  }

  /** The events after a place in the feed; if there are none, those that come first within the time. */
  async wait(
    req: Request,
    res: Response,
    { after, limit }: EventQuery & { after: string },
    withinMs: number,
  ): Promise<{ events: readonly StoredEvent[]; next: string }> {
    holdStream(this.#open, countedAs(req), res);
    const end = endOf(res, this.parts.lifecycle.stopping, withinMs);
    const reader = this.#readers.follow();
    try {
      if (await isBeyondEnd(reader, after)) return { events: [], next: '0' };
      for (;;) {
        const events = await reader.look(after, limit);
        const [last] = events.slice(-1);
        if (last || end.aborted) return { events, next: last?.position ?? after };
        await reader.wait(end);
      }
    } finally {
      reader.close();
    }
  }
}

async function hasAllEver(req: Request, { lastEver }: Streamed): Promise<boolean> {
  const from = resumeFrom(req);
  return from !== undefined && lastEver !== undefined && (await lastEver()) === from;
}

/** Such a place belongs to an earlier feed: its reader is told to start again. */
async function isBeyondEnd(reader: Reader, after: string): Promise<boolean> {
  if (after === '0') return false;
  const found = await reader.look(String(Number(after) - 1), 1);
  return found.length === 0;
}
