import CircuitBreaker from 'opossum';

export interface BreakerSettings {
  name: string;
  /** The service behind it; absent: it has the same name. */
  service?: string;
  /** How long a request may take; the caller enforces it, request by request. */
  timeoutMs: number;
  /** How long the breaker stays open before it lets a probe through. */
  resetMs: number;
  /** It opens when so many of a hundred calls have failed … */
  errorPercent: number;
  /** … of at least so many … */
  volume: number;
  /** … within this time. */
  windowMs: number;
  /** How many requests may be under way at once (the bulkhead). */
  capacity: number;
}

export type BreakerState = 'CLOSED' | 'OPEN' | 'HALF_OPEN';

/** The codes of errors that are no failure of the target. */
export const CALLER_GAVE_UP = 'ERR_CANCELED';
export const BULKHEAD_FULL = 'ESEMLOCKED';
export const ONE_REQUEST_FAILED = 'EONEREQUEST';

const SUCCESSES_TO_CLOSE = 2;
const BUCKETS = 10;

/**
 * opossum's breaker, which closes after two successful probes, one at a time, and forgets old failures when it closes.
 * A call that its caller ended, that found no room, or that failed for reasons of its own says nothing about the target: it
 * counts neither as a failure nor as a success.
 */
export class Breaker<A, R> extends CircuitBreaker<[A], R> {
  #probing = false;
  #successes = 0;

  constructor(
    action: (argument: A) => Promise<R>,
    readonly settings: BreakerSettings,
    onState: (state: BreakerState) => void,
  ) {
    const probe = async (argument: A): Promise<R> => {
      this.#probing = true;
      try {
        const result = await action(argument);
        this.#successes++;
        return result;
      } finally {
        this.#probing = false;
      }
    };
    super((argument) => (this.halfOpen ? probe(argument) : action(argument)), {
      name: settings.name,
      timeout: false,
      resetTimeout: settings.resetMs,
      capacity: settings.capacity,
      // opossum opens above its threshold; this one opens at it.
      errorThresholdPercentage: settings.errorPercent - 0.01,
      volumeThreshold: settings.volume,
      rollingCountTimeout: settings.windowMs,
      rollingCountBuckets: BUCKETS,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: ({ code }: { code?: string }) => code === CALLER_GAVE_UP || code === ONE_REQUEST_FAILED,
    });
    // opossum takes an error that was filtered for a success.
    const listeners = this.listeners('success');
    this.removeAllListeners('success');
    this.on('success', (result, ms) => {
      if (result instanceof Error) return;
      for (const listener of listeners) listener(result, ms);
    });
    for (const event of ['open', 'halfOpen', 'close'] as const) {
      this.on(event as 'open', () => {
        this.#successes = 0;
        onState(this.state);
      });
    }
  }

  get state(): BreakerState {
    if (this.opened) return 'OPEN';
    return this.halfOpen ? 'HALF_OPEN' : 'CLOSED';
  }

  /** opossum asks this whether a half-open breaker lets one more through. */
  // @ts-expect-error the type says property, the library has an accessor
  override get pendingClose(): boolean {
    return this.halfOpen && !this.#probing;
  }

  /** A full bulkhead is refused before opossum would count it as a failure. */
  override fire(argument: A): Promise<R> {
    const { count: room } = (this as unknown as { semaphore: { count: number } }).semaphore;
    if (room > 0 || this.opened) return super.fire(argument);
    return Promise.reject(Object.assign(new Error('too many calls under way'), { code: BULKHEAD_FULL }));
  }

  /** Called by opossum after whatever it takes for a success while the breaker is half-open. */
  override close(): void {
    if (this.#successes < SUCCESSES_TO_CLOSE) return;
    this.reset();
  }

  reset(): void {
    super.close();
    const { rotateBucket } = this.status as unknown as { rotateBucket(): void };
    for (let i = 0; i < BUCKETS; i++) rotateBucket();
  }

  snapshot() {
    const { fires, successes, failures, rejects } = this.status.stats;
    const { name, timeoutMs, resetMs, capacity, errorPercent, volume, windowMs } = this.settings;
    return {
      name,
      state: this.state,
      stats: { fires, successes, failures, rejects },
      config: {
        ...{ timeoutMs, resetMs, capacity },
        ...{ errorThresholdPercentage: errorPercent, volumeThreshold: volume, windowMs },
      },
    };
  }
}
