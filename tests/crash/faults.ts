import { setTimeout as pause } from 'node:timers/promises';
import { hasRedis } from '../servers/redis.ts';
import { Chance } from './chance.ts';
import { type Cluster, databaseOf, LEASE_MS, REDIS, REPLICAS, SERVICES } from './cluster.ts';
import type { Way } from './way.ts';

const KINDS = ['kill', 'sleep', 'cut', 'delay', 'deafen'] as const;
type Kind = (typeof KINDS)[number];

export interface Fault {
  /** The time since the start of the run. */
  atMs: number;
  kind: Kind;
  target: string;
  /** How long it lasts; for a kill: how long until the restart. */
  ms: number;
  /** The delay of late messages. */
  byMs: number;
}

const SHORTEST_GAP_MS = 700;
const LONGEST_GAP_MS = 3_300;

const PROCESSES = SERVICES.flatMap((service) =>
  Array.from({ length: REPLICAS[service] }, (_, i) => [service === 'shipping' ? 2 : 1, `${service}-${i + 1}`] as const),
);
const WAYS = SERVICES.flatMap((service) => [[2, service] as const, [1, databaseOf(service)] as const]);
/** All replicas notice these. One that alone is late, or loses Redis, may leave old copies to the other: that is not promised. */
const OF_REDIS = hasRedis ? ([[1, REDIS]] as const) : [];
const TARGETS: Record<Kind, readonly (readonly [number, string])[]> = {
  kill: [...PROCESSES, [2, 'postgres'], ...OF_REDIS],
  sleep: PROCESSES,
  cut: [...WAYS, ...OF_REDIS],
  delay: WAYS,
  deafen: WAYS,
};

/** The schedule of a run; the same seed gives the same schedule. */
export function schedule(seed: number, durationMs: number): Fault[] {
  const chance = new Chance(seed, 'faults');
  const faults: Fault[] = [];
  for (let atMs = 1_000; ; atMs += chance.between(SHORTEST_GAP_MS, LONGEST_GAP_MS)) {
    const kind = chance.pick<Kind>([
      [5, 'kill'],
      [2, 'sleep'],
      [1, 'cut'],
      [1, 'delay'],
      [1, 'deafen'],
    ]);
    const target = chance.pick(TARGETS[kind]);
    const ms = kind === 'sleep' ? chance.between(LEASE_MS + 500, LEASE_MS * 2) : chance.between(50, 1_500);
    const byMs = chance.between(20, 800);
    if (atMs > durationMs) return faults;
    faults.push({ atMs, kind, target, ms, byMs });
  }
}

/** Injects the faults of the schedule. Faults of different targets overlap; each target has one at a time. */
export class Striker {
  readonly fired: Fault[] = [];
  readonly missed: Fault[] = [];
  readonly #busy = new Map<string, Promise<void>>();

  constructor(
    private readonly cluster: Cluster,
    private readonly onFault: (fault: Fault) => void,
  ) {}

  /** Resolves when all faults are over. */
  async run(faults: readonly Fault[], ended: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    for (const fault of faults) {
      await pause(Math.max(0, fault.atMs - (performance.now() - startedAt)), undefined, { signal: ended }).catch(
        () => {},
      );
      if (ended.aborted) break;
      const before = this.#busy.get(fault.target) ?? Promise.resolve();
      this.#busy.set(
        fault.target,
        before.then(() => this.#strike(fault)),
      );
    }
    await Promise.all(this.#busy.values());
  }

  async #strike(fault: Fault): Promise<void> {
    this.onFault(fault);
    ((await this.#inflict(fault)) ? this.fired : this.missed).push(fault);
  }

  /** Returns whether the fault had an effect. */
  async #inflict({ kind, target, ms, byMs }: Fault): Promise<boolean> {
    const { cluster } = this;
    if (kind === 'kill' && target === 'postgres') {
      const killed = cluster.postgres.kill();
      await pause(ms);
      await cluster.postgres.restart();
      return killed;
    }
    if (kind === 'kill' && target === REDIS) {
      await cluster.redis?.kill();
      await pause(ms);
      await cluster.redis?.start();
      return true;
    }
    if (kind === 'kill' || kind === 'sleep') {
      const process = cluster.processes.find(({ name }) => name === target) as Cluster['processes'][number];
      if (kind === 'sleep') return process.sleep(ms);
      const killed = await process.kill();
      await pause(ms);
      await process.start();
      return killed;
    }
    const way = cluster.ways.get(target) as Way;
    if (kind === 'cut') return way.cut(ms);
    return kind === 'delay' ? way.delay(ms, byMs) : way.deafen(ms);
  }
}
