import type { Trace } from '../telemetry/trace.ts';

/** The one port through which a service stores its data. `memory.ts` and `postgres.ts` implement it alike. */
export interface Store<D> {
  readonly bookmarks: Bookmarks;
  /**
   * Reads the documents named, decides, and stores all of the decision or nothing. `change` is pure and quick, and may be
   * called again. `trace` is the trace that the write belongs to. A request key that was seen before brings back what was
   * remembered for it, without calling `change`.
   */
  write<R = undefined>(
    ids: readonly string[],
    request: RequestKey | undefined,
    change: (docs: Docs<D>) => Change<D, R>,
    trace?: Trace,
  ): Promise<Written<R>>;
  read(id: string): Promise<Doc<D> | undefined>;
  list(query: ListQuery): Promise<Page<D>>;
  /** How many documents have these tags. */
  count(where: Readonly<Record<string, string>>): Promise<number>;
  /** Ids of documents whose `dueAt` has passed, the longest overdue first. */
  due(nowMs: number, limit: number): Promise<string[]>;
  events(query: EventQuery): Promise<StoredEvent[]>;
  /** The position of the newest event of the feed; '0' when there is none. */
  lastPosition(): Promise<string>;
  /** Calls back whenever there may be new events, with the documents that have them. Returns a function that ends this. */
  onEvents(listener: (news: News) => void): () => void;
  /**
   * Asks to be told of documents that are about to change, with the version that each will have. A commit waits for what is
   * returned, which never rejects. Absent where documents are in memory, so that nobody needs a copy of them.
   */
  beforeChanges?(listener: ChangeListener): void;
  /** False: no new work should begin, so that the work under way can end. This check costs next to nothing. */
  hasRoom(): boolean;
  /** Throws an `Unavailable` with the reason when the store cannot be reached or does not take writes. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** How far the readers of feeds are, and which replica reads: one at a time, until a time that it can put off. */
export interface Bookmarks {
  /** Whether they survive the process. */
  readonly last: boolean;
  /** The place to go on from, '' if none was stored; undefined while another holder's time is not over. */
  take(name: string, holder: string, nowMs: number, untilMs: number): Promise<string | undefined>;
  /** False when another holder has taken it: then the place stays as it is. */
  move(name: string, holder: string, place: string, untilMs: number): Promise<boolean>;
  /** The place, whoever holds it; '' if none was stored. */
  look(name: string): Promise<string>;
}

export interface Doc<D> {
  id: string;
  /** How many events the document has had. */
  version: number;
  data: D;
}

/** The ids of the documents that have new events; undefined: any document may have some. */
export type News = Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'> | undefined;

export type ChangeListener = (versions: ReadonlyMap<string, number>) => Promise<void>;

export interface Docs<D> {
  get(id: string): Doc<D> | undefined;
}

export interface Change<D, R = undefined> {
  put?: readonly Put<D>[];
  events?: readonly NewEvent[] | undefined;
  /** The answer to the request, now and whenever its key comes again. */
  answer?: Answer;
  /** Instead of an answer: the request goes on, and this document shows its progress. */
  pending?: string;
  /** Answers an earlier pending request; without an answer its key is forgotten, so that the same request can try again. */
  settle?: { key: string; answer: Answer | undefined };
  result?: R;
}

export interface Put<D> {
  id: string;
  data: D;
  /** When there is work to do on this document; absent: never. */
  dueAt?: number | undefined;
  /** The document can be listed by these. */
  tags?: Readonly<Record<string, string>> | undefined;
}

export interface NewEvent {
  /** The document it happened to. */
  stream: string;
  type: string;
  at: number;
  traceId: string;
  data: unknown;
}

export interface StoredEvent extends NewEvent {
  /** The span of the write; absent when the trace is not recorded, or is another one than that of the write. */
  spanId?: string | undefined;
  id: string;
  /** Its number among the document's events: 1, 2, 3, … */
  version: number;
  /** Its place in the feed of all events; opaque to readers. */
  position: string;
}

export interface RequestKey {
  key: string;
  /** A digest of method, path and body. */
  fingerprint: string;
}

/** An HTTP answer as it was given, to be given again byte for byte. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface Written<R> {
  /** True when the request had been seen before, and nothing was done this time. */
  replayed: boolean;
  answer?: Answer | undefined;
  pending?: string | undefined;
  result?: R | undefined;
}

/** Ids of documents that are not a service's own begin with this. Only a list with this prefix finds them. */
export const ASIDE = '\uffff';

export interface ListQuery {
  /** Ids begin with this. */
  prefix?: string;
  where?: Readonly<Record<string, string>>;
  /** Ids from here (included) … */
  from?: string | undefined;
  /** … to here (left out). */
  to?: string | undefined;
  newestFirst?: boolean;
  limit: number;
  /** The last id of the page before. */
  after?: string | undefined;
}

export interface Page<D> {
  items: Doc<D>[];
  next: string | null;
}

export interface EventQuery {
  stream?: string;
  /** With a stream: a version; without: a position. */
  after?: string | undefined;
  limit: number;
}

/** A write may change only the documents it named: only these are locked while it decides. */
export function mustBeNamed<D>(ids: readonly string[], { put = [], events = [] }: Change<D, unknown>): void {
  const strayPut = put.find(({ id }) => !ids.includes(id));
  if (strayPut) throw new Error(`${strayPut.id} was written without being named`);
  const strayEvent = events.find(({ stream }) => !put.some(({ id }) => id === stream));
  if (strayEvent) throw new Error(`an event of ${strayEvent.stream} was added without writing it`);
}

export class IdempotencyKeyReused extends Error {
  override readonly name = 'IdempotencyKeyReused';
}

/** Idempotency records are kept for this long. */
export const REQUESTS_KEPT_MS = 24 * 60 * 60 * 1000;
