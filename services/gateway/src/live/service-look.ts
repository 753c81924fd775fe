import type { LiveService } from '@oms/shared/contracts/gateway';
import type { Chaos } from '@oms/shared/contracts/service';
import { together } from '../health.ts';
import type { Upstream } from '../upstreams.ts';
import { type Counters, countersIn, nothing } from './counters.ts';
import { askInside, type InsideParts } from './inside-call.ts';

const LIMIT_MS = 2_000;

/** The state of a service at one moment, all its addresses together. */
export interface Look extends Pick<LiveService, 'status' | 'breakers' | 'chaos'> {
  /** By address: each has its own counters. */
  counters: ReadonlyMap<string, Counters>;
}

export async function lookAt(parts: InsideParts, { addresses }: Upstream): Promise<Look> {
  const looks = await Promise.all(addresses.origins.map((origin) => lookAtAddress(parts, origin)));
  const seen = looks.filter((look) => look !== undefined);
  return {
    status: together(looks.map((look) => look?.status ?? 'DOWN')),
    breakers: seen.map(({ breakers }) => breakers).reduce(worst, {}),
    chaos: seen.find(({ chaos }) => chaos?.enabled)?.chaos ?? seen[0]?.chaos ?? null,
    counters: new Map(seen.map(({ origin, counters }) => [origin, counters])),
  };
}

async function lookAtAddress(parts: InsideParts, origin: string) {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const ask = async (path: string) => {
    const { status, body } = await askInside(parts, origin, path, signal);
    return status === 200 ? body : undefined;
  };
  try {
    const [health, metrics, chaos] = await Promise.all([ask('/health'), ask('/metrics'), ask('/chaos')]);
    if (health === undefined) return undefined;
    const { status, dependencies } = JSON.parse(health) as {
      status: 'UP' | 'DEGRADED';
      dependencies: Record<string, string>;
    };
    return {
      origin,
      status,
      breakers: breakersAmong(dependencies),
      chaos: chaos === undefined ? null : (JSON.parse(chaos) as Chaos),
      counters: metrics === undefined ? nothing() : countersIn(metrics),
    };
  } catch {
    return undefined;
  }
}

type Breakers = LiveService['breakers'];
const BAD = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 };

/** Besides breakers, a service's health names the services that it is configured to do without. */
const breakersAmong = (dependencies: Record<string, string>) =>
  Object.fromEntries(Object.entries(dependencies).filter(([, state]) => state in BAD)) as Breakers;

/** The worst state of a breaker among all replicas: each has its own. */
function worst(all: Breakers, one: Breakers): Breakers {
  const merged = { ...all };
  for (const [name, state] of Object.entries(one)) {
    const known = merged[name];
    if (known === undefined || BAD[state] > BAD[known]) merged[name] = state;
  }
  return merged;
}
