import pg, { type Pool, type PoolClient, type QueryConfig } from 'pg';
import { Unavailable } from '../errors.ts';
import { kindOf, type Span, startSpan } from '../telemetry/span.ts';
import { currentTrace } from '../telemetry/trace.ts';
import type { World } from '../world.ts';
import { Batch, COMMITTED, Overtaken, type Result, type Waiting } from './postgres-batch.ts';
import { PostgresBookmarks } from './postgres-bookmarks.ts';
import {
  type Change,
  type Doc,
  type Docs,
  type EventQuery,
  type ListQuery,
  type Page,
  REQUESTS_KEPT_MS,
  type RequestKey,
  type Store,
  type StoredEvent,
  type Written,
} from './store.ts';

/** Writes that one transaction carries at the most. */
const MOST_PER_BATCH = 256;
/** How often a batch is tried again before its writes are told that the store cannot be reached. */
const MOST_TRIES = 8;
const PAUSE_MS = 100;
/** How soon events that another replica wrote are noticed. */
const LOOK_EVERY_MS = 200;
const CLEAN_EVERY_MS = 60_000;

interface Queued<D> extends Waiting<D> {
  /** The transaction belongs to many traces: each of them shows how long its own write took, waiting included. */
  span: Span | undefined;
  resolve(written: Written<unknown>): void;
  reject(error: unknown): void;
}

interface Outcome {
  results: Result[];
  news: boolean;
}

/** What may have been committed. */
interface Sent {
  batch: Pick<Batch<never>, 'id' | 'learnAnswers'>;
  outcome: Outcome;
}

