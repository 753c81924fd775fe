import { setTimeout as pause } from 'node:timers/promises';
import { Chance } from '../crash/chance.ts';

const AT_ONCE = 12;
const MOST_TRIES = 60;
const ADDRESS = { street: '12 Main St', city: 'Springfield', zip: '12345', country: 'US' };
const PRODUCTS = ['PROD001', 'PROD002', 'PROD003', 'prod1'];

interface Heard {
  status: number;
  body: { id?: string; status?: string; code?: string; detail?: string };
}

/** Customers and clerks at the gateway, who repeat with the same key what has failed. */
export class Load {
  /** Acknowledged orders, by the key of their placing. */
  readonly placed = new Map<string, { id: string; body: object }>();
  /** Answers of 500 and above, and lost ones, by what was going on. */
  readonly failed = new Map<string, number>();
  /** How often a clerk was told to wait with an order in parts, since the last release cannot go on with it. */
  closed = 0;
  /** Requests that never got an answer. */
  readonly unanswered: string[] = [];
  requests = 0;
  phase = '';
  /** Whether orders are treated in parts. */
  inParts = false;
  #begun = 0;
  #wanted = 0;
  #ended = false;
  readonly #running: Promise<unknown>;

  constructor(
    private readonly gateways: () => readonly string[],
    private readonly seed: number,
  ) {
    this.#running = Promise.all(Array.from({ length: AT_ONCE }, () => this.#keepOn()));
  }

  /** Goes on until so many orders more were begun, at least. */
  async goOn(orders: number): Promise<void> {
    this.#wanted = this.#begun + orders;
    while (this.#begun < this.#wanted) await pause(50);
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }

  async stockUp(): Promise<void> {
    for (const product of PRODUCTS)
      await this.send('PUT', `/inventory/${product}`, `stock-${product}`, { quantity: 1_000_000 });
  }

  /** The same key brings the same order, whichever version answers. */
  async askAgain(): Promise<string[]> {
    const wrong: string[] = [];
    const some = [...this.placed].filter((_, i) => i % Math.ceil(this.placed.size / 300) === 0);
    for (const [key, { id, body }] of some) {
      const again = await this.send('POST', '/orders', key, body);
      if (again?.body.id !== undefined && again.body.id !== id) wrong.push(`${key}: ${id}, then ${again.body.id}`);
    }
    return wrong;
  }

  async #keepOn(): Promise<void> {
    while (!this.#ended) {
      const number = ++this.#begun;
      await this.#live(`c${this.seed}-${number}`, new Chance(this.seed, `life ${number}`));
    }
  }

