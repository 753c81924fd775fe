import { type Client, DatabaseError, type Pool, type PoolClient } from 'pg';
import type { Attributes } from '../telemetry/attributes.ts';
import { kindOf, startSpan } from '../telemetry/span.ts';
import type { Span } from '../telemetry/trace.ts';
import { currentTrace } from '../telemetry/trace.ts';
import { Batch, COMMITTED, type Result, type Waiting } from './postgres-batch.ts';
import { isConflict, isDataError, unreachable } from './postgres-errors.ts';
import type { PostgresNews } from './postgres-news.ts';
import { FORGET, GIVE_UP } from './postgres-statements.ts';
import type { Writable } from './postgres-writable.ts';
import type { Change, ChangeListener, Docs, News, RequestKey, Written } from './store.ts';

/** The most writes in one transaction. */
const MOST_PER_BATCH = 256;
/** How often a batch is tried before its writes fail because the store cannot be reached. */
const MOST_TRIES = 8;
const PAUSE_MS = 100;
const CLEAN_EVERY_MS = 60_000;

interface Queued<D> extends Waiting<D> {
  /** The transaction belongs to many traces. Each shows how long its own write took, with the wait. */
  span: Span | undefined;
  resolve(written: Written<unknown>): void;
  reject(error: unknown): void;
}

interface Outcome {
  results: Result[];
  news: News;
}

/** A batch that may have been committed. */
interface Sent {
  batch: Pick<Batch<never>, 'id' | 'learnAnswers'>;
  outcome: Outcome;
}

/** Writes that wait at the same moment share one transaction, and so one commit. */
export class PostgresWriter<D> {
  readonly #queue: Queued<D>[] = [];
  #carrying: Promise<void> | undefined;
  /** Kept from one batch to the next: the pool gives a connection only after all the work that the last batch woke. */
  #client: PoolClient | undefined;
  /** Learns of changes before they are committed. */
  beforeChanges: ChangeListener | undefined;
  readonly #cleaning: NodeJS.Timeout;

  constructor(
    private readonly pool: Pool,
    private readonly writable: Writable,
    /** Learns of events once they are committed. */
    private readonly news: Pick<PostgresNews, 'tell'>,
  ) {
    this.#cleaning = setInterval(() => this.#forgetOldRequests().catch(() => {}), CLEAN_EVERY_MS).unref();
  }

  write<R = undefined>(
    ids: readonly string[],
    request: RequestKey | undefined,
    change: (docs: Docs<D>) => Change<D, R>,
    caller = currentTrace(),
  ): Promise<Written<R>> {
    const span = startSpan('write', 'client');
    span?.set({ 'db.system.name': 'postgresql', 'db.query.summary': 'write' });
    const trace = span?.trace ?? caller;
    return new Promise((resolve, reject) => {
      this.#queue.push({ ids, request, change, trace, span, resolve: resolve as Queued<D>['resolve'], reject });
      this.#carrying ??= this.#carryAll();
    });
  }

  /** One batch at a time: a write that arrives meanwhile goes into the next one. */
  async #carryAll(): Promise<void> {
    // All other writes of this turn of the event loop go into the first batch, too.
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
        span?.set(writtenTo(this.#client));
        if (writes.length > 1) span?.set({ 'db.operation.batch.size': writes.length });
        span?.end();
        if ('written' in result) resolve(result.written);
        else reject(result.error);
      });
      if (news) this.news.tell(news);
    } catch (error) {
      // One write spoiled the batch: each is tried alone.
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
        this.writable.failed(error);
        if (isDataError(error) || tries === MOST_TRIES) throw error;
        // The conflict may be with a request that has expired.
        if (isConflict(error)) await this.#forgetOldRequests().catch(() => {});
        else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * tries));
      }
    }
  }

  async #transact(writes: readonly Waiting<D>[], sending: (sent: Sent) => void): Promise<Outcome> {
    this.#client ??= await this.pool.connect();
    const client = this.#client;
    try {
      const batch = new Batch(client, writes);
      await batch.begin();
      const results = batch.decide();
      const outcome = { results, news: batch.news };
      if (this.beforeChanges) await this.beforeChanges(batch.changed);
      if (batch.writesAnything) sending({ batch, outcome });
      await batch.end();
      if (batch.writesAnything) this.writable.succeeded();
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
   * A connection lost at COMMIT does not show whether it happened; the batch's mark does. (A transaction's id would not: a
   * server that crashed may use it again.) This waits for a commit under way; what is not committed then never will be.
   */
  async #wasCommitted(batch: Sent['batch']): Promise<boolean> {
    await this.pool.query(GIVE_UP, [batch.id]);
    const { rows } = await this.pool.query('SELECT fingerprint FROM requests WHERE key = $1', [batch.id]);
    await batch.learnAnswers(this.pool);
    return rows[0]?.fingerprint === COMMITTED;
  }

  /** Writes everything that waits first. */
  async close(): Promise<void> {
    clearInterval(this.#cleaning);
    await this.#carrying;
  }

  async #forgetOldRequests(): Promise<void> {
    await this.pool.query(FORGET);
  }
}

/** The database of a connection. */
function writtenTo(client: PoolClient | undefined): Attributes {
  const { host, port, database } = (client ?? {}) as Partial<Client>;
  if (host === undefined || port === undefined || database === undefined) return {};
  return { 'server.address': host, 'server.port': port, 'db.namespace': database };
}

function failed({ span, reject }: Pick<Queued<never>, 'span' | 'reject'>, error: unknown): void {
  if (error instanceof DatabaseError && error.code) span?.set({ 'db.response.status_code': error.code });
  span?.fail(kindOf(error));
  span?.end();
  reject(isDataError(error) ? error : unreachable(error));
}
