import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { causeOf, type Trace } from '../telemetry/trace.ts';
import { Overtaken } from './postgres-errors.ts';
import {
  type Answer,
  type Change,
  type Doc,
  type Docs,
  IdempotencyKeyReused,
  mustBeNamed,
  type NewEvent,
  type Put,
  REQUESTS_KEPT_MS,
  type RequestKey,
  type StoredEvent,
  type Written,
} from './store.ts';

/** A write that waits to be carried. */
export interface Waiting<D> {
  ids: readonly string[];
  request: RequestKey | undefined;
  change: (docs: Docs<D>) => Change<D, unknown>;
  /** In which it was asked for. */
  trace: Trace | undefined;
}

export type Result = { written: Written<unknown> } | { error: unknown };

interface Remembered {
  fingerprint: string;
  answer?: Answer | undefined;
  pending?: string | undefined;
}

/** What a batch that was committed left behind under its id, beside the answers to requests. */
export const COMMITTED = 'committed';

/** Several writes in one transaction: their documents locked, each change decided in turn, everything written at once. */
export class Batch<D> {
  /** Like no key of a request: nobody can guess it. */
  readonly id = `batch ${randomUUID()}`;
  readonly #docs = new Map<string, Doc<D>>();
  readonly #stored = new Set<string>();
  readonly #puts = new Map<string, Put<D>>();
  readonly #events: Omit<StoredEvent, 'id' | 'position'>[] = [];
  readonly #requests = new Map<string, Remembered>();
  readonly #fresh = new Set<string>();
  readonly #settled = new Map<string, { answer: Answer | undefined; written: Written<unknown>[] }>();

  constructor(
    private readonly client: PoolClient,
    private readonly writes: readonly Waiting<D>[],
    private readonly now: number,
  ) {}

  get hasEvents(): boolean {
    return this.#events.length > 0;
  }

  /** Begins, and reads: documents are locked in the order of ids, so that two batches never wait for each other in a circle. */
  async begin(): Promise<void> {
    const ids = [...new Set(this.writes.flatMap((write) => write.ids))].sort();
    const keys = this.writes.flatMap(({ request }) => request?.key ?? []);
    const [, locked, recalled] = await Promise.all([
      this.client.query('BEGIN'),
      this.client.query({ name: 'lock', text: LOCK, values: [ids] }),
      this.client.query({ name: 'recall', text: RECALL, values: [keys, this.now, ids] }),
    ]);
    for (const doc of locked.rows as Doc<D>[]) {
      this.#docs.set(doc.id, doc);
      this.#stored.add(doc.id);
    }
    for (const { id, key, fingerprint, answer, pending } of recalled.rows) {
      if (id && !this.#stored.has(id)) throw new Overtaken();
      if (key) this.#requests.set(key, { fingerprint, answer: answer ?? undefined, pending: pending ?? undefined });
    }
  }

  /** One change that throws harms no other. */
  decide(): Result[] {
    return this.writes.map((write) => {
      try {
        return { written: this.#decide(write) };
      } catch (error) {
        return { error };
      }
    });
  }

  #decide({ ids, request, change, trace }: Waiting<D>): Written<unknown> {
    const known = request && this.#requests.get(request.key);
    if (known && known.fingerprint !== request.fingerprint) throw new IdempotencyKeyReused(request.key);
    if (known) return { replayed: true, answer: known.answer, pending: known.pending };

    const decided = change(this.#docs);
    mustBeNamed(ids, decided);
    const { put = [], events = [], answer, pending, settle, result } = decided;
    for (const event of events) this.#append(event, trace);
    for (const doc of put) {
      this.#puts.set(doc.id, doc);
      this.#docs.set(doc.id, { id: doc.id, version: this.#versionOf(doc.id), data: doc.data });
    }
    if (request && (answer || pending !== undefined)) {
      this.#requests.set(request.key, { fingerprint: request.fingerprint, answer, pending });
      this.#fresh.add(request.key);
    }
    const written: Written<unknown> = { replayed: false, answer, pending, result };
    if (settle) this.#settle(settle.key, settle.answer, written);
    return written;
  }

  /** The first one counts. A request that began in this batch is not in the database yet, and is settled here. */
  #settle(key: string, answer: Answer | undefined, written: Written<unknown>): void {
    const settled = this.#settled.get(key);
    if (settled) return void settled.written.push(written);
    const known = this.#requests.get(key);
    if (!known || !this.#fresh.has(key)) return void this.#settled.set(key, { answer, written: [written] });
    known.answer ??= answer;
    written.answer ??= known.answer;
    if (known.answer) return;
    this.#requests.delete(key);
    this.#fresh.delete(key);
  }

  readonly #versions = new Map<string, number>();

  #versionOf(id: string): number {
    return this.#versions.get(id) ?? this.#docs.get(id)?.version ?? 0;
  }

  #append(event: NewEvent, trace: Trace | undefined): void {
    const version = this.#versionOf(event.stream) + 1;
    this.#versions.set(event.stream, version);
    const { stream, type, at, data } = event;
    const { traceId, spanId } = causeOf(event.traceId, trace);
    this.#events.push({ stream, version, type, at, data, traceId, spanId });
  }

  get writesAnything(): boolean {
    return this.#puts.size + this.#events.length + this.#fresh.size + this.#settled.size > 0;
  }

  /** Writes everything, and the mark that tells later whether it was committed; the commit is sent along. */
  async end(): Promise<void> {
    await Promise.all([
      this.writesAnything && this.#write(),
      this.hasEvents && this.#writeEvents(),
      this.learnAnswers(this.client),
      this.client.query('COMMIT'),
    ]);
  }

