import { chmodSync, mkdirSync } from 'node:fs';
import { differences, linearizable } from './checks.ts';
import { Customers } from './customers.ts';
import { Database } from './database.ts';
import { History } from './history.ts';
import { Lamp } from './lamp.ts';
import { waitFor } from './shell.ts';
import { STRIKES } from './strikes.ts';
import { System } from './system.ts';

/** How long /readyz may go on to say that all is well: until the connection is known to be lost, and the probe after that. */
const NOTICED_S = 10;
const PROMOTED_WITHIN_S = 90;
const ORDERS_WITHIN_S = 120;

export class Drill {
  readonly #database: Database;
  readonly #system: System;
  readonly #history = new History();
  readonly #customers: Customers;
  readonly #lamp: Lamp;
  readonly #ended = new AbortController();
  readonly #abandoned = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly work: string,
    private readonly tools: string,
    lax: boolean,
    private readonly only: readonly string[] | undefined,
    private readonly say: (line: string) => void,
  ) {
    mkdirSync(work, { recursive: true });
    chmodSync(work, 0o755);
    this.#database = new Database(work, tools, lax);
    this.#system = new System(this.#database.url, work);
    this.#customers = new Customers(this.#system, this.#history);
    this.#lamp = new Lamp(this.#system);
  }

  async start(): Promise<void> {
    const from = performance.now();
    await this.#database.start();
    await this.#system.start();
    await this.#customers.stockUp(this.#abandoned.signal);
    this.#running = Promise.all([
      this.#customers.run(this.#ended.signal, this.#abandoned.signal),
      this.#lamp.run(this.#ended.signal),
    ]);
    await waitFor('orders are placed', 60, () => this.#customers.acknowledged.length > 20);
    this.say(`database, services and load: ${seconds(from)} s`);
  }

  /** Returns what was wrong. */
  async failOver(number: number): Promise<string[]> {
    const strikes = STRIKES.filter(({ kind }) => !this.only || this.only.includes(kind));
    const { kind, strike, heal } = strikes[number % strikes.length] as (typeof STRIKES)[number];
    const primary = await this.#database.primary();
    if (!primary) throw new Error('there is no primary to strike');
    const from = performance.now();
    await strike(primary);
    await waitFor(`another than ${primary.name} takes over`, PROMOTED_WITHIN_S, async () => {
      const next = await this.#database.primary();
      return next !== undefined && next !== primary;
    });
    const promoted = performance.now();
    await heal(primary);
    await waitFor('orders are acknowledged again', ORDERS_WITHIN_S, () =>
      this.#customers.acknowledged.some((at) => at > promoted),
    );
    const again = performance.now();
    await this.#database.whole();
    await waitFor('all services say that they are ready', 60, () => this.#lamp.now === 'all');
    const gap = widestGap(this.#customers.acknowledged.filter((at) => at > from - 2_000));
    const dark = this.#lamp.dark(from);
    const lamp = dark ? `not ready ${dark.since.toFixed(1)}–${dark.until.toFixed(1)} s` : 'always ready';
    this.say(
      `${number + 1} ${kind}: ${primary.name}; another took over after ${seconds(from, promoted)} s, orders after ${seconds(from, again)} s (${gap} s without), ${lamp}, whole after ${seconds(from)} s`,
    );
    return this.#lampWrong(kind, from, promoted);
  }

  /** While there is no primary, nobody may say that he is ready. */
  #lampWrong(kind: string, from: number, promoted: number): string[] {
    const noticed =
      from + NOTICED_S * 1_000 + (kind === 'disk frozen' ? 5_000 : 0) + (kind === 'cut off from its peers' ? 8_000 : 0);
    return this.#lamp.litBetween(noticed, promoted - 3_000)
      ? [`${kind}: /readyz said ready while there was no primary`]
      : [];
  }

  async judge(): Promise<string[]> {
    this.#ended.abort();
    const timer = setTimeout(() => this.#abandoned.abort(), 60_000);
    await this.#running;
    clearTimeout(timer);
    const wrong = this.#system.died.map((how) => `a service ended: ${how}`);
    let differing: string[] = [];
    await waitFor('all is settled', 60, async () => {
      differing = await differences(this.#system, this.#customers);
      return !differing.some((one) => one.includes('is still'));
    }).catch(() => {});
    const file = `${this.work}/history`;
    this.#history.save(file);
    const { said, wrong: unlinear } = linearizable(`${this.tools}/linearizable`, file);
    this.say(`${this.#customers.placed.length} orders, ${this.#history.length} operations; ${said}`);
    return [...wrong, ...differing, ...unlinear];
  }

  stop(): void {
    this.#abandoned.abort();
    this.#ended.abort();
    for (const one of this.#system.processes) one.end();
    this.#database.stop();
  }
}

const seconds = (from: number, to = performance.now()) => ((to - from) / 1_000).toFixed(1);

function widestGap(times: readonly number[]): string {
  const gaps = times.map((at, i) => at - (times[i - 1] ?? at));
  return (Math.max(0, ...gaps) / 1_000).toFixed(1);
}
