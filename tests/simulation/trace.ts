import { BEGINNING, type VirtualClock } from './clock.ts';

/** The events of a run, in order. Two runs with the same hash were identical. */
export class Trace {
  readonly lines: string[] = [];
  #hash = 2_166_136_261;

  constructor(
    private readonly clock: VirtualClock,
    private readonly isKept: boolean,
  ) {}

  add(who: string, what: string): void {
    const line = `${((this.clock.now - BEGINNING) / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(10)} ${what}`;
    for (let i = 0; i < line.length; i++) this.#hash = Math.imul(this.#hash ^ line.charCodeAt(i), 16_777_619);
    if (this.isKept) this.lines.push(line);
  }

  get hash(): string {
    return (this.#hash >>> 0).toString(16).padStart(8, '0');
  }
}
