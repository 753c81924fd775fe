import { setTimeout as pause } from 'node:timers/promises';

const KEYED = 10;
const READING = 12;
const UNKEYED = 6;
/** Slow enough for a busy machine, so that only a stopped replica can make a request fail. */
const PACE_MS = 60;

interface Answer {
  status: number;
  what: string;
  code: string;
}

/** Customers at all gateways at once, who never retry. */
export class Load {
  readonly answers: Answer[] = [];
  /** Orders whose placement was answered. */
  readonly placed: string[] = [];
  #stopped = false;
  readonly #running: Promise<unknown>;

  constructor(private readonly gateways: readonly string[]) {
    const customers = [
      ...Array.from({ length: KEYED }, (_, i) => (turn: number) => this.#place(`keyed-${i}-${turn}`, i + turn)),
      ...Array.from({ length: READING }, (_, i) => (turn: number) => this.#look(i + turn)),
      ...Array.from({ length: UNKEYED }, (_, i) => (turn: number) => this.#place(undefined, i + turn)),
    ];
    this.#running = Promise.all(customers.map((customer) => this.#keepOn(customer)));
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #keepOn(customer: (turn: number) => Promise<void>): Promise<void> {
    for (let turn = 0; !this.#stopped; turn++) {
      await customer(turn);
      await pause(PACE_MS);
    }
  }

  async #place(key: string | undefined, turn: number): Promise<void> {
    const headers: Record<string, string> = { 'Content-Type': 'application/json' };
    if (key !== undefined) headers['Idempotency-Key'] = key;
    const body = JSON.stringify({ customerId: 'ada', items: [{ productId: 'prod1', quantity: 1 }] });
    const answer = await this.#ask(turn, key ? 'keyed' : 'unkeyed', '/orders', { method: 'POST', headers, body });
    if (answer?.id) this.placed.push(answer.id);
  }

  async #look(turn: number): Promise<void> {
    const order = this.placed[(turn * 7919) % Math.max(1, this.placed.length)];
    const paths = ['/products', '/inventory/prod1', '/shipments', '/payments', '/notifications', '/orders?limit=5'];
    const path = turn % 2 === 0 && order ? `/orders/${order}` : (paths[(turn >> 1) % paths.length] as string);
    await this.#ask(turn, 'read', path, {});
  }

  async #ask(turn: number, what: string, path: string, sent: RequestInit): Promise<{ id?: string } | undefined> {
    const gateway = this.gateways[turn % this.gateways.length];
    try {
      const response = await fetch(`${gateway}${path}`, sent);
      const body = (await response.json()) as { id?: string; code?: string };
      this.answers.push({ status: response.status, what, code: body.code ?? '' });
      return response.ok ? body : undefined;
    } catch (error) {
      this.answers.push({ status: 0, what, code: `${path}: ${String((error as Error).cause ?? error)}` });
      return undefined;
    }
  }
}