  async #live(name: string, chance: Chance): Promise<void> {
    const inParts = this.inParts && chance.in(0.5);
    const items = [
      ...new Set(
        Array.from({ length: chance.between(1, 3) }, () => chance.pick(PRODUCTS.map((one) => [1, one] as const))),
      ),
    ].map((productId) => ({ productId, quantity: chance.between(2, 4) }));
    const paymentMethod = chance.pick([
      [20, 'tok_visa'],
      [1, 'tok_declined'],
      [1, 'tok_lost_answer'],
      [1, 'tok_insufficient_funds'],
    ] as const);
    const body: Record<string, unknown> = {
      customerId: name,
      items,
      paymentMethod,
      autoConfirm: !chance.in(0.2),
      shippingAddress: ADDRESS,
    };
    if (inParts && this.phase === 'all new' && chance.in(0.3)) {
      body.holdId = `hold-${name}`;
      await this.send('POST', '/inventory/reserve', `${name}-hold`, {
        orderId: body.holdId,
        items: items.map(({ productId, quantity }) => ({ productId, quantity })),
        ttlSeconds: 5,
      });
    }
    const prefer: Record<string, string> = chance.in(0.15) ? { Prefer: 'respond-async' } : {};
    const heard = await this.send('POST', '/orders', `${name}-place`, body, prefer);
    const id = heard?.body.id;
    if (id === undefined) return;
    this.placed.set(`${name}-place`, { id, body });
    const deeds = (inParts ? PARTS : WHOLE)(chance, items.length);
    for (const [i, [path, sent]] of deeds.entries())
      await this.send(path === 'status' ? 'PUT' : 'POST', `/orders/${id}/${path}`, `${name}-${i}-${path}`, sent);
    if (chance.in(0.5)) await this.send('GET', `/orders/${id}`, undefined);
  }

  async send(
    method: string,
    path: string,
    key: string | undefined,
    body?: object,
    more = {},
  ): Promise<Heard | undefined> {
    const headers: Record<string, string> = { Accept: 'application/json', ...more };
    if (key !== undefined) headers['Idempotency-Key'] = key;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    for (let tries = 1; tries <= MOST_TRIES; tries++) {
      this.requests++;
      const gateways = this.gateways();
      const gateway = gateways[this.requests % gateways.length] as string;
      try {
        const signal = AbortSignal.timeout(20_000);
        const answer = await fetch(gateway + path, {
          method,
          headers,
          signal,
          ...(body ? { body: JSON.stringify(body) } : {}),
        });
        const heard = { status: answer.status, body: (await answer.json()) as Heard['body'] };
        if (heard.status < 500 && heard.body.code !== 'REQUEST_IN_PROGRESS') return heard;
        if (
          /^The fulfil-order of order .* is just being finished/.test(heard.body.detail ?? '') &&
          this.phase !== 'all new'
        ) {
          this.closed++;
          return heard;
        }
        if (heard.status >= 500)
          this.#fail(`${method} ${path.replace(/[0-9a-f-]{36}|ORD\w+/g, ':id')} ${heard.status} ${heard.body.code}`);
      } catch (error) {
        const cause = String((error as Error).cause ?? error);
        // The gateway is being replaced: as a load balancer does, the client turns to the other one.
        if (cause.includes('ECONNREFUSED')) continue;
        this.#fail(`${method} no answer: ${cause.slice(0, 60)}`);
      }
      await pause(200);
    }
    this.unanswered.push(`${method} ${path}`);
    return undefined;
  }

  #fail(what: string): void {
    const name = `${this.phase}: ${what}`;
    this.failed.set(name, (this.failed.get(name) ?? 0) + 1);
  }
}

type Deeds = (chance: Chance, lines: number) => [path: string, body: object][];

const WHOLE: Deeds = (chance) =>
  chance.pick<[string, object][]>([
    [2, []],
    [1, [['confirm', {}]]],
    [
      1,
      [
        ['confirm', {}],
        ['process', {}],
      ],
    ],
    [
      2,
      [
        ['confirm', {}],
        ['cancel', { reason: 'changed my mind' }],
      ],
    ],
    [
      2,
      [
        ['confirm', {}],
        ['fulfill', { carrier: 'EXPRESS' }],
      ],
    ],
    [
      2,
      [
        ['confirm', {}],
        ['fulfill', {}],
        ['status', { status: 'DELIVERED' }],
      ],
    ],
    [
      2,
      [
        ['confirm', {}],
        ['fulfill', {}],
        ['status', { status: 'DELIVERED' }],
        ['return', { reason: 'too small' }],
      ],
    ],
    [1, [['cancel', {}]]],
  ]);

const first = (quantity: number) => ({ items: [{ lineId: '1', quantity }] });
const PARTS: Deeds = (chance) => [
  ['confirm', {}],
  ...chance.pick<[string, object][]>([
    [2, [['cancel', { reason: 'one too many', ...first(1) }]]],
    [3, [['fulfill', first(1)]]],
    [
      2,
      [
        ['fulfill', first(1)],
        ['fulfill', {}],
      ],
    ],
    [
      2,
      [
        ['fulfill', first(1)],
        ['return', { reason: 'broken', ...first(1) }],
      ],
    ],
    [
      1,
      [
        ['fulfill', first(1)],
        ['cancel', { reason: 'the rest', ...first(1) }],
        ['refund', { amount: 1, reason: 'late' }],
      ],
    ],
    [
      1,
      [
        ['fulfill', first(1)],
        ['fulfill', {}],
        ['status', { status: 'DELIVERED' }],
        ['refund', { amount: 2, reason: 'late' }],
      ],
    ],
  ]),
];
