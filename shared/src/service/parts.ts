import type { Store } from '../store/store.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Tracer } from '../telemetry/span.ts';
import type { World } from '../world.ts';
import type { ChaosControl } from './chaos.ts';
import type { Lifecycle } from './lifecycle.ts';

/** What every service is made of. */
export interface ServiceParts<D> {
  service: string;
  version: string;
  world: World;
  log: Logger;
  metrics: Metrics;
  /** Absent: traces are passed on and not recorded. */
  tracer?: Tracer | undefined;
  store: Store<D>;
  lifecycle: Lifecycle;
  chaos: ChaosControl;
  /** Whether clients may change /chaos. */
  chaosApi: boolean;
  /** What callers must show; absent: anybody may call. */
  internalToken?: string | undefined;
  /** How many streams of events each caller may have open; absent: no limit. */
  streamsPerCaller?: number | undefined;
  /** Further host names that writes may use where callers are not authenticated. */
  allowedHosts?: readonly string[] | undefined;
  /** The state of other services for /health, and whether one of them is unavailable. */
  dependencies?: () => { degraded: boolean; details: Record<string, unknown> };
}
