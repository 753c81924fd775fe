import type { QueryConfig, QueryResult } from 'pg';
import type { News } from './store.ts';

type Listener = (news: News) => void;

/** How soon the events of other replicas are noticed. */
const LOOK_EVERY_MS = 200;

/** The newest position, and the documents of the events since $1; NULL where these are too many, or $1 is not known. */
const NEWS = `
SELECT last, CASE WHEN last - $1 BETWEEN 1 AND 10000
  THEN ARRAY(SELECT DISTINCT stream FROM events WHERE position > $1) END AS streams
FROM feed WHERE last IS DISTINCT FROM $1::bigint`;

/**
 * Tells listeners which documents have new events: at once of those written here, and of those of other replicas after the
 * next look at the feed, which finds those written here once more. The process has one look for all listeners, and none
 * while there are no listeners. It costs a write nothing.
 */
export class PostgresNews {
  readonly #listeners = new Set<Listener>();
  #looking: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** Listeners know of everything up to this position; undefined: that is not known. */
  #told: number | undefined;

  constructor(private readonly query: (query: QueryConfig) => Promise<QueryResult>) {}

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#looking ??= setInterval(() => void this.#look(), LOOK_EVERY_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.#looking);
    this.#looking = undefined;
    this.#told = undefined;
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const found = await this.query({ name: 'news', text: NEWS, values: [this.#told ?? null] }).catch(() => undefined);
    this.#isLooking = false;
    const [row] = found?.rows ?? [];
    if (!row || !this.#looking) return;
    this.#told = Number(row.last);
    this.tell(row.streams === null ? undefined : new Set(row.streams as string[]));
  }

  tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }
}
