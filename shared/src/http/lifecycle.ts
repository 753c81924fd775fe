/** Where a process stands between its start and its stop. */
export class Lifecycle {
  #state: 'starting' | 'ready' | 'draining' = 'starting';
  readonly #stopping = new AbortController();

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
