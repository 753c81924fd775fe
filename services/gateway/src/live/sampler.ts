import type { LivePast, LiveService, LiveSystem } from '@oms/shared/contracts/gateway';
import type { Chaos } from '@oms/shared/contracts/service';
import type { Upstreams } from '../upstreams.ts';
import { type Counters, countersIn, growth } from './counters.ts';
import type { InsideParts } from './inside-call.ts';
import { type Look, lookAt } from './service-look.ts';

const EVERY_MS = 1_000;
const LONGEST_GAP_MS = 5_000;
const KEPT_MS = 5 * 60_000;

export interface SamplerParts extends InsideParts {
  upstreams: Upstreams;
  /** The gateway itself. */
  own: { metrics(): Promise<string>; chaos(): Chaos | null };
}

/** Looks at every service about once a second while there are clients, once for all of them. */
export class Sampler {
  readonly #watchers = new Set<(system: LiveSystem) => void>();
  readonly #past: LivePast = [];
  #before: { at: number; looks: ReadonlyMap<string, Look> } | undefined;
  #running = false;

  constructor(
    private readonly parts: SamplerParts,
    private readonly pause: (ms: number) => Promise<void>,
  ) {}

  /** The samples of the last minutes, oldest first. */
  get past(): LivePast {
    const from = this.parts.world.now() - KEPT_MS;
    while (this.#past[0] && Date.parse(this.#past[0].at) < from) this.#past.shift();
    return this.#past;
  }

  watch(watcher: (system: LiveSystem) => void): () => void {
    this.#watchers.add(watcher);
    if (!this.#running) void this.#run();
    return () => this.#watchers.delete(watcher);
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#watchers.size > 0) {
      const system = await this.#sample();
      if (system) for (const tell of this.#watchers) tell(system);
      await this.pause(EVERY_MS);
    }
    this.#running = false;
  }

  /** Undefined after the first look for a while: rates are the difference of two looks. */
  async #sample(): Promise<LiveSystem | undefined> {
    const { upstreams, world } = this.parts;
    const looks = new Map<string, Look>([['gateway', await this.#own()]]);
    const seen = Object.values(upstreams).map(
      async (upstream) => [upstream.service, await lookAt(this.parts, upstream)] as const,
    );
    for (const [service, look] of await Promise.all(seen)) looks.set(service, look);
    const now = { at: world.now(), looks };
    const before = this.#before;
    this.#before = now;
    if (!before || now.at <= before.at || now.at - before.at > LONGEST_GAP_MS) return undefined;
    const system = compare(before.looks, now.looks, now.at, (now.at - before.at) / 1000);
    const { at, seconds, orders } = system;
    this.past.push({ at, seconds, orders });
    return system;
  }

  async #own(): Promise<Look> {
    const counters = new Map([['self', countersIn(await this.parts.own.metrics())]]);
    return { status: 'UP', breakers: {}, chaos: this.parts.own.chaos(), counters };
  }
}

function compare(
  before: ReadonlyMap<string, Look>,
  looks: ReadonlyMap<string, Look>,
  at: number,
  seconds: number,
): LiveSystem {
  const services: Record<string, LiveService> = {};
  for (const [service, look] of looks) {
    const grown = (of: (counters: Counters) => number) => growthOf(before.get(service), look, of);
    const perSecond = (count: number) => Math.round((count / seconds) * 10) / 10;
    const { status, breakers, chaos } = look;
    const rates = {
      requests: perSecond(grown(({ requests }) => requests)),
      errors: perSecond(grown(({ errors }) => errors)),
    };
    services[service] = { status, ...rates, breakers, chaos };
  }
  return { at: new Date(at).toISOString(), seconds, services, ...ordersIn(before.get('order'), looks.get('order')) };
}

function ordersIn(before: Look | undefined, look: Look | undefined): Pick<LiveSystem, 'orders' | 'sagas'> {
  const replicas = [...(look?.counters.values() ?? [])];
  const statuses = new Set(replicas.flatMap(({ orders }) => Object.keys(orders)));
  const orders: Record<string, number> = {};
  for (const status of statuses) {
    const count = look ? growthOf(before, look, (counters) => counters.orders[status] ?? 0) : 0;
    if (count > 0) orders[status] = count;
  }
  // Replicas share a store with all unfinished sagas: each replica counts all of them.
  const most = (of: (counters: Counters) => number) => Math.max(0, ...replicas.map(of));
  return { orders, sagas: { running: most(({ sagas }) => sagas.running), stuck: most(({ sagas }) => sagas.stuck) } };
}

/** Without an earlier look at an address, its counters give no rate. */
function growthOf(before: Look | undefined, look: Look, of: (counters: Counters) => number): number {
  let grown = 0;
  for (const [address, counters] of look.counters) {
    const known = before?.counters.get(address);
    if (known) grown += growth(of(counters), of(known));
  }
  return grown;
}
