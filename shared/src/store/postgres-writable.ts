import type { Pool } from 'pg';
import { refusesWrites } from './postgres-errors.ts';

const READ_ONLY = "SELECT 1 FROM current_setting('transaction_read_only') AS setting WHERE setting = 'on'";

/** Too long for the free space of the table's pages, so that the table has to grow. */
const PROBE = `
INSERT INTO requests (key, fingerprint, expires_at)
SELECT 'probe ' || gen_random_uuid(), string_agg(gen_random_uuid()::text, ''), 0 FROM generate_series(1, 2000)`;

/** Whether the database takes writes. Every write shows it; after a refused one, a probe shows when that is over. */
export class Writable {
  #doubted = false;
  #probing: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  succeeded(): void {
    this.#doubted = false;
  }

  failed(error: unknown): void {
    if (refusesWrites(error)) this.#doubted = true;
  }

  /** Throws the reason why writes fail. It costs a query, and while there is doubt a probe, which is rolled back. */
  async check(): Promise<void> {
    const { rows } = await this.pool.query(READ_ONLY);
    if (rows.length > 0) throw Object.assign(new Error('read-only'), { code: '25006' });
    if (!this.#doubted) return;
    this.#probing ??= this.#probe().finally(() => {
      this.#probing = undefined;
    });
    await this.#probing;
  }

  async #probe(): Promise<void> {
    const client = await this.pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      await client.query(PROBE);
      this.succeeded();
    } finally {
      await client.query('ROLLBACK').catch((error: Error) => {
        broken = error;
      });
      client.release(broken);
    }
  }
}
