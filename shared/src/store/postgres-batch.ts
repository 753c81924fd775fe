import { randomUUID } from 'node:crypto';
import type { PoolClient } from 'pg';
import { causeOf, type Trace } from '../telemetry/trace.ts';
import { Overtaken } from './postgres-errors.ts';
import { ANSWERS, APPEND, LOCK, RECALL, texts, WRITE } from './postgres-statements.ts';
import {
  type Answer,
  type Change,
  type Doc,
  type Docs,
  IdempotencyKeyReused,
  mustBeNamed,
  type NewEvent,
  type News,
  type Put,
  type RequestKey,
  type StoredEvent,
  type Written,
} from './store.ts';

/** A write that waits for a batch. */
export interface Waiting<D> {
  ids: readonly string[];
  request: RequestKey | undefined;
  change: (docs: Docs<D>) => Change<D, unknown>;
  /** The trace that the write belongs to. */
  trace: Trace | undefined;
}

export type Result = { written: Written<unknown> } | { error: unknown };

interface Remembered {
  fingerprint: string;
  answer?: Answer | undefined;
  pending?: string | undefined;
}

/** The fingerprint of a batch's mark: a committed batch leaves a row under its id among the answers to requests. */
export const COMMITTED = 'committed';

/** Several writes in one transaction: locks all documents, decides each change in turn, writes everything at once. */
export class Batch<D> {
  /** Unlike any key of a request, and impossible to guess. */
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
  ) {}

  /** The documents with new events; undefined: there are none. */
  get news(): News {
    return this.#events.length > 0 ? this.#versions : undefined;
  }

  /** The documents that were there before and have new events, with their new versions. */
  get changed(): ReadonlyMap<string, number> {
    return new Map([...this.#versions].filter(([id]) => this.#stored.has(id)));
  }

  /** Begins, and reads. Documents are locked in the order of their ids, so that two batches never deadlock. */
  async begin(): Promise<void> {
    const ids = [...new Set(this.writes.flatMap((write) => write.ids))];
    const keys = this.writes.flatMap(({ request }) => request?.key ?? []);
    const [, locked, recalled] = await Promise.all([
      this.client.query('BEGIN'),
      this.client.query({ name: 'lock', text: LOCK, values: [ids] }),
      this.client.query({ name: 'recall', text: RECALL, values: [keys, ids] }),
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

  /** A change that throws does not affect the others. */
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

  /** The first answer counts. A request that began in this batch is not in the database yet, and is settled here. */
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

  /** Writes everything, with the mark that shows later whether the batch was committed, and commits. */
  async end(): Promise<void> {
    await Promise.all([
      this.writesAnything && this.#write(),
      this.#events.length > 0 && this.#writeEvents(),
      this.learnAnswers(this.client),
      this.client.query('COMMIT'),
    ]);
  }

  /** A request that was answered before keeps that answer. A request that began after its settling was not settled. */
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

const json = (value: unknown): string | undefined => JSON.stringify(value);