  /** A request that was answered before keeps that answer. One that began after it was settled was not settled at all. */
  async learnAnswers(client: Pick<PoolClient, 'query'>): Promise<void> {
    const keys = [...this.#settled.keys()].filter((key) => !this.#fresh.has(key));
    if (keys.length === 0) return;
    const { rows } = await client.query({ name: 'answers', text: ANSWERS, values: [keys] });
    for (const { key, answer } of rows as { key: string; answer: Answer }[]) {
      for (const written of this.#settled.get(key)?.written ?? []) written.answer ??= answer;
    }
  }

  #write(): Promise<unknown> {
    const puts = [...this.#puts.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    const keys = [...this.#fresh].sort();
    const remembered = keys.map((key) => this.#requests.get(key) as Remembered);
    const settled = [...this.#settled.values()];
    const values = [
      ...this.#columns(puts.filter(({ id }) => !this.#stored.has(id))),
      ...this.#columns(puts.filter(({ id }) => this.#stored.has(id))),
      texts([...keys, this.id]),
      texts([...remembered.map(({ fingerprint }) => fingerprint), COMMITTED]),
      texts([...remembered.map(({ answer }) => json(answer)), undefined]),
      texts([...remembered.map(({ pending }) => pending), undefined]),
      texts([...this.#settled.keys()]),
      texts(settled.map(({ answer }) => json(answer))),
      this.now + REQUESTS_KEPT_MS,
    ];
    return this.client.query({ name: 'write', text: WRITE, values });
  }

  #writeEvents(): Promise<unknown> {
    const values = [
      this.#events.length,
      texts(this.#events.map(({ stream }) => stream)),
      this.#events.map(({ version }) => version),
      texts(this.#events.map(({ type }) => type)),
      this.#events.map(({ at }) => at),
      texts(this.#events.map(({ traceId }) => traceId)),
      texts(this.#events.map(({ data }) => json(data))),
      texts(this.#events.map(({ spanId }) => spanId)),
    ];
    return this.client.query({ name: 'append', text: APPEND, values });
  }

  #columns(puts: readonly Put<D>[]): unknown[] {
    return [
      texts(puts.map(({ id }) => id)),
      puts.map(({ id }) => this.#versionOf(id)),
      texts(puts.map(({ data }) => json(data))),
      texts(puts.map(({ tags }) => json(tags ?? {}))),
      puts.map(({ dueAt }) => dueAt),
    ];
  }
}

const json = (value: unknown): string | undefined => (value === undefined ? undefined : JSON.stringify(value));

/** A `text[]` in PostgreSQL's binary form: nothing to quote here, nothing to parse there. */
function texts(values: readonly (string | undefined)[]): Buffer {
  const sizes = values.map((value) => (value === undefined ? -1 : Buffer.byteLength(value)));
  const array = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + 4 + Math.max(size, 0), ARRAY_HEAD));
  let at = 0;
  for (const field of [1, 1, TEXT, values.length, 1]) at = array.writeInt32BE(field, at);
  values.forEach((value, i) => {
    at = array.writeInt32BE(sizes[i] as number, at);
    if (value !== undefined) at += array.write(value, at);
  });
  return array;
}

/** Dimensions, whether some are null, the type, how many, from which index on. */
const ARRAY_HEAD = 20;
const TEXT = 25;

const LOCK = 'SELECT id, version, data FROM docs WHERE id = ANY($1) ORDER BY id FOR UPDATE';

/** What was made while the locks were waited for, which the statement that waited cannot see, is looked for once more. */
const RECALL = `
SELECT NULL AS id, key, fingerprint, answer, pending FROM requests WHERE key = ANY($1) AND expires_at > $2
UNION ALL
SELECT id, NULL, NULL, NULL, NULL FROM docs WHERE id = ANY($3)`;

const WRITE = `
WITH created AS (
  INSERT INTO docs (id, version, data, tags, due_at)
  SELECT id, version, data::json, tags::jsonb, due_at
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint[]) AS n (id, version, data, tags, due_at)
), changed AS (
  UPDATE docs SET version = n.version, data = n.data::json, tags = n.tags::jsonb, due_at = n.due_at
  FROM unnest($6::text[], $7::int[], $8::text[], $9::text[], $10::bigint[]) AS n (id, version, data, tags, due_at)
  WHERE docs.id = n.id
), remembered AS (
  INSERT INTO requests (key, fingerprint, answer, pending, expires_at)
  SELECT key, fingerprint, answer::json, pending, $17
  FROM unnest($11::text[], $12::text[], $13::text[], $14::text[]) AS n (key, fingerprint, answer, pending)
), settled AS (
  UPDATE requests SET answer = coalesce(requests.answer, n.answer::json)
  FROM unnest($15::text[], $16::text[]) AS n (key, answer)
  WHERE requests.key = n.key AND n.answer IS NOT NULL
)
DELETE FROM requests USING unnest($15::text[], $16::text[]) AS n (key, answer)
WHERE requests.key = n.key AND n.answer IS NULL AND requests.answer IS NULL`;

const ANSWERS = 'SELECT key, answer FROM requests WHERE key = ANY($1) AND answer IS NOT NULL';

const APPEND = `
WITH f AS (UPDATE feed SET last = last + $1 RETURNING last - $1 AS base)
INSERT INTO events (position, stream, version, type, at, trace_id, data, span_id)
SELECT f.base + n.ordinal, n.stream, n.version, n.type, n.at, n.trace_id, n.data::json, n.span_id
FROM f, unnest($2::text[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[])
  WITH ORDINALITY AS n (stream, version, type, at, trace_id, data, span_id, ordinal)`;
