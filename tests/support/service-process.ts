import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { PROJECT } from './project.ts';

const PAUSE_MS = 200;
const MOST_STARTS = 50;

export interface Replica {
  service: string;
  name: string;
  port: number;
  env: Record<string, string>;
  /** The folder for its log. */
  logs?: string | undefined;
  /** The project that it runs from, if it is a copy. */
  project?: string;
}

/** One real process of a service, restarted whenever it was killed. */
export class ServiceProcess {
  /** Unexpected exits after it was ready. */
  readonly diedOfItself: string[] = [];
  /** Failed starts, as can happen while the database is down. */
  failedStarts = 0;
  #child: ChildProcess | undefined;
  #ending = false;
  /** Its last output to stderr. */
  #complaint = '';

  constructor(private readonly replica: Replica) {}

  get name(): string {
    return this.replica.name;
  }

  get url(): string {
    return `http://127.0.0.1:${this.replica.port}`;
  }

  /** Waits until it is ready; restarts it as a supervisor would. */
  async start(): Promise<void> {
    for (let tries = 1; !this.#ending; tries++) {
      if (await this.#started()) return;
      this.failedStarts++;
      if (tries === MOST_STARTS) throw new Error(`${this.name} does not start: ${this.#complaint}`);
      await pause(PAUSE_MS);
    }
  }

  async kill(): Promise<boolean> {
    return (await this.#gets('SIGKILL'))?.signalCode === 'SIGKILL';
  }

  /** Stops it gracefully. */
  async terminate(): Promise<boolean> {
    return (await this.#gets('SIGTERM'))?.exitCode === 0;
  }

  async #gets(signal: 'SIGKILL' | 'SIGTERM'): Promise<ChildProcess | undefined> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return undefined;
    this.#child = undefined;
    child.kill(signal);
    await once(child, 'exit');
    return child;
  }

  /** Suspends it for a while (SIGSTOP), then lets it continue. */
  async sleep(ms: number): Promise<boolean> {
    return this.sleepWhile(() => pause(ms));
  }

  async sleepWhile(act: () => Promise<unknown>): Promise<boolean> {
    const slept = this.#child?.kill('SIGSTOP') ?? false;
    let woke = false;
    try {
      await act();
    } finally {
      woke = this.#child?.kill('SIGCONT') ?? false;
    }
    return slept && woke;
  }

  /** Kills it for good; synchronous, so that it also works while our process exits. */
  end(): void {
    this.#ending = true;
    this.#child?.kill('SIGKILL');
  }

  /** The IPC channel stops it if our own process is killed. */
  async #started(): Promise<boolean> {
    const { service, name, port, env, logs, project = PROJECT } = this.replica;
    const child = fork(join(project, 'services', service, 'dist/main.js'), {
      env: { PATH: process.env.PATH, NODE_ENV: 'production', PORT: String(port), HOST: '127.0.0.1', ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const log = logs === undefined ? undefined : createWriteStream(join(logs, `${name}.log`), { flags: 'a' });
    for (const output of [child.stdout, child.stderr]) {
      if (log) output?.pipe(log, { end: false });
      else output?.resume();
    }
    child.stderr?.on('data', (text) => {
      this.#complaint = String(text).trim();
    });
    child.once('exit', () => log?.end());
    this.#child = child;
    const ready = await Promise.race([once(child, 'message').then(() => true), once(child, 'exit').then(() => false)]);
    if (ready)
      child.once('exit', (code, signal) => this.#gone(child, `code ${code}, signal ${signal} ${this.#complaint}`));
    return ready;
  }

  #gone(child: ChildProcess, how: string): void {
    if (this.#child !== child || this.#ending) return;
    this.diedOfItself.push(`${this.name}: ${how}`);
    this.start().catch(() => {});
  }
}
