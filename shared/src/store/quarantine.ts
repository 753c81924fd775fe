const LONGEST_PAUSE = 60;
const MOST = 10_000;

/**
 * Documents whose work failed. Each is left alone for a pause that doubles with every failure, and is counted in polls,
 * because a clock may jump.
 */
export class Quarantine {
  /** In the order of their last failure. */
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

  /** Forgets documents that are no longer due: another replica has done their work. */
  releaseForgotten(poll: number): void {
    for (const [id, { until }] of this.#pauses) {
      if (until + LONGEST_PAUSE > poll) return;
      this.release(id);
    }
  }
}
