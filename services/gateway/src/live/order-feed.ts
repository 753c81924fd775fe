import type { FeedPage } from '@oms/shared/contracts/events';
import { type EventStream, message } from '@oms/shared/http/sse';
import { askFeed, type FeedParts, hasBegunAnew, PAGE, type Place } from './feed-page.ts';

/** So many messages are at hand for those who were away for a moment, or are a little slow. */
const KEPT = 1_000;
/** Under load, pages of some events instead of a request for each. */
const GATHER_MS = 100;
const AFTER_FAILURE_MS = 1_000;

interface Kept {
  position: number;
  text: string;
}

/** Every event of every order, read once for all who watch, and not at all while nobody does. */
export class OrderFeed {
  readonly #watchers = new Set<symbol>();
  /** Those who have been told everything so far. */
  readonly #waiting = new Set<() => void>();
  readonly #pages = new Map<string, Promise<FeedPage | undefined>>();
  #reading = new AbortController();
  /** Where the reading is; undefined: not known yet. */
  #head: Place | undefined;
  /** Everything that was read behind this position is kept, … */
  #keptFrom = 0;
  /** … the oldest first. */
  #kept: Kept[] = [];
  /** How often the feed has begun anew. */
  #era = 0;

  constructor(private readonly parts: FeedParts) {}

  /** Tells every event from a place on, or from now on, until the stream is over; each watcher at its own pace. */
  async tell(lastId: string | undefined, out: EventStream): Promise<void> {
    const leave = this.#join();
    try {
      await this.#tell(placeIn(lastId), out);
    } finally {
      leave();
    }
  }

  async #tell(asked: Place | undefined, out: EventStream): Promise<void> {
    let place = asked;
    let era = this.#era;
    /** A place that a client names may be one of another feed. */
    let isTrusted = false;
    while (!out.isOver) {
      const head = this.#head;
      if (!head) {
        await this.#news(out.ended);
      } else if (!place || era !== this.#era) {
        // Told together with the place to go on from, so that whatever is looked up then misses nothing.
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
    // What a page says that was asked for the end is not behind anything: it begins there.
    if (!this.#head) this.#keptFrom = Number(page.next);
    else
      this.#kept.push(...page.events.map((event) => ({ position: Number(event.position), text: told(event, page) })));
    const tooMany = this.#kept.splice(0, Math.max(0, this.#kept.length - KEPT));
    this.#keptFrom = tooMany.at(-1)?.position ?? this.#keptFrom;
    this.#head = placeOf(page);
    for (const wake of this.#waiting) wake();
  }

  /** Those who come back to the same place share a page. */
  async #pageAfter(place: Place, signal: AbortSignal): Promise<FeedPage | undefined> {
    const id = idOf(place);
    const asked = this.#pages.get(id) ?? askFeed(this.parts, place, false, this.#reading.signal).catch(() => undefined);
    this.#pages.set(id, asked);
    const page = await asked;
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
