import pg, { type Pool, type QueryConfig } from 'pg';
import { serversIn } from './database-url.ts';
import { PostgresBookmarks } from './postgres-bookmarks.ts';
import { isDataError, unreachable } from './postgres-errors.ts';
import { PostgresNews } from './postgres-news.ts';
import { Primary } from './postgres-primary.ts';
import { Writable } from './postgres-writable.ts';
import { PostgresWriter } from './postgres-writer.ts';
import type { ChangeListener, Doc, EventQuery, ListQuery, News, Page, Store, StoredEvent } from './store.ts';

/** A store in PostgreSQL. */
export class PostgresStore<D> implements Store<D> {
  write: Store<D>['write'] = (...write) => this.#writer.write(...write);
  readonly bookmarks = new PostgresBookmarks((query) => this.#query(query));
  readonly #pool: Pool;
  readonly #primary: Primary | undefined;
  readonly #writable: Writable;
  readonly #writer: PostgresWriter<D>;
  readonly #news = new PostgresNews((query) => this.#query(query));

  constructor(url: string) {
    const servers = serversIn(url);
    this.#primary = servers.length > 1 ? new Primary(url) : undefined;
    this.#pool = new pg.Pool({
      connectionString: servers[0],
      ...(this.#primary && { Client: this.#primary.Client as new () => pg.Client }),
      max: 10,
      connectionTimeoutMillis: 3_000,
      query_timeout: 15_000,
      statement_timeout: 10_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      // The statements of a batch are sent at once, and answered in their order.
      pipeline: true,
      // A plan made for a small table would read all of it forever. Compiling a plan takes longer than running it.
      options: '-c enable_seqscan=off -c jit=off',
    });
    // The pool replaces an idle connection that breaks. If the trouble lasts, the next query fails.
    this.#pool.on('error', () => {});
    // A connection that breaks in use fails its query.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#writable = new Writable(this.#pool);
    this.#writer = new PostgresWriter(this.#pool, this.#writable, this.#news);
  }

  async read(id: string): Promise<Doc<D> | undefined> {
    const { rows } = await this.#query({
      name: 'read',
      text: 'SELECT id, version, data FROM docs WHERE id = $1',
      values: [id],
    });
    return rows[0] as Doc<D> | undefined;
  }

  async list({ prefix = '', where = {}, from, to, newestFirst = false, limit, after }: ListQuery): Promise<Page<D>> {
    const values: unknown[] = [prefix + (from ?? ''), to === undefined ? `${prefix}\uffff` : prefix + to, limit + 1];
    const conditions = ['id >= $1', 'id < $2', ...tagged(where, values)];
    if (after !== undefined) conditions.push(`id ${newestFirst ? '<' : '>'} $${values.push(after)}`);
    const order = newestFirst ? 'DESC' : 'ASC';
    const text = `SELECT id, version, data FROM docs WHERE ${conditions.join(' AND ')} ORDER BY id ${order} LIMIT $3`;
    const { rows } = await this.#query({ text, values });
    const items = (rows as Doc<D>[]).slice(0, limit);
    return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  async count(where: Readonly<Record<string, string>>): Promise<number> {
    const values: unknown[] = [];
    const conditions = ['true', ...tagged(where, values)];
    const { rows } = await this.#query({
      text: `SELECT count(*)::int AS n FROM docs WHERE ${conditions.join(' AND ')}`,
      values,
    });
    return rows[0].n;
  }

  async due(nowMs: number, limit: number): Promise<string[]> {
    const text = 'SELECT id FROM docs WHERE due_at <= $1 ORDER BY due_at LIMIT $2';
    const { rows } = await this.#query({ name: 'due', text, values: [nowMs, limit] });
    return rows.map(({ id }) => id as string);
  }

  async events({ stream, after = '0', limit }: EventQuery): Promise<StoredEvent[]> {
    const columns = 'stream, version, type, at, trace_id, data, position, span_id';
    const query =
      stream === undefined
        ? {
            name: 'feed',
            text: `SELECT ${columns} FROM events WHERE position > $1 ORDER BY position LIMIT $2`,
            values: [after, limit],
          }
        : {
            name: 'stream',
            text: `SELECT ${columns} FROM events WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3`,
            values: [stream, after, limit],
          };
    const { rows } = await this.#query(query);
    return rows.map(({ stream, version, type, at, trace_id: traceId, data, position, span_id: spanId }) => {
      const id = `${stream}:${version}`;
      return { id, stream, version, type, at: Number(at), traceId, data, position, spanId: spanId ?? undefined };
    }) as StoredEvent[];
  }

  async lastPosition(): Promise<string> {
    const { rows } = await this.#query({ name: 'last', text: 'SELECT last FROM feed' });
    return rows[0].last;
  }

  onEvents(listener: (news: News) => void): () => void {
    return this.#news.listen(listener);
  }

  beforeChanges(listener: ChangeListener): void {
    this.#writer.beforeChanges = listener;
  }

  /** When the disk is full, writes fail. */
  hasRoom(): boolean {
    return true;
  }

  async ping(): Promise<void> {
    await this.#writable.check().catch((error) => {
      throw unreachable(error);
    });
  }

  /** How busy the connections are: `waiting` counts the queries that wait for a free one. */
  get load(): { busy: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  async close(): Promise<void> {
    this.#news.close();
    await this.#writer.close();
    await this.#pool.end();
    this.#primary?.close();
  }

  async #query(query: QueryConfig) {
    try {
      return await this.#pool.query(query);
    } catch (error) {
      throw isDataError(error) ? error : unreachable(error);
    }
  }
}

/** Tag names come from the code, never from a request. */
function tagged(where: Readonly<Record<string, string>>, values: unknown[]): string[] {
  return Object.entries(where).map(([name, value]) => `tags->>'${name}' = $${values.push(value)}`);
}
