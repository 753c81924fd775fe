import type { QueryConfig, QueryResult } from 'pg';
import type { News } from './store.ts';

type Listener = (news: News) => void;

/** How soon events that another replica wrote are noticed. */
const LOOK_EVERY_MS = 200;

/** Events by position, and which documents they are about; where too many have come, or nobody knows since when, all may be. */
const NEWS = `
SELECT last, CASE WHEN last - $1 BETWEEN 1 AND 10000
  THEN ARRAY(SELECT DISTINCT stream FROM events WHERE position > $1) END AS streams
FROM feed WHERE last IS DISTINCT FROM $1::bigint`;

/**
 * Tells who listens which documents have new events: those written here at once, those of other replicas with the next look
 * at the feed, which finds those written here once more. There is one look for the whole process, however many listen, and
 * none while nobody does; a write does nothing for it.
 */
export class PostgresNews {
  readonly #listeners = new Set<Listener>();
  #looking: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** Up to this position everything is told; undefined: not known. */
  #told: number | undefined;

  constructor(private readonly ask: (query: QueryConfig) => Promise<QueryResult>) {}

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
    const found = await this.ask({ name: 'news', text: NEWS, values: [this.#told ?? null] }).catch(() => undefined);
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
