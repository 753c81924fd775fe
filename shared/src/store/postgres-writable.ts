import type { Pool } from 'pg';
import { refusesWrites } from './postgres-errors.ts';

const READ_ONLY = "SELECT 1 FROM current_setting('transaction_read_only') AS setting WHERE setting = 'on'";

/** Too long to find room in what the disk holds already, so that the table has to grow. */
const PROBE = `
INSERT INTO requests (key, fingerprint, expires_at)
SELECT 'probe ' || gen_random_uuid(), string_agg(gen_random_uuid()::text, ''), 0 FROM generate_series(1, 2000)`;

/** Whether the database takes writes. Writes tell; when they failed for want of that, a try tells whether it is over. */
export class Writable {
  #doubted = false;
  #trying: Promise<void> | undefined;

  constructor(private readonly pool: Pool) {}

  succeeded(): void {
    this.#doubted = false;
  }

  failed(error: unknown): void {
    if (refusesWrites(error)) this.#doubted = true;
  }

  /** Throws what keeps writes from succeeding. Costs a question, and a write that is rolled back only while that is in doubt. */
  async check(): Promise<void> {
    const { rows } = await this.pool.query(READ_ONLY);
    if (rows.length > 0) throw Object.assign(new Error('read-only'), { code: '25006' });
    if (!this.#doubted) return;
    this.#trying ??= this.#try().finally(() => {
      this.#trying = undefined;
    });
    await this.#trying;
  }

  async #try(): Promise<void> {
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