/** Keeps everything in PostgreSQL. Writes that wait at the same moment share one transaction, and so one commit. */
export class PostgresStore<D> implements Store<D> {
  readonly bookmarks = new PostgresBookmarks((query) => this.#query(query));
  readonly #pool: Pool;
  readonly #queue: Queued<D>[] = [];
  readonly #listeners = new Set<() => void>();
  #carrying: Promise<void> | undefined;
  /** Kept from one batch to the next: the pool gives one only after all that the last one brought about. */
  #client: PoolClient | undefined;
  #looking: NodeJS.Timeout | undefined;
  #seen = '0';
  readonly #cleaning: NodeJS.Timeout;

  constructor(
    url: string,
    private readonly world: Pick<World, 'now'>,
  ) {
    this.#pool = new pg.Pool({
      connectionString: url,
      max: 10,
      connectionTimeoutMillis: 3_000,
      query_timeout: 15_000,
      statement_timeout: 10_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      // What a batch asks for is sent at once, and answered in its order.
      pipeline: true,
      // A plan made while a table was small would read the whole of it for ever; one that is compiled costs more than it runs.
      options: '-c enable_seqscan=off -c jit=off',
    });
    // A connection that breaks while idle is replaced by the pool; whoever needs one next learns of lasting trouble.
    this.#pool.on('error', () => {});
    // One that breaks while in use says so in its query, too.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#cleaning = setInterval(() => this.#forgetOldRequests().catch(() => {}), CLEAN_EVERY_MS).unref();
  }

  write<R = undefined>(
    ids: readonly string[],
    request: RequestKey | undefined,
    change: (docs: Docs<D>) => Change<D, R>,
    asking = currentTrace(),
  ): Promise<Written<R>> {
    const span = startSpan('write', 'client');
    const trace = span?.trace ?? asking;
    return new Promise((resolve, reject) => {
      this.#queue.push({ ids, request, change, trace, span, resolve: resolve as Queued<D>['resolve'], reject });
      this.#carrying ??= this.#carryAll();
    });
  }

  /** One batch at a time: what arrives while it is committed goes with the next. */
  async #carryAll(): Promise<void> {
    // Whatever else this turn of the event loop brings goes with the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#carry(this.#queue.splice(0, MOST_PER_BATCH));
    this.#release();
    this.#carrying = undefined;
  }

  async #carry(writes: Queued<D>[]): Promise<void> {
    try {
      const { results, news } = await this.#persistently(writes);
      results.forEach((result, i) => {
        const { span, resolve, reject } = writes[i] as Queued<D>;
        span?.set({ 'db.system.name': 'postgresql', 'db.operation.batch.size': writes.length });
        span?.end();
        if ('written' in result) resolve(result.written);
        else reject(result.error);
      });
      if (news) for (const listener of this.#listeners) listener();
    } catch (error) {
      // What one of them spoils is tried one by one.
      if (writes.length > 1 && isDataError(error)) for (const write of writes) await this.#carry([write]);
      else for (const write of writes) failed(write, error);
    }
  }

  async #persistently(writes: readonly Waiting<D>[]): Promise<Outcome> {
    let doubtful: Sent | undefined;
    for (let tries = 1; ; tries++) {
      try {
        if (doubtful && (await this.#wasCommitted(doubtful.batch))) return doubtful.outcome;
        doubtful = undefined;
        return await this.#transact(writes, (sent) => {
          doubtful = sent;
        });
      } catch (error) {
        if (isDataError(error) || tries === MOST_TRIES) throw error;
        // A conflict may be with a request that counts no more.
        if (isConflict(error)) await this.#forgetOldRequests().catch(() => {});
        else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
      }
    }
  }

  async #transact(writes: readonly Waiting<D>[], sending: (sent: Sent) => void): Promise<Outcome> {
    this.#client ??= await this.#pool.connect();
    const client = this.#client;
    try {
      const batch = new Batch(client, writes, this.world.now());
      await batch.begin();
      const results = batch.decide();
      const outcome = { results, news: batch.hasEvents };
      if (batch.writesAnything) sending({ batch, outcome });
      await batch.end();
      return outcome;
    } catch (error) {
      await client.query('ROLLBACK').catch((broken: Error) => this.#release(broken));
      throw error;
    }
  }

  #release(broken?: Error): void {
    this.#client?.release(broken);
    this.#client = undefined;
  }

  /**
   * A connection lost at COMMIT says nothing; the batch's own mark does. (A transaction's id would not: a server that crashed
   * may give it to another one.) Whatever is still under way is waited for, and what has not been committed never will be.
   */
  async #wasCommitted(batch: Sent['batch']): Promise<boolean> {
    await this.#pool.query(GIVE_UP, [batch.id, this.world.now() + REQUESTS_KEPT_MS]);
    const { rows } = await this.#pool.query('SELECT fingerprint FROM requests WHERE key = $1', [batch.id]);
    await batch.learnAnswers(this.#pool);
    return rows[0]?.fingerprint === COMMITTED;
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

  onEvents(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#looking ??= setInterval(() => this.#look().catch(() => {}), LOOK_EVERY_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#looking);
      this.#looking = undefined;
    };
  }

  async ping(): Promise<void> {
    await this.#pool.query('SELECT 1');
  }

  /** How busy the connections are: `waiting` counts the queries that find none free. */
  get load(): { busy: number; idle: number; waiting: number } {
    const { totalCount, idleCount, waitingCount } = this.#pool;
    return { busy: totalCount - idleCount, idle: idleCount, waiting: waitingCount };
  }

  async close(): Promise<void> {
    clearInterval(this.#cleaning);
    clearInterval(this.#looking);
    await this.#carrying;
    await this.#pool.end();
  }

  async #look(): Promise<void> {
    const last = await this.lastPosition();
    if (last === this.#seen) return;
    this.#seen = last;
    for (const listener of this.#listeners) listener();
  }

  async #forgetOldRequests(): Promise<void> {
    await this.#pool.query('DELETE FROM requests WHERE expires_at <= $1', [this.world.now()]);
  }

  async #query(query: QueryConfig) {
    try {
      return await this.#pool.query(query);
    } catch (error) {
      throw isDataError(error) ? error : unreachable(error);
    }
  }
}

function failed({ span, reject }: Pick<Queued<never>, 'span' | 'reject'>, error: unknown): void {
  span?.fail(kindOf(error));
  span?.end();
  reject(isDataError(error) ? error : unreachable(error));
}

/** Takes the place of a batch's mark, unless that is there; a batch that was not committed then cannot be any more. */
const GIVE_UP =
  "INSERT INTO requests (key, fingerprint, expires_at) VALUES ($1, 'given up', $2) ON CONFLICT (key) DO NOTHING";

/** Tag names come from the code, never from a request. */
function tagged(where: Readonly<Record<string, string>>, values: unknown[]): string[] {
  return Object.entries(where).map(([name, value]) => `tags->>'${name}' = $${values.push(value)}`);
}

/** Somebody else wrote the same: what he wrote is there when we look again. */
function isConflict(error: unknown): boolean {
  return error instanceof Overtaken || ['23505', '40001', '40P01'].includes((error as { code?: string }).code ?? '');
}

/** Conflicts, restarts and lost connections pass; an error about the data itself stays. */
function isDataError(error: unknown): boolean {
  const { code } = error as { code?: string };
  return code !== undefined && /^(22|23(?!505)|42)/.test(code);
}

const unreachable = (cause: unknown): Unavailable =>
  Object.assign(new Unavailable('SERVICE_UNAVAILABLE', 'The database cannot be reached at the moment.'), { cause });
