import { EventEmitter } from 'node:events';
import CircuitBreaker from 'opossum';

export interface BreakerSettings {
  name: string;
  /** The service behind it, where that has another name. */
  service?: string;
  /** How long a request may take. The client enforces it for each attempt. */
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

type HalfOpen = { kind: 'HALF_OPEN'; succeeded: number; probing: boolean };
type State = { kind: 'CLOSED' } | { kind: 'OPEN' } | HalfOpen;
export type BreakerState = State['kind'];

/** The codes of errors that are no failure of the target. */
export const CALLER_GAVE_UP = 'ERR_CANCELED';
export const BULKHEAD_FULL = 'ESEMLOCKED';
export const ONE_REQUEST_FAILED = 'EONEREQUEST';
const SAYS_NOTHING = new Set([CALLER_GAVE_UP, BULKHEAD_FULL, ONE_REQUEST_FAILED]);
/** The code of a call that was refused. */
export const BREAKER_OPEN = 'EOPENBREAKER';

const SUCCESSES_TO_CLOSE = 2;
/** The parts of the window. With each that turns, the oldest is forgotten. */
const SLICES = 10;

/**
 * opossum counts the calls in a window, opens, and says when it is time to probe. Alone it would close after any success, also
 * of a call from before. Here it takes two probes that succeed, one at a time. A call that its caller ended, that found no
 * room, or that failed for reasons of its own says nothing about the target: it counts neither as a failure nor as a success.
 */
export class Breaker<A, R> {
  #state: State = { kind: 'CLOSED' };
  readonly #opossum: CircuitBreaker<[A], R>;
  readonly #turns = new EventEmitter();

  constructor(
    action: (argument: A) => Promise<R>,
    readonly settings: BreakerSettings,
    private readonly onState: (state: BreakerState) => void,
  ) {
    const opossum = new CircuitBreaker(action, {
      name: settings.name,
      timeout: false,
      resetTimeout: settings.resetMs,
      capacity: settings.capacity,
      // opossum opens above its threshold; this one opens at it.
      errorThresholdPercentage: settings.errorPercent - 0.01,
      volumeThreshold: settings.volume,
      rollingCountBuckets: SLICES,
      rotateBucketController: this.#turns,
      rollingPercentilesEnabled: false,
      enableSnapshots: false,
      errorFilter: ({ code }: { code: string }) => {
        const saysNothing = SAYS_NOTHING.has(code);
        // opossum counts it as a success then.
        if (saysNothing) this.#count('successes', -1);
        return saysNothing;
      },
    });
    opossum.on('open', () => this.#enter({ kind: 'OPEN' }));
    opossum.on('halfOpen', () => this.#enter({ kind: 'HALF_OPEN', succeeded: 0, probing: false }));
    opossum.on('failure', () => {
      if (this.#state.kind === 'HALF_OPEN') opossum.open();
    });
    opossum.on('semaphoreLocked', () => this.#count('fires', -1));
    this.#opossum = opossum;
    const turning = setInterval(() => this.#turns.emit('rotate'), Math.floor(settings.windowMs / SLICES)).unref();
    opossum.on('shutdown', () => clearInterval(turning));
  }

  get state(): BreakerState {
    return this.#state.kind;
  }

  fire(argument: A): Promise<R> {
    return this.#state.kind === 'HALF_OPEN' ? this.#probe(this.#state, argument) : this.#opossum.fire(argument);
  }

  open(): void {
    this.#opossum.open();
  }

  /** Closes, and forgets old failures. */
  reset(): void {
    this.#opossum.close();
    for (let i = 0; i < SLICES; i++) this.#turns.emit('rotate');
    if (this.#state.kind !== 'CLOSED') this.#enter({ kind: 'CLOSED' });
  }

  shutdown(): void {
    this.#opossum.shutdown();
  }

  snapshot() {
    const { fires, successes, failures, rejects } = this.#opossum.stats;
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

  /** opossum is closed from the first success on, so that the second probe gets through. */
  async #probe(state: HalfOpen, argument: A): Promise<R> {
    if (state.probing) {
      this.#count('fires', 1);
      this.#count('rejects', 1);
      throw Object.assign(new Error('a probe is under way'), { code: BREAKER_OPEN });
    }
    state.probing = true;
    try {
      const result = await this.#opossum.fire(argument);
      if (++state.succeeded === SUCCESSES_TO_CLOSE && state === this.#state) this.reset();
      return result;
    } finally {
      state.probing = false;
    }
  }

  #enter(state: State): void {
    this.#state = state;
    this.onState(state.kind);
  }

  /** opossum counts in the first slice of its window. */
  #count(what: 'fires' | 'successes' | 'rejects', more: 1 | -1): void {
    (this.#opossum.status.window[0] as CircuitBreaker.Bucket)[what] += more;
  }
}
