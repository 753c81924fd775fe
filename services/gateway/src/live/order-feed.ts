import type { FeedPage } from '@oms/shared/contracts/events';
import { type EventStream, message } from '@oms/shared/http/sse';
import { askFeed, type FeedParts, hasBegunAnew, PAGE, type Place } from './feed-page.ts';

/** How many messages are kept for clients that were disconnected for a moment or are slow. */
const KEPT = 1_000;
/** Under load a request brings a page of events, not one each. */
const GATHER_MS = 100;
const AFTER_FAILURE_MS = 1_000;

interface Kept {
  position: number;
  text: string;
}

/** Every event of every order, read once for all clients, and not at all while there are none. */
export class OrderFeed {
  readonly #watchers = new Set<symbol>();
  /** Clients that have got everything so far. */
  readonly #waiting = new Set<() => void>();
  readonly #pages = new Map<string, Promise<FeedPage | undefined>>();
  #reading = new AbortController();
  /** The place up to which the feed was read; undefined: not known yet. */
  #head: Place | undefined;
  /** The messages after this position are kept, … */
  #keptFrom = 0;
  /** … the oldest first. */
  #kept: Kept[] = [];
  /** How many times the feed was replaced by a new one. */
  #era = 0;

  constructor(private readonly parts: FeedParts) {}

  /** Sends every event after a place, or from now on, until the stream is over; to each client at its own pace. */
  async tell(lastId: string | undefined, out: EventStream): Promise<void> {
    const leave = this.#join();
    try {
      await this.#tell(placeIn(lastId), out);
    } finally {
      leave();
    }
  }

  async #tell(from: Place | undefined, out: EventStream): Promise<void> {
    let place = from;
    let era = this.#era;
    /** The place that a client names may belong to another feed. */
    let isTrusted = false;
    while (!out.isOver) {
      const head = this.#head;
      if (!head) {
        await this.#news(out.ended);
      } else if (!place || era !== this.#era) {
        // Sent together with the place to continue from: what the client looks up then misses no event.
        await out.send(message(place ? 'anew' : 'place', {}, idOf(head)));
        [place, era, isTrusted] = [head, this.#era, true];
      } else if (!isTrusted || Number(place.position) < this.#keptFrom) {
        const page = await this.#pageAfter(place, out.ended);
        if (page && hasBegunAnew(place, page)) era = -1;
        else if (page) {
          await out.send(textOf(page));
          place = placeOf(page);
        }
        isTrusted ||= page !== undefined;
      } else {
        const after = Number(place.position);
        const messages = this.#kept.filter(({ position }) => position > after).slice(0, PAGE);
        const last = messages.at(-1);
        if (!last) {
          await this.#news(out.ended);
        } else {
          await out.send(messages.map(({ text }) => text).join(''));
          place = { position: String(last.position), feed: head.feed };
        }
      }
    }
  }

  #join(): () => void {
    const watcher = Symbol('watcher');
    this.#watchers.add(watcher);
    if (this.#watchers.size === 1) void this.#read((this.#reading = new AbortController()).signal);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size > 0) return;
      this.#reading.abort();
      this.#forget();
    };
  }

  #forget(): void {
    this.#head = undefined;
    this.#kept = [];
  }

  async #read(signal: AbortSignal): Promise<void> {
    let isCaughtUp = true;
    while (!signal.aborted) {
      const page: FeedPage | undefined = await askFeed(this.parts, this.#head, isCaughtUp, signal).catch(
        () => undefined,
      );
      if (signal.aborted) return;
      if (!page) {
        await this.parts.pause(AFTER_FAILURE_MS, signal);
      } else if (this.#head && hasBegunAnew(this.#head, page)) {
        this.#forget();
        this.#era++;
      } else {
        isCaughtUp = page.events.length < PAGE;
        this.#take(page);
        if (isCaughtUp && page.events.length > 0) await this.parts.pause(GATHER_MS, signal);
      }
    }
  }

  #take(page: FeedPage): void {
    // The page that tells the end of the feed is not after a known place: reading begins there.
    if (!this.#head) this.#keptFrom = Number(page.next);
    else
      this.#kept.push(...page.events.map((event) => ({ position: Number(event.position), text: told(event, page) })));
    const tooMany = this.#kept.splice(0, Math.max(0, this.#kept.length - KEPT));
    this.#keptFrom = tooMany.at(-1)?.position ?? this.#keptFrom;
    this.#head = placeOf(page);
    for (const wake of this.#waiting) wake();
  }

  /** Clients that continue at the same place share a page. */
  async #pageAfter(place: Place, signal: AbortSignal): Promise<FeedPage | undefined> {
    const id = idOf(place);
    const shared =
      this.#pages.get(id) ?? askFeed(this.parts, place, false, this.#reading.signal).catch(() => undefined);
    this.#pages.set(id, shared);
    const page = await shared;
    this.#pages.delete(id);
    if (!page) await this.parts.pause(AFTER_FAILURE_MS, signal);
    return page;
  }

  async #news(signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

const placeOf = (page: FeedPage): Place => ({ position: page.next, feed: page.feed ?? undefined });
const idOf = ({ position, feed }: Place): string => (feed === undefined ? position : `${position} ${feed}`);
const told = (event: FeedPage['events'][number], { feed }: FeedPage): string =>
  message('order', event, idOf({ position: event.position, feed: feed ?? undefined }));
const textOf = (page: FeedPage): string => page.events.map((event) => told(event, page)).join('');

function placeIn(lastId: string | undefined): Place | undefined {
  const [position = '', feed] = (lastId ?? '').split(' ');
  return /^\d{1,15}$/.test(position) ? { position, feed } : undefined;
}
