import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../../tests/support/free-port.ts';

const READY_LIMIT_MS = 30_000;

export interface Rule {
  type: 'recording' | 'alerting';
  name: string;
  query: string;
  state?: 'inactive' | 'pending' | 'firing';
  labels: Record<string, string>;
}

interface Circumstances {
  /** Where ops/prometheus is. */
  folder: string;
  /** Where each service is in the place of its name. */
  addresses: Record<string, string>;
  /** Whom it tells of alerts; unset: nobody. */
  alertmanager?: string;
  /** What is done to the rules before they are loaded. */
  rewrite?: (rules: string) => string;
}

export const isInstalled = (program = 'prometheus'): boolean => spawnSync(program, ['--version']).status === 0;

/** A real Prometheus with our configuration, but in a hurry. */
export class Prometheus {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
    private readonly data: string,
  ) {}

  static async start(given: Circumstances): Promise<Prometheus> {
    const { folder, addresses, alertmanager, rewrite = (rules) => rules } = given;
    const data = mkdtempSync(join(tmpdir(), 'prometheus-'));
    mkdirSync(join(data, 'rules'));
    for (const file of readdirSync(join(folder, 'rules'))) {
      writeFileSync(join(data, 'rules', file), rewrite(readFileSync(join(folder, 'rules', file), 'utf8')));
    }
    const config = readFileSync(join(folder, 'prometheus.yml'), 'utf8');
    writeFileSync(join(data, 'prometheus.yml'), aimed(telling(hurried(config), alertmanager), addresses));
    const listen = `127.0.0.1:${await freePort()}`;
    const flags = { 'config.file': 'prometheus.yml', 'storage.tsdb.path': 'data', 'web.listen-address': listen };
    const args = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
    const child = spawn('prometheus', [...args, '--log.level=error'], { cwd: data, stdio: 'inherit' });
    // Whatever ends us: it does not stay behind.
    process.once('exit', () => child.kill('SIGKILL'));
    const prometheus = new Prometheus(`http://${listen}`, child, data);
    await prometheus.#ready();
    return prometheus;
  }

  async stop(): Promise<void> {
    this.child.kill('SIGKILL');
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    rmSync(this.data, { recursive: true });
  }

  /** How many series of an expression have a number at this moment. */
  async count(query: string): Promise<number> {
    const { result } = await this.#get<{ result: { value: [number, string] }[] }>(
      `query?${new URLSearchParams({ query })}`,
    );
    return result.filter(({ value }) => value[1] !== 'NaN').length;
  }

  async rules(): Promise<Rule[]> {
    const { groups } = await this.#get<{ groups: { rules: Rule[] }[] }>('rules');
    return groups.flatMap(({ rules }) => rules);
  }

  async firing(): Promise<string[]> {
    return (await this.rules()).filter(({ state }) => state === 'firing').map(({ name }) => name);
  }

  async #get<T>(path: string): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}`);
    const { data, error } = (await answer.json()) as { data: T; error?: string };
    if (error) throw new Error(`${decodeURIComponent(path)}: ${error}`);
    return data;
  }

  async #ready(): Promise<void> {
    const until = performance.now() + READY_LIMIT_MS;
    for (;;) {
      const answer = await fetch(`${this.url}/-/ready`).catch(() => undefined);
      if (answer?.ok) return;
      if (this.child.exitCode !== null || performance.now() > until) throw new Error('Prometheus does not get ready');
      await pause(50);
    }
  }
}

/** Asks every three seconds, since a service takes two to say that its store does not answer, and decides every second. */
const hurried = (config: string): string =>
  config
    .replace(/(scrape_interval): \d+s/, '$1: 3s')
    .replace(/(scrape_timeout): \d+s/, '$1: 3s')
    .replace(/(evaluation_interval): \d+s/, '$1: 1s');

const telling = (config: string, alertmanager: string | undefined): string =>
  config.replace('"alertmanager:9093"', alertmanager ? `"${new URL(alertmanager).host}"` : '');

function aimed(config: string, addresses: Record<string, string>): string {
  return Object.entries(addresses).reduce((text, [service, url]) => {
    const target = new RegExp(`"${service}:\\d+"`);
    if (!target.test(text)) throw new Error(`Prometheus is not told where ${service} is`);
    return text.replace(target, `"${new URL(url).host}"`);
  }, config);
}
