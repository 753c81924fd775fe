const LONGEST_PAUSE = 60;
const MOST = 10_000;

/**
 * Documents that could not be worked on, each left alone for a while that doubles with every failure. It is counted in polls:
 * a clock may jump.
 */
export class Quarantine {
  /** The one that failed last stands last. */
  readonly #pauses = new Map<string, { failures: number; until: number }>();

  get size(): number {
    return this.#pauses.size;
  }

  get isFull(): boolean {
    return this.#pauses.size >= MOST;
  }

  holds(id: string, poll: number): boolean {
    return (this.#pauses.get(id)?.until ?? poll) > poll;
  }

  add(id: string, poll: number): void {
    const failures = (this.#pauses.get(id)?.failures ?? 0) + 1;
    this.release(id);
    const [oldest] = this.#pauses.keys();
    if (this.isFull) this.release(oldest as string);
    this.#pauses.set(id, { failures, until: poll + Math.min(2 ** (failures - 1), LONGEST_PAUSE) });
  }

  release(id: string): void {
    this.#pauses.delete(id);
  }

  /** Lets go of those that have not come again: somebody else has seen to them. */
  releaseForgotten(poll: number): void {
    for (const [id, { until }] of this.#pauses) {
      if (until + LONGEST_PAUSE > poll) return;
      this.release(id);
    }
  }
}
