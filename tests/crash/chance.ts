/** Repeatable random numbers: the same seed and name give the same numbers. */
export class Chance {
  #state = 2_166_136_261;

  constructor(seed: number, name: string) {
    for (const char of `${seed}/${name}`) this.#state = Math.imul(this.#state ^ char.charCodeAt(0), 16_777_619);
  }

  /** From 0 to just below 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  in(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of them, each as likely as its weight says. */
  pick<T>(weighted: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.next() * weighted.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of weighted) if ((left -= weight) < 0) return value;
    return (weighted.at(-1) as readonly [number, T])[1];
  }
}
