import type { News, Store, StoredEvent } from './store.ts';

type Events = Pick<Store<unknown>, 'events' | 'onEvents'>;

/**
 * All readers of events in this process. News wakes only the readers of what has news. Readers that then look at the same
 * place share one look.
 */
export class Readers {
  readonly #followed = new Map<string | undefined, Followed>();
  #stopListening: (() => void) | undefined;

  constructor(private readonly store: Events) {}

  /** Follows the events of one document, or the feed of all. */
  follow(stream?: string): Reader {
    let followed = this.#followed.get(stream);
    if (!followed) this.#followed.set(stream, (followed = new Followed(this.store, stream)));
    this.#stopListening ??= this.store.onEvents((news) => this.#tell(news));
    return new Reader(followed, () => this.#leave(stream));
  }

  #leave(stream: string | undefined): void {
    this.#followed.delete(stream);
    if (this.#followed.size > 0) return;
    this.#stopListening?.();
    this.#stopListening = undefined;
  }

  #tell(news: News): void {
    const streams = news ? [...news.keys(), undefined] : this.#followed.keys();
    for (const stream of streams) this.#followed.get(stream)?.hasNews();
  }
}

/** What the readers of one document, or of the feed, share. */
class Followed {
  readonly readers = new Set<Reader>();
  /** How often there was news. */
  news = 0;
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(
    private readonly store: Events,
    private readonly stream: string | undefined,
  ) {}

  hasNews(): void {
    this.news++;
    // A look that has begun may miss it.
    this.#underWay.clear();
    for (const reader of this.readers) reader.wake();
  }

  look(after: string, limit: number): Promise<readonly StoredEvent[]> {
    const { store, stream } = this;
    const query = stream === undefined ? { after, limit } : { stream, after, limit };
    return this.together(`${after} ${limit}`, () => store.events(query));
  }

  together<T>(what: string, look: () => Promise<T>): Promise<T> {
    const underWay = this.#underWay.get(what);
    if (underWay) return underWay as Promise<T>;
    const looking = look().finally(() => {
      if (this.#underWay.get(what) === looking) this.#underWay.delete(what);
    });
    this.#underWay.set(what, looking);
    return looking;
  }
}

/** Looks, and waits until it is worth looking again. */
export class Reader {
  #seen: number;
  #wake: (() => void) | undefined;

  constructor(
    private readonly followed: Followed,
    private readonly leave: () => void,
  ) {
    followed.readers.add(this);
    this.#seen = followed.news;
  }

  /** Events from now on are news, so that none is missed while it looks. */
  look(after: string, limit: number): Promise<readonly StoredEvent[]> {
    this.#seen = this.followed.news;
    return this.followed.look(after, limit);
  }

  /** Another look at the same document or feed; readers that want the same meanwhile share its result. */
  together<T>(what: string, look: () => Promise<T>): Promise<T> {
    return this.followed.together(what, look);
  }

  /** Waits until there is news since the last look, or the signal aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    if (this.#seen !== this.followed.news || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const wake = () => {
        signal.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake);
    });
  }

  wake(): void {
    this.#wake?.();
  }

  close(): void {
    this.followed.readers.delete(this);
    if (this.followed.readers.size === 0) this.leave();
  }
}
