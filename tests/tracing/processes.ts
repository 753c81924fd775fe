import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../e2e/http.ts';
import { freePort } from '../free-port.ts';

const PATIENCE_MS = 60_000;

/** Services as they are run for real, each a process of its own. Replicas have names such as order-2. */
export class Processes {
  readonly #running = new Map<string, ChildProcess>();

  private constructor(
    private readonly urls: ReadonlyMap<string, string>,
    private readonly env: Record<string, string>,
  ) {
    process.once('exit', () => {
      for (const child of this.#running.values()) child.kill('SIGKILL');
    });
  }

  /** All know the addresses of all, before any of them is started. */
  static async named(names: readonly string[], env: Record<string, string>): Promise<Processes> {
    const urls = new Map<string, string>();
    const known: Record<string, string> = {};
    for (const name of names) {
      const url = `http://127.0.0.1:${await freePort()}`;
      const variable = `${serviceOf(name).toUpperCase()}_SERVICE_URL`;
      urls.set(name, url);
      known[variable] = known[variable] ? `${known[variable]},${url}` : url;
    }
    const quiet = { PATH: process.env.PATH ?? '', LOG_LEVEL: 'error', HOST: '127.0.0.1', SAGA_POLL_MS: '50' };
    return new Processes(urls, { ...quiet, ...known, ...env });
  }

  url(name: string): string {
    return this.urls.get(name) as string;
  }

  async start(...names: readonly string[]): Promise<void> {
    await Promise.all(names.map((name) => this.#start(name)));
  }

  async #start(name: string): Promise<void> {
    const url = this.url(name);
    const child = spawn(process.execPath, [`services/${serviceOf(name)}/dist/main.js`], {
      env: { ...this.env, PORT: new URL(url).port },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    this.#running.set(name, child);
    const isReady = async () => {
      if (hasEnded(child)) throw new Error(`${name} does not start`);
      return (await fetch(`${url}/readyz`).catch(() => undefined))?.status === 200;
    };
    await eventually(isReady, Boolean, PATIENCE_MS);
  }

  /** At once, whatever it does. */
  async kill(name: string): Promise<void> {
    const child = this.#running.get(name) as ChildProcess;
    this.#running.delete(name);
    if (hasEnded(child)) throw new Error(`${name} ended by itself: code ${child.exitCode}, signal ${child.signalCode}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.kill(name)));
  }
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null;
const serviceOf = (name: string): string => name.split('-')[0] as string;
