import type { Chaos, ChaosChange } from '../contracts/service.ts';
import type { World } from '../world.ts';

const USUAL_RATE = 0.05;
const DEFAULT_TTL_SECONDS = 300;

type Setting = Omit<Chaos, 'expiresAt'>;
const calm: Setting = { enabled: false, failureRate: 0, latencyMs: 0, dropRate: 0 };

/** Thrown instead of carrying the request out. */
export class ChaosInjected extends Error {
  override readonly name = 'ChaosInjected';
}

/** The share of requests that a service fails from its start: as CHAOS_RATE says for it, or for all; else as CHAOS_MODE does. */
export function chaosRateOf(
  service: string,
  { CHAOS_MODE, CHAOS_RATE = {} }: { CHAOS_MODE: boolean; CHAOS_RATE?: Record<string, number> | undefined },
): number {
  return CHAOS_RATE[service] ?? CHAOS_RATE[''] ?? (CHAOS_MODE ? USUAL_RATE : 0);
}

/** The faults that a service injects into its own answers, on request and always for a limited time. */
export class ChaosControl {
  readonly #usual: Setting;
  #setting: Setting;
  #expiresAt: number | null = null;

  constructor(
    private readonly world: World,
    private readonly failureRate: number,
  ) {
    this.#usual = failureRate > 0 ? { ...calm, enabled: true, failureRate } : calm;
    this.#setting = this.#usual;
  }

  now(): Chaos {
    if (this.#expiresAt !== null && this.#expiresAt <= this.world.now()) {
      this.#setting = this.#usual;
      this.#expiresAt = null;
    }
    const expiresAt = this.#expiresAt === null ? null : new Date(this.#expiresAt).toISOString();
    return { ...this.#setting, expiresAt };
  }

  change({ ttlSeconds = DEFAULT_TTL_SECONDS, enabled = true, ...rates }: ChaosChange): Chaos {
    this.#setting = enabled ? { ...calm, ...rates, enabled } : calm;
    this.#expiresAt = this.world.now() + ttlSeconds * 1000;
    return this.now();
  }

  /** As with CHAOS_MODE=true, or without, for a while. */
  mode(enabled: boolean): void {
    this.change({ enabled, failureRate: this.failureRate || USUAL_RATE });
  }

  /** The fault of the next request; undefined: none. */
  draw(): { fails: boolean; latencyMs: number; drops: boolean } | undefined {
    if (!this.#setting.enabled && !this.#usual.enabled) return undefined;
    const { enabled, failureRate, latencyMs, dropRate } = this.now();
    if (!enabled) return undefined;
    return { fails: this.world.random() < failureRate, latencyMs, drops: this.world.random() < dropRate };
  }
}
