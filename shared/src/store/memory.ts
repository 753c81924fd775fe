import { causeOf, currentTrace, type Trace } from '../telemetry/trace.ts';
import type { World } from '../world.ts';
import { HeapRoom } from './heap-room.ts';
import { MemoryBookmarks } from './memory-bookmarks.ts';
import { SortedIds, TagIndex } from './memory-index.ts';
import {
  type Answer,
  type Change,
  type Doc,
  type Docs,
  type EventQuery,
  IdempotencyKeyReused,
  type ListQuery,
  mustBeNamed,
  type NewEvent,
  type News,
  type Page,
  type Put,
  REQUESTS_KEPT_MS,
  type RequestKey,
  type Store,
  type StoredEvent,
  type Written,
} from './store.ts';

interface Remembered {
  fingerprint: string;
  answer?: Answer;
  pending?: string;
  expiresAt: number;
}

/** A store in memory, lost when the process stops. A write runs without interruption, so it is all or nothing. */
export class MemoryStore<D> implements Store<D> {
  readonly bookmarks = new MemoryBookmarks();
  readonly #docs = new Map<string, Doc<D>>();
  readonly #ids = new SortedIds();
  readonly #tags = new TagIndex();
  readonly #due = new Map<string, number>();
  readonly #streams = new Map<string, StoredEvent[]>();
  readonly #feed: StoredEvent[] = [];
  readonly #requests = new Map<string, Remembered>();
  readonly #listeners = new Set<(news: News) => void>();

  constructor(
    private readonly world: Pick<World, 'now'>,
    private readonly room: Pick<HeapRoom, 'isLeft'> = new HeapRoom(),
  ) {}

  async write<R = undefined>(
    ids: readonly string[],
    request: RequestKey | undefined,
    change: (docs: Docs<D>) => Change<D, R>,
    trace = currentTrace(),
  ): Promise<Written<R>> {
    const known = request && this.#recall(request);
    if (known) return { replayed: true, answer: known.answer, pending: known.pending };

    const decided = change(this.#docs);
    mustBeNamed(ids, decided);
    const { put = [], events = [], answer, pending, settle, result } = decided;
    for (const event of events) this.#append(event, trace);
    for (const doc of put) this.#put(doc);
    if (request && (answer || pending !== undefined)) this.#remember(request, answer ? { answer } : { pending });
    const settled = settle && this.#settle(settle.key, settle.answer);
    if (events.length > 0 && this.#listeners.size > 0) this.#tell(new Set(events.map(({ stream }) => stream)));
    return { replayed: false, answer: answer ?? settled, pending, result };
  }

  async read(id: string): Promise<Doc<D> | undefined> {
    return this.#docs.get(id);
  }

  async list({ prefix = '', where = {}, from, to, newestFirst = false, limit, after }: ListQuery): Promise<Page<D>> {
    const wanted = Object.entries(where);
    const few = this.#tags.few(wanted);
    const ids = few ? new SortedIds(few) : this.#ids;
    const items: Doc<D>[] = [];
    for (const id of ids.walk({ prefix, from, to, newestFirst, after })) {
      const doc = this.#docs.get(id);
      if (!doc || !this.#tags.matches(id, wanted)) continue;
      if (items.length === limit) return { items, next: items.at(-1)?.id ?? null };
      items.push(doc);
    }
    return { items, next: null };
  }

  async count(where: Readonly<Record<string, string>>): Promise<number> {
    return this.#tags.count(Object.entries(where));
  }

  async due(nowMs: number, limit: number): Promise<string[]> {
    const overdue = [...this.#due].filter(([, dueAt]) => dueAt <= nowMs);
    return overdue
      .sort((a, b) => a[1] - b[1])
      .slice(0, limit)
      .map(([id]) => id);
  }

  async events({ stream, after = '0', limit }: EventQuery): Promise<StoredEvent[]> {
    const source = stream === undefined ? this.#feed : (this.#streams.get(stream) ?? []);
    const start = Number(after);
    return source.slice(start, start + limit);
  }

  async lastPosition(): Promise<string> {
    return String(this.#feed.length);
  }

  onEvents(listener: (news: News) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  hasRoom(): boolean {
    return this.room.isLeft();
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#listeners.clear();
  }

  #tell(news: News): void {
    for (const listener of this.#listeners) listener(news);
  }

  #put({ id, data, dueAt, tags }: Put<D>): void {
    if (!this.#docs.has(id)) this.#ids.add(id);
    this.#docs.set(id, { id, version: this.#streams.get(id)?.length ?? 0, data });
    if (dueAt === undefined) this.#due.delete(id);
    else this.#due.set(id, dueAt);
    this.#tags.set(id, tags ?? {});
  }

  #append(event: NewEvent, trace: Trace | undefined): void {
    let stream = this.#streams.get(event.stream);
    if (!stream) this.#streams.set(event.stream, (stream = []));
    const version = stream.length + 1;
    const { stream: of, type, at, data } = event;
    const { traceId, spanId } = causeOf(event.traceId, trace);
    const position = String(this.#feed.length + 1);
    const stored = { id: `${of}:${version}`, version, position, stream: of, type, at, data, traceId, spanId };
    stream.push(stored);
    this.#feed.push(stored);
  }

  #recall({ key, fingerprint }: RequestKey): Remembered | undefined {
    const known = this.#requests.get(key);
    if (!known || known.expiresAt <= this.world.now()) return undefined;
    if (known.fingerprint !== fingerprint) throw new IdempotencyKeyReused(key);
    return known;
  }

  #remember({ key, fingerprint }: RequestKey, what: { answer?: Answer; pending?: string | undefined }): void {
    const now = this.world.now();
    for (const [oldest, { expiresAt }] of this.#requests) {
      if (expiresAt > now) break;
      this.#requests.delete(oldest);
    }
    this.#requests.delete(key);
    this.#requests.set(key, { fingerprint, expiresAt: now + REQUESTS_KEPT_MS, ...what });
  }

  /** The first answer to a request stays. */
  #settle(key: string, answer: Answer | undefined): Answer | undefined {
    const known = this.#requests.get(key);
    if (!known || known.answer) return known?.answer;
    if (answer) known.answer = answer;
    else this.#requests.delete(key);
    return answer;
  }
}
