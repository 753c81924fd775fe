import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './free-port.ts';
import { PROJECT } from './project.ts';

const PATIENCE_MS = 60_000;
interface Circumstances {
  flags?: readonly string[];
  /** Addresses that are given instead of free ones. */
  env?: Record<string, string>;
  project?: string;
}

/** Runs the script behind `npm start` on ports that are otherwise free. */
export class Starter {
  output = '';
  readonly #process: ChildProcess;
  #exitCode: number | null | undefined;

  private constructor(
    args: readonly string[],
    private readonly env: Record<string, string>,
    project: string,
  ) {
    this.#process = spawn(process.execPath, [join(project, 'scripts/start.js'), ...args], {
      env: { ...process.env, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.#process.on('close', (code) => {
      this.#exitCode = code;
    });
  }

  static async run(services: readonly string[], given: Circumstances = {}): Promise<Starter> {
    const { flags = [], project = PROJECT } = given;
    const env: Record<string, string> = {};
    for (const name of services) env[variableOf(name)] = `http://127.0.0.1:${await freePort()}`;
    return new Starter([...services, ...flags], { ...env, ...given.env }, project);
  }

  urlOf(service: string): string {
    return this.env[variableOf(service)] as string;
  }

  /** From the printed table. */
  pidOf(service: string): number {
    const row = this.output.match(new RegExp(`^ +${service} .* (\\d+)$`, 'm'));
    if (!row) throw new Error(`no table tells the process of ${service}:\n${this.output}`);
    return Number(row[1]);
  }

  async says(wanted: string): Promise<void> {
    await this.#until(() => this.output.includes(wanted) || this.#exitCode !== undefined, `says ${wanted}`);
    if (!this.output.includes(wanted)) throw new Error(`it ended without saying ${wanted}:\n${this.output}`);
  }

  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The exit code; null: ended by a signal. */
  async ended(): Promise<number | null> {
    await this.#until(() => this.#exitCode !== undefined, 'ends');
    return this.#exitCode as number | null;
  }

  /** Leaves no process behind, however the test ended. */
  async cleanUp(): Promise<void> {
    this.signal('SIGTERM');
    await this.ended().finally(() => this.signal('SIGKILL'));
  }

  /** Repeats the signal until the process is gone. */
  async insists(signal: NodeJS.Signals): Promise<void> {
    await this.#until(() => {
      this.signal(signal);
      return this.#exitCode !== undefined;
    }, `ends after many ${signal}`);
  }

  async fallsSilent(service: string): Promise<void> {
    let silent = false;
    await this.#until(() => {
      fetch(`${this.urlOf(service)}/livez`).catch(() => {
        silent = true;
      });
      return silent;
    }, `leaves no ${service} behind`);
  }

  async #until(condition: () => boolean, what: string): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`waited in vain until it ${what}:\n${this.output}`);
      await pause(20);
    }
  }
}

const variableOf = (service: string) => `${service.toUpperCase()}_SERVICE_URL`;
