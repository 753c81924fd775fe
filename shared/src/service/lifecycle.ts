import { setMaxListeners } from 'node:events';

/** The state of a process between its start and its stop. */
export class Lifecycle {
  #state: 'starting' | 'ready' | 'draining' = 'starting';
  readonly #stopping = new AbortController();

  constructor() {
    // Every waiting request listens: many listeners are no leak.
    setMaxListeners(0, this.#stopping.signal);
  }

  get state(): 'starting' | 'ready' | 'draining' {
    return this.#state;
  }

  /** Aborts when the process begins to stop. */
  get stopping(): AbortSignal {
    return this.#stopping.signal;
  }

  ready(): void {
    this.#state = 'ready';
  }

  drain(): void {
    this.#state = 'draining';
    this.#stopping.abort();
  }
}
