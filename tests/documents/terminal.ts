import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../e2e/http.ts';
import { freePort } from '../support/free-port.ts';
import { PROJECT } from '../support/project.ts';

const PATIENCE_MS = 180_000;

/** Addresses for these services, on ports that are free. */
export async function addressesOf(services: readonly string[]): Promise<Record<string, string>> {
  const addresses: Record<string, string> = {};
  for (const name of services) addresses[variableOf(name)] = `http://127.0.0.1:${await freePort()}`;
  return addresses;
}

/** A terminal in which a command of a document runs, with every service at a port that is free. */
export class Terminal {
  output = '';
  #ended = false;

  private constructor(
    private readonly child: ChildProcess,
    private readonly addresses: Record<string, string>,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    child.once('exit', () => {
      this.#ended = true;
    });
    // However the tests end, nothing is left running.
    process.once('exit', () => this.#signal('SIGKILL'));
  }

  static open([command = '', ...args]: readonly string[], env: Record<string, string>, cwd = PROJECT): Terminal {
    const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, detached: true } as const;
    return new Terminal(spawn(command, args, options), env);
  }

  async says(wanted: string): Promise<void> {
    await eventually(() => this.output.includes(wanted) || this.#ended, Boolean, PATIENCE_MS);
    if (!this.output.includes(wanted)) throw new Error(`it ended without saying ${wanted}:\n${this.output}`);
  }

  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  async get(service: string, path: string): Promise<any> {
    const answer = await fetch(`${this.addresses[variableOf(service)]}${path}`);
    return answer.json();
  }

  /** As by Ctrl-C. */
  async close(): Promise<void> {
    if (this.#ended) return;
    this.#signal('SIGINT');
    await once(this.child, 'exit');
  }

  /** To all that runs in it. */
  #signal(signal: NodeJS.Signals): void {
    if (!this.#ended && this.child.pid !== undefined) process.kill(-this.child.pid, signal);
  }
}

const variableOf = (service: string) => `${service.toUpperCase()}_SERVICE_URL`;
